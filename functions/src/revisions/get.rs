//! `GET …/deployments/{id}/revisions/{revision}`.

use std::sync::Arc;

use web::{Answer, Caller, IdOrKey, Request, scope};

use crate::deployments;
use crate::platform::Platform;
use crate::revisions::{Revision, find};

/// Shows a revision.
///
/// # Errors
/// `ResourceNotFound`; `InvalidPathParam`.
pub async fn handle(
    platform: Arc<Platform>,
    caller: Caller<scope::ViewDeployments>,
    request: Request,
) -> Answer {
    caller.in_project(request.parameter("projectKey"))?;
    let name = IdOrKey::parse(request.parameter("id"))?;
    let store = &platform.desk.store;
    let deployment = deployments::find(store, &name, &caller.project).await?;
    let record = find(store, deployment.deployment.id, &request).await?;
    web::ok(&Revision::of(
        record,
        deployment.serving,
        &platform.addresses,
    ))
}
