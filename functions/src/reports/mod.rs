//! Reports of a draft's previews and publications: what each found, and the files with all of it (ours).

pub mod get;
pub mod query;

use domain::connector::Repository;
use domain::lifecycle::run::RunState;
use domain::names::CommitId;
use domain::run::{RunKind, RunSummary};
use domain::time::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

/// What was asked for.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum ReportAction {
    /// `updatePreviewable`.
    Preview,
    /// `publish`.
    Publish,
}

/// What came of it.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
enum ReportState {
    /// It goes on.
    Running,
    /// It ended well.
    Passed,
    /// It ended with an Error.
    Failed,
}

/// A preview or publication in the list of a draft's reports.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "ConnectorRunReport")]
#[serde(rename_all = "camelCase")]
pub struct RunReport {
    /// The id of the run.
    id: Uuid,
    action: ReportAction,
    /// Whether the publication asked for a certification.
    #[serde(skip_serializing_if = "Option::is_none")]
    certification: Option<bool>,
    state: ReportState,
    created_at: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    ended_at: Option<Timestamp>,
    /// What was looked at, once it was fetched.
    #[serde(skip_serializing_if = "Option::is_none")]
    repository: Option<Repository>,
    #[serde(skip_serializing_if = "Option::is_none")]
    commit: Option<CommitId>,
    /// How many entries are an Error.
    errors: u64,
    /// How many entries are a Warning.
    warnings: u64,
}

impl RunReport {
    fn of(run: RunSummary) -> Self {
        let (repository, commit) = run.source.map(|it| (it.repository, it.commit)).unzip();
        Self {
            id: run.id,
            action: match run.kind {
                RunKind::Publish { .. } => ReportAction::Publish,
                _ => ReportAction::Preview,
            },
            certification: match run.kind {
                RunKind::Publish { certification } => Some(certification),
                _ => None,
            },
            state: match run.state {
                RunState::Queued | RunState::Running => ReportState::Running,
                RunState::Succeeded => ReportState::Passed,
                RunState::Failed => ReportState::Failed,
            },
            created_at: run.created_at,
            ended_at: matches!(run.state, RunState::Succeeded | RunState::Failed)
                .then_some(run.last_seen),
            repository,
            commit,
            errors: run.errors,
            warnings: run.warnings,
        }
    }
}
