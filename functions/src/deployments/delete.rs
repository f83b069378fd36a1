//! `DELETE /{projectKey}/deployments/{id}`: an undeploy begins; `?force=true` leaves out preUndeploy (contract, sections 5.4 and 16).

use std::sync::Arc;

use domain::error::ErrorCode;
use domain::lifecycle::deployment::Event;
use domain::run::RunKind;
use serde_json::json;
use store::Commit;
use web::{Answer, Caller, IdOrKey, Request, scope};

use crate::connectors_staged::update::{conflict, other_version};
use crate::deployments::{begin, find, show};
use crate::platform::Platform;

/// Undeploys. `version` is not needed, and checked where it is given.
///
/// # Errors
/// `DeploymentInvalidStatusTransition` while a run is under way.
pub async fn handle(
    platform: Arc<Platform>,
    caller: Caller<scope::ManageDeployments>,
    request: Request,
) -> Answer {
    caller.in_project(request.parameter("projectKey"))?;
    let name = IdOrKey::parse(request.parameter("id"))?;
    let force = request.query.boolean("force")?.unwrap_or(false);
    let desk = &platform.desk;
    let mut record = find(&desk.store, &name, &caller.project).await?;
    let current = record.deployment.version;
    let expected = request.query.number("version", current, 1..=u64::MAX)?;
    if expected != current {
        return Err(other_version(expected, Some(current)).into());
    }
    let (status, _) = record
        .deployment
        .status
        .on(Event::Undeploy)
        .map_err(|illegal| {
            ErrorCode::DeploymentInvalidStatusTransition
                .with([("cause", json!(illegal.to_string()))])
        })?;
    record.deployment.status = status;
    let commit = begin(
        desk,
        &mut record,
        RunKind::Undeploy { force },
        Commit::new(),
    );
    record.deployment.version += 1;
    desk.commit(commit.update(&record))
        .await
        .map_err(|error| conflict(error, current))?;
    web::accepted(&show::deployment(record, &platform.addresses))
}
