//! Deployments: found by id or key, and only in their Project.

mod begin;
pub mod create;
pub mod delete;
mod follow;
pub mod get;
pub mod logs;
pub mod query;
pub(crate) mod secret;
pub(crate) mod show;
mod target;
pub mod update;

use domain::deployment::DeploymentRecord;
use domain::names::ProjectKey;
use store::{Store, keys};
use uuid::Uuid;
use web::{Fail, IdOrKey};

pub(crate) use begin::begin;

const RESOURCE: &str = "Deployment";

/// The Deployment, if it is the Project's.
pub(crate) async fn find(
    store: &Store,
    name: &IdOrKey,
    project: &ProjectKey,
) -> Result<DeploymentRecord, Fail> {
    let id = id_of(store, name, project).await?;
    owned(store.get(&keys::deployment(id)).await?, name, project)
}

/// The id that belongs to a name; whether there is a Deployment, and whose, its row says.
pub(crate) async fn id_of(
    store: &Store,
    name: &IdOrKey,
    project: &ProjectKey,
) -> Result<Uuid, Fail> {
    let id = match name {
        IdOrKey::Id(id) => Some(*id),
        IdOrKey::Key(key) => store.reserved(&keys::deployment_key(project, key)).await?,
    };
    id.ok_or_else(|| name.not_found(RESOURCE).into())
}

/// What was read of a Deployment, if it is the Project's.
pub(crate) fn owned(
    record: Option<DeploymentRecord>,
    name: &IdOrKey,
    project: &ProjectKey,
) -> Result<DeploymentRecord, Fail> {
    record
        .filter(|record| &record.owner == project)
        .ok_or_else(|| name.not_found(RESOURCE).into())
}
