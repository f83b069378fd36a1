//! `POST …/revisions/{revision}/rollback`: an earlier revision's Connector and values are deployed again, as a new revision.

use std::sync::Arc;

use domain::error::{ApiError, ErrorCode};
use domain::lifecycle::deployment::Event;
use domain::run::RunKind;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;
use store::{Commit, keys};
use web::{Answer, Caller, IdOrKey, Request, scope};

use crate::connectors_staged::update::{conflict, other_version};
use crate::deployments::{self, begin, show, update};
use crate::platform::Platform;
use crate::revisions::{existing, number};

/// What a rollback takes.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct DeploymentRollback {
    /// The version of the Deployment that the caller has seen.
    version: u64,
}

/// Rolls back.
///
/// # Errors
/// `DeploymentRollbackNotAllowed` to the current revision or in a wrong state; `ConcurrentModification`.
pub async fn handle(
    platform: Arc<Platform>,
    caller: Caller<scope::ManageDeployments>,
    request: Request,
) -> Answer {
    caller.in_project(request.parameter("projectKey"))?;
    let name = IdOrKey::parse(request.parameter("id"))?;
    let body: DeploymentRollback = web::read_body(&request)?;
    let desk = &platform.desk;
    let mut record = deployments::find(&desk.store, &name, &caller.project).await?;
    let current = record.deployment.version;
    if current != body.version {
        return Err(other_version(body.version, Some(current)).into());
    }
    let number = number(&request)?;
    let key = keys::revision(record.deployment.id, number);
    let revision = existing(desk.store.get(&key).await?, number)?;
    if record.serving == Some(revision.number) {
        return Err(not_allowed(revision.number, "it is the current revision").into());
    }
    update::restart(&mut record, Event::Rollback)
        .map_err(|error| not_allowed(revision.number, &error.message))?;
    record.skip_scripts = false;
    record.deployment.rollback_revision = Some(revision.number);
    update::take(&platform, &mut record, revision.target);
    let commit = begin(desk, &mut record, RunKind::Deploy, Commit::new());
    record.deployment.version += 1;
    desk.commit(commit.update(&record))
        .await
        .map_err(|error| conflict(error, current))?;
    web::created(&show::deployment(record, &platform.addresses))
}

fn not_allowed(revision: u64, cause: &str) -> ApiError {
    ErrorCode::DeploymentRollbackNotAllowed
        .with([("revision", json!(revision)), ("cause", json!(cause))])
}
