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
use web::{Fail, IdOrKey};

pub(crate) use begin::begin;

/// The Deployment, if it is the Project's.
pub(crate) async fn find(
    store: &Store,
    name: &IdOrKey,
    project: &ProjectKey,
) -> Result<DeploymentRecord, Fail> {
    let id = match name {
        IdOrKey::Id(id) => Some(*id),
        IdOrKey::Key(key) => store.reserved(&keys::deployment_key(project, key)).await?,
    };
    let record: Option<DeploymentRecord> = match id {
        Some(id) => store.get(&keys::deployment(id)).await?,
        None => None,
    };
    record
        .filter(|record| &record.owner == project)
        .ok_or_else(|| name.not_found("Deployment").into())
}
