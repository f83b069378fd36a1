//! `preview`: checks and builds a draft, so that it can be deployed as a preview (contract, section 3.5).

use std::sync::Arc;

use domain::connector_staged::ConnectorStagedRecord;
use domain::lifecycle::connector_staged::{Event, State};
use domain::report::Report;
use store::Commit;
use store::rows::Message;
use work::{Fault, Verdict};

use crate::platform::Platform;
use crate::workers::drive::drive;
use crate::workers::pipeline::{pipeline, stored};

/// Drives a preview run.
///
/// # Errors
/// A fault of ours; the message comes again.
pub async fn handle(platform: Arc<Platform>, message: Message) -> Result<(), Fault> {
    let Message::Preview { run } = message else {
        return Err(Fault(format!("{message:?} is not for the preview worker")));
    };
    drive(platform, run, message, |platform, run| {
        Box::pin(pipeline(platform, run))
    })
    .await
}

/// What the end of a preview changes of its draft.
pub(crate) async fn ended(
    platform: &Platform,
    mut record: ConnectorStagedRecord,
    run: uuid::Uuid,
    verdict: &Verdict,
    commit: Commit,
) -> Result<Commit, Fault> {
    let state = State {
        status: record.staged.status,
        previewable: record.staged.is_previewable,
    };
    // setRepository took the draft out of `pending` while the run went on: its result is of another commit.
    if let Ok((state, _)) = state.on(Event::PreviewEnded {
        passed: verdict.passed,
    }) {
        record.staged.is_previewable = state.previewable;
        record.staged.previewable_report = Some(Report {
            entries: verdict.entries.clone(),
        });
        if verdict.passed {
            record.preview = Some(stored(platform, run).await?);
        }
    }
    Ok(commit.update(&record))
}
