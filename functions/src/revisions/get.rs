//! `GET …/deployments/{id}/revisions/{revision}`.

use std::sync::Arc;

use store::keys;
use web::{Answer, Caller, IdOrKey, Request, scope};

use crate::deployments;
use crate::platform::Platform;
use crate::revisions::{Revision, existing, number};

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
    let number = number(&request)?;
    let id = deployments::id_of(store, &name, &caller.project).await?;
    let (deployment, revision) = store
        .get_both(&keys::deployment(id), &keys::revision(id, number))
        .await?;
    let deployment = deployments::owned(deployment, &name, &caller.project)?;
    let record = existing(revision, number)?;
    web::ok(&Revision::of(
        record,
        deployment.serving,
        &platform.addresses,
    ))
}
