//! `GET /{projectKey}/deployments/{id}`: a Deployment; waits for the end of its run where the caller prefers that (contract, section 15.16).

use std::sync::Arc;

use domain::deployment::DeploymentRecord;
use domain::lifecycle::deployment::DeploymentStatus;
use store::keys::{self, RowKey};
use web::{Answer, Caller, IdOrKey, Request, scope};

use crate::deployments::{find, show};
use crate::platform::Platform;
use crate::wait;

/// Shows a Deployment.
///
/// # Errors
/// `ResourceNotFound`, for a foreign one too.
pub async fn handle(
    platform: Arc<Platform>,
    caller: Caller<scope::ViewDeployments>,
    request: Request,
) -> Answer {
    caller.in_project(request.parameter("projectKey"))?;
    let name = IdOrKey::parse(request.parameter("id"))?;
    let read = || find(&platform.desk.store, &name, &caller.project);
    let patience = web::patience(&request);
    let record = wait::settled(&platform, &caller.project, patience, read, is_moving, row).await?;
    web::ok(&show::deployment(record, &platform.addresses))
}

fn row(record: &DeploymentRecord) -> RowKey {
    keys::deployment(record.deployment.id)
}

fn is_moving(record: &DeploymentRecord) -> bool {
    use DeploymentStatus::{Deploying, Queued, Undeploying};
    matches!(record.deployment.status, Deploying | Queued | Undeploying)
}
