//! The port `Hosting`: a revision starts beside the one that serves, and takes its place at once or not at all.

use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use uuid::Uuid;

use crate::launch::{Launch, Place};
use crate::logs::{LogError, LogPage, LogQuery};
use crate::verdict::{ScriptOutcome, StartFailure};

/// Our own failure: the work is tried again, and the user is not blamed.
#[derive(Debug, thiserror::Error)]
#[error("{what}")]
pub struct Fault {
    /// What we were doing, for the operator.
    what: String,
    /// Why it failed.
    #[source]
    cause: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl Fault {
    /// A fault without a deeper cause.
    pub fn new(what: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            cause: None,
        }
    }

    /// A fault with the error behind it.
    pub fn because(
        what: impl Into<String>,
        cause: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        Self {
            what: what.into(),
            cause: Some(cause.into()),
        }
    }
}

/// Why an application does not run.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The application's own doing; belongs into the report.
    #[error("{0}")]
    Verdict(Box<StartFailure>),
    /// Ours.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl From<StartFailure> for StartError {
    fn from(failure: StartFailure) -> Self {
        Self::Verdict(Box::new(failure))
    }
}

/// Why a call of an application brought no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    /// No such application is routed, or it has no process to call.
    #[error("no application with this id is deployed")]
    NotFound,
    /// Its process is not there at the moment; no byte was sent.
    #[error("the application is not running at the moment")]
    Down,
    /// The connection broke after the request was sent.
    #[error("the application closed the connection before it answered")]
    Broken,
    /// The limit of the call passed.
    #[error("the application did not answer within {} seconds", .0.as_secs())]
    Timeout(Duration),
    /// The answer is longer than an answer to the platform may be.
    #[error("the application's answer is longer than {0} bytes")]
    TooLarge(usize),
}

/// Where applications run.
#[async_trait]
pub trait Hosting: Send + Sync {
    /// Gives an application the public address that it keeps over all its revisions; none where it follows from the platform's own. Idempotent.
    ///
    /// # Errors
    /// Only ours.
    async fn address(&self, _place: &Place) -> Result<Option<String>, Fault> {
        Ok(None)
    }

    /// Starts one application beside what serves now, and returns when it is healthy. Idempotent for each (application, revision).
    ///
    /// # Errors
    /// [`StartError::Verdict`] where the application does not come up; nothing of it is left running then.
    async fn start(&self, launch: &Launch) -> Result<(), StartError>;

    /// Has an application of a revision that served before ready again; one that may sleep starts with its first request.
    ///
    /// # Errors
    /// As for [`Hosting::start`].
    async fn resume(&self, launch: &Launch) -> Result<(), StartError> {
        self.start(launch).await
    }

    /// Runs a script of connect.yaml in the artifact's tree, with the launch's environment and an open network.
    ///
    /// # Errors
    /// Only ours: a script that fails is an outcome.
    async fn run_script(&self, launch: &Launch, script: &str) -> Result<ScriptOutcome, Fault>;

    /// Moves the routes of all applications of the Deployment that have come up to this revision. The revision that served before keeps
    /// running, so that the routes can be moved back, until [`Hosting::retire`]. Idempotent.
    ///
    /// # Errors
    /// A fault if nothing of this revision has come up, or something is still starting; the routes stay.
    async fn switch(&self, deployment: Uuid, revision: u64) -> Result<(), Fault>;

    /// Ends the revisions before this one: they finish their requests and stop. Called once the switch to this revision is final.
    /// Idempotent.
    ///
    /// # Errors
    /// Only ours. What was not ended runs on until the next call.
    async fn retire(&self, deployment: Uuid, revision: u64) -> Result<(), Fault>;

    /// Stops one revision; its routes, if it has any, go. An application with requests under way finishes them first, after this has
    /// returned.
    ///
    /// # Errors
    /// Only ours. A revision that does not run is stopped already.
    async fn stop(&self, deployment: Uuid, revision: u64) -> Result<(), Fault>;

    /// Removes the Deployment: processes, routes and files. Logs stay until their age ends them.
    ///
    /// # Errors
    /// Only ours. A Deployment that is not there is removed already.
    async fn remove(&self, deployment: Uuid) -> Result<(), Fault>;

    /// Sends one request to the revision that serves, for events and jobs; `limit` is the time until the whole answer is there.
    ///
    /// # Errors
    /// See [`CallError`].
    async fn call(
        &self,
        application: Uuid,
        request: http::Request<Bytes>,
        limit: Duration,
    ) -> Result<http::Response<Bytes>, CallError>;

    /// One page of a Deployment's log, oldest entry first.
    ///
    /// # Errors
    /// See [`LogError`].
    async fn logs(&self, query: &LogQuery) -> Result<LogPage, LogError>;
}
