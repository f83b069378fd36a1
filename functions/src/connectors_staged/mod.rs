//! Drafts of Connectors: found by id or key, and only by their owner.

pub mod create;
pub mod delete;
pub mod get;
pub mod query;
mod source;
pub mod update;

use domain::connector::ConnectorRecord;
use domain::connector_staged::ConnectorStagedRecord;
use domain::names::ProjectKey;
use store::{Store, StoreError, keys};
use uuid::Uuid;
use web::{Fail, IdOrKey};

const RESOURCE: &str = "ConnectorStaged";

/// The draft of an id or a key, whoever owns it.
pub(crate) async fn named(
    store: &Store,
    name: &IdOrKey,
) -> Result<Option<ConnectorStagedRecord>, StoreError> {
    match id(store, name).await? {
        Some(id) => store.get(&keys::staged(id)).await,
        None => Ok(None),
    }
}

async fn id(store: &Store, name: &IdOrKey) -> Result<Option<Uuid>, StoreError> {
    match name {
        IdOrKey::Id(id) => Ok(Some(*id)),
        IdOrKey::Key(key) => store.reserved(&keys::staged_key(key)).await,
    }
}

/// The id that belongs to a name; whether there is a draft, and whose, its row says.
pub(crate) async fn id_of(store: &Store, name: &IdOrKey) -> Result<Uuid, Fail> {
    let id = id(store, name).await?;
    id.ok_or_else(|| name.not_found(RESOURCE).into())
}

/// The draft, if the Project owns it.
pub(crate) async fn find(
    store: &Store,
    name: &IdOrKey,
    owner: &ProjectKey,
) -> Result<ConnectorStagedRecord, Fail> {
    owned(named(store, name).await?, name, owner)
}

/// What was read of a draft, if the Project owns it.
pub(crate) fn owned(
    record: Option<ConnectorStagedRecord>,
    name: &IdOrKey,
    owner: &ProjectKey,
) -> Result<ConnectorStagedRecord, Fail> {
    record
        .filter(|record| &record.owner == owner)
        .ok_or_else(|| name.not_found(RESOURCE).into())
}

/// The Connector that was published from a draft.
pub(crate) async fn published(
    store: &Store,
    record: &ConnectorStagedRecord,
) -> Result<Option<ConnectorRecord>, StoreError> {
    store.get(&keys::connector(record.staged.id)).await
}
