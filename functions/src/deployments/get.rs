//! `GET /{projectKey}/deployments/{id}`: a Deployment; waits for the end of its run where the caller prefers that (contract, section 15.16).

use std::sync::Arc;

use domain::deployment::{DeploymentBuild, DeploymentRecord};
use domain::lifecycle::deployment::DeploymentStatus;
use domain::report::Report;
use store::keys::{self, RowKey};
use web::{Answer, Caller, Fail, IdOrKey, Request, scope};

use crate::deployments::{find, show};
use crate::platform::Platform;
use crate::wait;
use crate::workers::pending;

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
    let run = match record.run.filter(|_| is_moving(&record)) {
        Some(run) => platform.desk.open_run(run).await.map_err(Fail::fault)?,
        None => None,
    };
    let mut shown = show::deployment(record, &platform.addresses);
    if let Some(run) = run.filter(|run| !run.entries.is_empty()) {
        shown.details.build = Some(DeploymentBuild {
            id: run.id,
            report: Some(Report {
                entries: pending::entries(&platform, run),
            }),
        });
    }
    web::ok(&shown)
}

fn row(record: &DeploymentRecord) -> RowKey {
    keys::deployment(record.deployment.id)
}

fn is_moving(record: &DeploymentRecord) -> bool {
    use DeploymentStatus::{Deploying, Queued, Undeploying};
    matches!(record.deployment.status, Deploying | Queued | Undeploying)
}
