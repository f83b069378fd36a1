//! `GET /connectors/drafts/{id}/reports/{run}`: the report of one preview or publication, with links to everything that was found.

use std::sync::Arc;

use blobs::Download;
use domain::error::ErrorCode;
use domain::limits;
use domain::names::ApplicationName;
use domain::report::Report;
use domain::run::{Run, RunSummary};
use domain::time::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::json;
use store::keys;
use uuid::Uuid;
use web::{Answer, Caller, Fail, IdOrKey, Request, scope};

use crate::connectors_staged;
use crate::platform::Platform;
use crate::reports::RunReport;
use crate::wait;
use crate::workers::pending;
use crate::workers::report::{self, StoredFile};

/// The report of one preview or publication.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "ConnectorFullReport")]
pub struct FullReport {
    #[serde(flatten)]
    about: RunReport,
    /// What the draft shows, or showed.
    report: Report,
    /// All of it; empty until the run has ended.
    files: Vec<ReportFile>,
}

/// A file of a full report.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "ConnectorReportFile")]
#[serde(rename_all = "camelCase")]
struct ReportFile {
    name: String,
    /// The application that a log of a build is of.
    #[serde(skip_serializing_if = "Option::is_none")]
    application: Option<ApplicationName>,
    media_type: String,
    bytes: u64,
    /// Opens the file by GET to whoever has it, without a token.
    url: String,
    /// When the link ends.
    expires_at: Timestamp,
}

/// Shows a report; waits for the end of its run where the caller prefers that.
///
/// # Errors
/// `ResourceNotFound`, for a foreign draft too; `InvalidPathParam`.
pub async fn handle(
    platform: Arc<Platform>,
    caller: Caller<scope::ViewConnectors>,
    request: Request,
) -> Answer {
    let name = IdOrKey::parse(request.parameter("id"))?;
    let id = run_id(request.parameter("run"))?;
    let store = &platform.desk.store;
    let draft = connectors_staged::id_of(store, &name).await?;
    let read = async || {
        let (draft, run) = store.get_both(&keys::staged(draft), &keys::run(id)).await?;
        let draft = connectors_staged::owned(draft, &name, &caller.project)?;
        of_draft(run, draft.staged.id, id)
    };
    let patience = web::patience(&request);
    let row = |run: &Run| keys::run(run.id);
    let run = wait::settled(
        &platform,
        &caller.project,
        patience,
        read,
        Run::is_open,
        row,
    )
    .await?;
    let stored = if run.is_open() {
        Vec::new()
    } else {
        report::files(&platform, run.id)
            .await
            .map_err(Fail::fault)?
    };
    let mut files = Vec::new();
    for file in stored {
        files.push(linked(&platform, run.id, file).await?);
    }
    web::ok(&FullReport {
        about: RunReport::of(RunSummary::of(&run)),
        report: Report {
            entries: pending::entries(&platform, run),
        },
        files,
    })
}

fn run_id(text: &str) -> Result<Uuid, Fail> {
    text.parse().map_err(|_| {
        let text: String = text.chars().take(100).collect();
        let detail = format!("'{text}' is not the id of a run, which is a UUID");
        ErrorCode::InvalidPathParam.detail(detail).into()
    })
}

/// The run, if it is one of this draft.
fn of_draft(run: Option<Run>, draft: Uuid, id: Uuid) -> Result<Run, Fail> {
    run.filter(|run| run.subject == draft).ok_or_else(|| {
        ErrorCode::ResourceNotFound
            .with([
                ("resource", json!("ConnectorFullReport")),
                ("identifier", json!(format!("ID '{id}'"))),
            ])
            .into()
    })
}

async fn linked(platform: &Platform, run: Uuid, file: StoredFile) -> Result<ReportFile, Fail> {
    let download = Download {
        name: &format!("{run}-{}", file.name),
        media_type: &file.media_type,
        life: limits::REPORT_LINK,
    };
    let url = platform.blobs.link(&file.key, download).await;
    Ok(ReportFile {
        url: url.map_err(Fail::fault)?,
        expires_at: platform.desk.clock.now().after(limits::REPORT_LINK),
        name: file.name,
        application: file.application,
        media_type: file.media_type,
        bytes: file.bytes,
    })
}
