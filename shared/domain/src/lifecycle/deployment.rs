//! A Deployment's status only moves along these arrows (contract, sections 5.2 to 5.4 and 16).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// `status` of a Deployment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[allow(missing_docs, reason = "the names are the contract's")]
pub enum DeploymentStatus {
    Draft,
    Queued,
    Deploying,
    Deployed,
    Failed,
    Undeploying,
    UndeployFailed,
}

/// What can happen to a Deployment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// redeploy.
    Redeploy,
    /// Rollback to an earlier revision.
    Rollback,
    /// The deploy run ended.
    DeployEnded {
        /// Whether the new revision serves.
        passed: bool,
    },
    /// DELETE.
    Undeploy,
    /// The undeploy run ended.
    UndeployEnded {
        /// Whether everything is gone.
        passed: bool,
    },
}

/// What follows from an event, in the same transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// A deploy run begins.
    StartDeploy,
    /// An undeploy run begins.
    StartUndeploy,
    /// The new revision is written.
    KeepRevision,
    /// The Deployment is removed.
    Remove,
}

/// The event does not fit the status; says what goes on, in the contract's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Illegal(pub &'static str);

impl DeploymentStatus {
    /// Where a new Deployment starts: `Deploying`, never `Queued`, as the official client stops on `Queued` (contract, section 15.4).
    #[must_use]
    pub fn create() -> (Self, Vec<Effect>) {
        (Self::Deploying, vec![Effect::StartDeploy])
    }

    /// The one door of the lifecycle.
    ///
    /// # Errors
    /// What goes on instead.
    pub fn on(self, event: Event) -> Result<(Self, Vec<Effect>), Illegal> {
        match (self, event) {
            (
                Self::Draft | Self::Deployed | Self::Failed | Self::UndeployFailed,
                Event::Redeploy | Event::Rollback,
            ) => Ok((Self::Deploying, vec![Effect::StartDeploy])),
            (Self::Deploying, Event::DeployEnded { passed: true }) => {
                Ok((Self::Deployed, vec![Effect::KeepRevision]))
            }
            (Self::Deploying, Event::DeployEnded { passed: false }) => Ok((Self::Failed, vec![])),
            (
                Self::Draft | Self::Deployed | Self::Failed | Self::UndeployFailed,
                Event::Undeploy,
            ) => Ok((Self::Undeploying, vec![Effect::StartUndeploy])),
            (Self::Undeploying, Event::UndeployEnded { passed: true }) => {
                Ok((Self::Undeploying, vec![Effect::Remove]))
            }
            (Self::Undeploying, Event::UndeployEnded { passed: false }) => {
                Ok((Self::UndeployFailed, vec![]))
            }
            (Self::Queued, _) => Err(Illegal("Already queued")),
            (Self::Deploying, _) => Err(Illegal("Already deploying")),
            (Self::Undeploying, _) => Err(Illegal("Already undeploying")),
            (_, Event::DeployEnded { .. } | Event::UndeployEnded { .. }) => {
                Err(Illegal("Already ended"))
            }
        }
    }
}
