//! `GET /connectors/drafts/{id}`: a draft; waits for the end of its run where the caller prefers that (contract, section 15.16).

use std::sync::Arc;

use domain::connector_staged::ConnectorStagedRecord;
use domain::lifecycle::connector_staged::{ConnectorStatus, IsPreviewable};
use domain::report::Report;
use domain::run::{Run, RunKind};
use store::keys::{self, RowKey};
use web::{Answer, Caller, Fail, IdOrKey, Request, scope};

use crate::connectors_staged::find;
use crate::platform::Platform;
use crate::wait;
use crate::workers::pending;

/// Shows a draft.
///
/// # Errors
/// `ResourceNotFound`, for a foreign one too.
pub async fn handle(
    platform: Arc<Platform>,
    caller: Caller<scope::ViewConnectors>,
    request: Request,
) -> Answer {
    let name = IdOrKey::parse(request.parameter("id"))?;
    let read = || find(&platform.desk.store, &name, &caller.project);
    let patience = web::patience(&request);
    let record = wait::settled(&platform, &caller.project, patience, read, is_moving, row).await?;
    web::ok(&progress(&platform, record).await?.staged)
}

/// While a run goes on, its report is what was found so far.
async fn progress(
    platform: &Platform,
    mut record: ConnectorStagedRecord,
) -> Result<ConnectorStagedRecord, Fail> {
    let Some(run) = record.run.filter(|_| is_moving(&record)) else {
        return Ok(record);
    };
    let run: Option<Run> = platform.desk.store.get(&keys::run(run)).await?;
    if let Some(run) = run.filter(|run| !run.entries.is_empty()) {
        let kind = run.kind;
        let report = Some(Report {
            entries: pending::entries(platform, run),
        });
        match kind {
            RunKind::Publish { .. } => record.staged.publishing_report = report,
            _ => record.staged.previewable_report = report,
        }
    }
    Ok(record)
}

fn row(record: &ConnectorStagedRecord) -> RowKey {
    keys::staged(record.staged.id)
}

fn is_moving(record: &ConnectorStagedRecord) -> bool {
    record.staged.is_previewable == IsPreviewable::Pending
        || record.staged.status == ConnectorStatus::Processing
}
