//! What moves a deployed application: its events, executions and schedule, found by the application's own id.

use std::collections::BTreeMap;

use domain::limits;
use domain::names::ApplicationName;
use domain::spec::{ApplicationType, RetryPolicy};
use domain::time::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::keys::{self, RowKey, lists};
use crate::row::{Index, Row};
use crate::rows::Message;

/// An application of a Deployment, found by its own id: where its events and executions go.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ApplicationRow {
    /// ApplicationDeployment.id.
    pub id: Uuid,
    /// The Deployment.
    pub deployment: Uuid,
    /// Its name.
    pub name: ApplicationName,
    /// What it is: only an event application has a topic.
    pub kind: ApplicationType,
    /// The path that is called.
    pub endpoint: String,
    /// How events come again.
    pub retry_policy: RetryPolicy,
}

impl Row for ApplicationRow {
    fn key(&self) -> RowKey {
        keys::application(self.id)
    }

    fn version(&self) -> u64 {
        1
    }

    fn index(&self) -> Index {
        Index::default()
    }
}

/// Where an event stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EventState {
    /// On its way.
    Pending,
    /// Given up after the last attempt; kept for a person to look at.
    Dead,
}

/// An event on its way to an application; removed once it is acknowledged.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EventRow {
    /// The `messageId`.
    pub id: Uuid,
    /// The application.
    pub application: Uuid,
    /// The payload, in Base64.
    pub data: String,
    /// What came with it.
    pub attributes: BTreeMap<String, String>,
    /// When it was published.
    pub published_at: Timestamp,
    /// Deliveries so far.
    pub attempts: u32,
    /// When the next delivery is due.
    pub next_attempt: Timestamp,
    /// Where it stands.
    pub state: EventState,
    /// What the last delivery met.
    pub last_error: Option<String>,
    /// Grows by one with every write.
    pub version: u64,
}

impl Row for EventRow {
    fn key(&self) -> RowKey {
        keys::event(self.id)
    }

    fn version(&self) -> u64 {
        self.version
    }

    fn index(&self) -> Index {
        let state = match self.state {
            EventState::Pending => "pending",
            EventState::Dead => "dead",
        };
        Index {
            list: Some((
                lists::events(self.application, state),
                format!("{}#{}", self.published_at, self.id),
            )),
            queue: (self.state == EventState::Pending).then(|| {
                (
                    lists::PENDING_EVENTS.to_owned(),
                    format!("{}#{}", self.next_attempt, self.id),
                )
            }),
            expires: Some(self.published_at.after(limits::EVENT_RETENTION)),
        }
    }
}

/// Where an execution stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum ExecutionState {
    /// Asked for.
    Queued,
    /// The application works.
    Running,
    /// It answered 2xx.
    Succeeded,
    /// It answered otherwise, or not in time.
    Failed,
    /// The execution before was still running.
    Skipped,
}

/// One execution of a job.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ExecutionRow {
    /// `X-Connect-Job-Execution`.
    pub id: Uuid,
    /// The application.
    pub application: Uuid,
    /// Where it stands.
    pub state: ExecutionState,
    /// The tick that caused it, or when it was asked for.
    pub scheduled_time: Timestamp,
    /// When the application was called.
    pub started_at: Option<Timestamp>,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// What the application answered.
    pub status_code: Option<u16>,
    /// What went wrong.
    pub message: Option<String>,
    /// Grows by one with every write.
    pub version: u64,
}

impl ExecutionRow {
    /// One that has not begun.
    #[must_use]
    pub fn queued(id: Uuid, application: Uuid, scheduled_time: Timestamp) -> Self {
        Self {
            id,
            application,
            state: ExecutionState::Queued,
            scheduled_time,
            started_at: None,
            ended_at: None,
            status_code: None,
            message: None,
            version: 1,
        }
    }

    /// What has it run.
    #[must_use]
    pub fn trigger(&self) -> Message {
        Message::TriggerJob {
            application: self.application,
            execution: self.id,
        }
    }
}

impl Row for ExecutionRow {
    fn key(&self) -> RowKey {
        keys::execution(self.application, self.id)
    }

    fn version(&self) -> u64 {
        self.version
    }

    fn index(&self) -> Index {
        let open = matches!(self.state, ExecutionState::Queued | ExecutionState::Running);
        Index {
            list: None,
            queue: open.then(|| {
                (
                    lists::OPEN_EXECUTIONS.to_owned(),
                    format!("{}#{}", self.scheduled_time, self.id),
                )
            }),
            expires: Some(self.scheduled_time.after(limits::EXECUTION_RETENTION)),
        }
    }
}

/// When a job runs next; a row only of the engine that has no scheduler of its own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ScheduleRow {
    /// The application.
    pub application: Uuid,
    /// The cron expression.
    pub schedule: domain::schedule::Schedule,
    /// The next tick.
    pub next: Timestamp,
    /// Grows by one with every write.
    pub version: u64,
}

impl Row for ScheduleRow {
    fn key(&self) -> RowKey {
        keys::schedule(self.application)
    }

    fn version(&self) -> u64 {
        self.version
    }

    fn index(&self) -> Index {
        Index {
            queue: Some((
                lists::SCHEDULES.to_owned(),
                format!("{}#{}", self.next, self.application),
            )),
            ..Index::default()
        }
    }
}
