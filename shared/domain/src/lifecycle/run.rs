//! A run ends once, and for good: what comes after its end changes nothing (design, rules 3 to 5).

use serde::{Deserialize, Serialize};

use crate::limits;

/// Where a run stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RunState {
    /// Written, and no worker has taken it.
    Queued,
    /// A worker has it, or waits for builds.
    Running,
    /// Ended well.
    Succeeded,
    /// Ended with errors in its report.
    Failed,
}

/// What can happen to a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// A worker takes it.
    Claim,
    /// The worker found it good.
    Succeed,
    /// The worker found the user's mistake.
    Fail,
    /// The worker met a fault of ours; so many before it.
    Fault {
        /// Faults before this one.
        before: u32,
    },
    /// It took longer than its limit.
    Expire,
}

/// What follows from an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// The resource learns how it ended.
    End {
        /// Whether it ended well.
        passed: bool,
    },
    /// The message goes back to the queue.
    Retry,
}

/// The run has ended before, or never began.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the run is not under way")]
pub struct Ended;

impl RunState {
    /// The one door of the lifecycle.
    ///
    /// # Errors
    /// [`Ended`], on which a worker completes the message and does nothing.
    pub fn on(self, event: Event) -> Result<(Self, Vec<Effect>), Ended> {
        match (self, event) {
            (Self::Queued | Self::Running, Event::Claim) => Ok((Self::Running, vec![])),
            (Self::Running, Event::Succeed) => {
                Ok((Self::Succeeded, vec![Effect::End { passed: true }]))
            }
            (Self::Running, Event::Fault { before })
                if before.saturating_add(1) < limits::RUN_FAULTS =>
            {
                Ok((Self::Running, vec![Effect::Retry]))
            }
            (Self::Running, Event::Fail | Event::Fault { .. })
            | (Self::Queued | Self::Running, Event::Expire) => {
                Ok((Self::Failed, vec![Effect::End { passed: false }]))
            }
            (Self::Queued, Event::Succeed | Event::Fail | Event::Fault { .. })
            | (Self::Succeeded | Self::Failed, _) => Err(Ended),
        }
    }
}
