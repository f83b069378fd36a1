//! The port `BuildEngine`: a build is ordered, and the run that ordered it is told when it has ended, however it ended.

use std::time::Duration;

use async_trait::async_trait;
use domain::names::{ApplicationName, ArtifactHash, CommitId, ProjectKey};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::BuildKind;
use crate::error::Step;

/// One build, by ids only: the source is in the blobs, and the result goes there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BuildOrder {
    /// The run that waits for it.
    pub run: Uuid,
    /// The Project of this run: the build counts for it where Projects share an engine.
    pub project: ProjectKey,
    /// The Project whose source it is.
    pub owner: ProjectKey,
    /// The commit whose tree is built.
    pub commit: CommitId,
    /// The application.
    pub application: ApplicationName,
    /// What it becomes.
    pub kind: BuildKind,
    /// For static applications: values that are compiled in. Not secret.
    pub environment: Vec<(String, String)>,
    /// The address of the result.
    pub hash: ArtifactHash,
}

/// The engine could not take an order.
#[derive(Debug, thiserror::Error)]
#[error("a build could not be ordered: {0}")]
pub struct OrderError(pub String);

/// Where builds are done.
#[async_trait]
pub trait BuildEngine: Send + Sync {
    /// Orders a build; the order that is under way already is not taken twice. Returns before the build has ended.
    ///
    /// # Errors
    /// Only ours.
    async fn order(&self, order: BuildOrder) -> Result<(), OrderError>;

    /// Returns the builds that a run waits for, as far as the engine knows them at this moment. An engine that has to ask for them shows none.
    fn under_way(&self, run: Uuid) -> Vec<BuildUnderWay> {
        let _ = run;
        Vec::new()
    }

    /// Takes back the orders of a run that has ended. An engine whose builds occupy nobody else's place may do nothing.
    fn withdraw(&self, run: Uuid) {
        let _ = run;
    }
}

/// A build that was ordered and has not ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BuildUnderWay {
    /// The application.
    pub application: ApplicationName,
    /// How far its build is.
    pub stage: BuildStage,
}

/// How far a build is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BuildStage {
    /// It waits for its turn.
    Queued {
        /// Its place in the queue; 1 is the next to begin.
        position: usize,
    },
    /// It runs.
    Running {
        /// The step that it is at.
        step: Step,
        /// How long it has been at this step.
        elapsed: Duration,
    },
}

/// How a build failed, as the engine leaves it in the blobs for the run that waits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailedBuild {
    /// The step that failed.
    pub step: Step,
    /// What is wrong, the last lines of output, and what to do.
    pub message: String,
}

/// A build that meets a fault of ours is tried so often.
pub const TRIES: usize = 3;

impl FailedBuild {
    /// What its author is told of a fault of ours.
    #[must_use]
    pub fn by_our_fault() -> Self {
        Self {
            step: Step::Tools,
            message: "The platform could not build this application, for a reason that its log has. This is not your mistake: try again, and tell the operator if it stays.".to_owned(),
        }
    }
}
