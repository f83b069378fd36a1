//! What is under way: runs, who holds them, and messages that are to be sent.

use domain::run::{Run, RunKind, RunSummary};
use domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::keys::{self, RowKey, lists};
use crate::list::{Entry, Listed};
use crate::row::{Index, Row};

impl Row for Run {
    fn key(&self) -> RowKey {
        keys::run(self.id)
    }

    fn version(&self) -> u64 {
        self.version
    }

    fn index(&self) -> Index {
        let open = self.is_open();
        Index {
            queue: open.then(|| {
                (
                    lists::OPEN_RUNS.to_owned(),
                    format!("{}#{}", self.deadline, self.id),
                )
            }),
            ..Index::default()
        }
    }

    // What a Deployment went through is told by its revisions.
    fn listed(&self) -> Option<Listed> {
        if matches!(self.kind, RunKind::Deploy | RunKind::Undeploy { .. }) {
            return None;
        }
        let entry = Entry {
            id: self.id,
            created_at: self.created_at,
            last_modified_at: self.last_seen(),
            name: self.kind.as_str().to_owned(),
            key: None,
            private: None,
            integration_types: Vec::new(),
            deployment_type: None,
        };
        let shown = RunSummary::of(self);
        Some(Listed::new(lists::runs(self.subject), entry, &shown))
    }
}

/// A message carries ids, not facts: a late or repeated one finds the rows moved on (design, rule 4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type")]
#[allow(missing_docs, reason = "the names are the workers'")]
pub enum Message {
    #[serde(rename = "preview.v1")]
    Preview { run: Uuid },
    #[serde(rename = "publish.v1")]
    Publish { run: Uuid },
    #[serde(rename = "deploy.v1")]
    Deploy { run: Uuid },
    #[serde(rename = "undeploy.v1")]
    Undeploy { run: Uuid },
    #[serde(rename = "deliver_event.v1")]
    DeliverEvent { event: Uuid },
    #[serde(rename = "trigger_job.v1")]
    TriggerJob { application: Uuid, execution: Uuid },
    #[serde(rename = "tick.v1")]
    Tick {
        application: Uuid,
        scheduled: Timestamp,
    },
    #[serde(rename = "build_ended.v1")]
    BuildEnded { run: Uuid },
}

impl Message {
    /// The queue, which has the name of the worker.
    #[must_use]
    pub fn queue(self) -> &'static str {
        match self {
            Self::Preview { .. } => "preview",
            Self::Publish { .. } => "publish",
            Self::Deploy { .. } => "deploy",
            Self::Undeploy { .. } => "undeploy",
            Self::DeliverEvent { .. } => "deliver_event",
            Self::TriggerJob { .. } | Self::Tick { .. } => "trigger_job",
            Self::BuildEnded { .. } => "build_ended",
        }
    }

    /// The message that moves a run.
    #[must_use]
    pub fn of(run: &Run) -> Self {
        match run.kind {
            RunKind::Preview => Self::Preview { run: run.id },
            RunKind::Publish { .. } => Self::Publish { run: run.id },
            RunKind::Deploy => Self::Deploy { run: run.id },
            RunKind::Undeploy { .. } => Self::Undeploy { run: run.id },
        }
    }
}

/// A message that is to be sent, now or when it is due.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OutboxRow {
    /// UUID version 4.
    pub id: Uuid,
    /// What is sent.
    pub message: Message,
    /// Not before.
    pub due: Timestamp,
}

impl Row for OutboxRow {
    fn key(&self) -> RowKey {
        keys::outbox(self.id)
    }

    fn version(&self) -> u64 {
        1
    }

    fn index(&self) -> Index {
        Index {
            queue: Some((
                lists::OUTBOX.to_owned(),
                format!("{}#{}", self.due, self.id),
            )),
            ..Index::default()
        }
    }
}
