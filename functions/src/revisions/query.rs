//! `GET …/deployments/{id}/revisions`: newest first.

use std::sync::Arc;

use domain::deployment::RevisionRecord;
use store::keys;
use web::{Answer, Caller, IdOrKey, Paging, Request, scope};

use crate::deployments;
use crate::platform::Platform;
use crate::revisions::Revision;

/// Lists revisions.
///
/// # Errors
/// `ResourceNotFound`; `InvalidQueryParam`.
pub async fn handle(
    platform: Arc<Platform>,
    caller: Caller<scope::ViewDeployments>,
    request: Request,
) -> Answer {
    caller.in_project(request.parameter("projectKey"))?;
    let name = IdOrKey::parse(request.parameter("id"))?;
    let paging = Paging::of(&request.query)?;
    let store = &platform.desk.store;
    let id = deployments::id_of(store, &name, &caller.project).await?;
    let (deployment, records) = store.with_revisions(&keys::deployment(id)).await?;
    let deployment = deployments::owned(deployment, &name, &caller.project)?;
    let number = |record: &RevisionRecord, _| format!("{:012}", record.number);
    web::ok(&paging.page(records, number, |record| {
        Revision::of(record, deployment.serving, &platform.addresses)
    }))
}
