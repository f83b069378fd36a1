//! A run: one preview, publish, deploy or undeploy, with its steps, so that what is under way is visible and survives any crash.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::connector::Repository;
use crate::lifecycle::run::RunState;
use crate::limits;
use crate::names::{CommitId, ProjectKey};
use crate::report::{EntryType, ReportEntry};
use crate::time::Timestamp;

/// What a run does; the names are those of its worker and of its message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RunKind {
    /// Checks and builds a draft, so that it can be deployed as a preview.
    Preview,
    /// The same, then a Connector.
    Publish {
        /// Whether a certifier shall decide.
        certification: bool,
    },
    /// Brings up a revision.
    Deploy,
    /// Takes everything down.
    Undeploy {
        /// Without preUndeploy.
        force: bool,
    },
}

impl RunKind {
    /// The worker's name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Preview => "preview",
            Self::Publish { .. } => "publish",
            Self::Deploy => "deploy",
            Self::Undeploy { .. } => "undeploy",
        }
    }

    /// How long such a run may take.
    #[must_use]
    pub fn limit(self) -> Duration {
        match self {
            Self::Preview | Self::Publish { .. } => limits::PIPELINE_RUN,
            Self::Deploy | Self::Undeploy { .. } => limits::DEPLOY_RUN,
        }
    }
}

/// A step of a run, for whoever watches.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Step {
    /// What is done, such as `fetch` or `build service`.
    pub name: String,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
}

/// What a preview or a publication looks at.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunSource {
    /// As the draft named it then.
    pub repository: Repository,
    /// The commit that the tag named when the run came to it; the run stays with it, wherever the tag goes.
    pub commit: CommitId,
}

/// One run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Run {
    /// UUID version 4.
    pub id: Uuid,
    /// What it does.
    pub kind: RunKind,
    /// The draft or the Deployment that it is about.
    pub subject: Uuid,
    /// The Project.
    pub owner: ProjectKey,
    /// Where it stands.
    pub state: RunState,
    /// What a preview or a publication looks at, once it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<RunSource>,
    /// What was done so far.
    pub steps: Vec<Step>,
    /// What was found.
    pub entries: Vec<ReportEntry>,
    /// Faults of ours so far.
    pub faults: u32,
    /// How often the platform died at it.
    #[serde(default)]
    pub deaths: u32,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// When it ends as failed, whatever happens.
    pub deadline: Timestamp,
    /// Grows by one with every write.
    pub version: u64,
}

/// What a list of runs shows of one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunSummary {
    /// The run.
    pub id: Uuid,
    /// What it does.
    pub kind: RunKind,
    /// Where it stands.
    pub state: RunState,
    /// What it looks at, once it is known.
    pub source: Option<RunSource>,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// The last moment that is known of it.
    pub last_seen: Timestamp,
    /// How many of its entries are an Error.
    pub errors: u64,
    /// How many of its entries are a Warning.
    pub warnings: u64,
}

impl RunSummary {
    /// What there is to show of a run.
    #[must_use]
    pub fn of(run: &Run) -> Self {
        let count = |kind| {
            let entries = run.entries.iter().filter(|entry| entry.kind == kind);
            entries.count() as u64
        };
        Self {
            id: run.id,
            kind: run.kind,
            state: run.state,
            source: run.source.clone(),
            created_at: run.created_at,
            last_seen: run.last_seen(),
            errors: count(EntryType::Error),
            warnings: count(EntryType::Warning),
        }
    }
}

impl Run {
    /// A run that no worker has taken.
    #[must_use]
    pub fn new(id: Uuid, kind: RunKind, subject: Uuid, owner: ProjectKey, now: Timestamp) -> Self {
        Self {
            id,
            kind,
            subject,
            owner,
            state: RunState::Queued,
            source: None,
            steps: Vec::new(),
            entries: Vec::new(),
            faults: 0,
            deaths: 0,
            created_at: now,
            deadline: now.after(kind.limit()),
            version: 1,
        }
    }

    /// The last moment that is known of it: when its last step began or ended.
    #[must_use]
    pub fn last_seen(&self) -> Timestamp {
        self.steps.last().map_or(self.created_at, |step| {
            step.ended_at.unwrap_or(step.started_at)
        })
    }

    /// Whether it has not ended.
    #[must_use]
    pub fn is_open(&self) -> bool {
        matches!(self.state, RunState::Queued | RunState::Running)
    }
}
