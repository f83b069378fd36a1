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
use web::{Fail, IdOrKey};

/// The draft of an id or a key, whoever owns it.
pub(crate) async fn named(
    store: &Store,
    name: &IdOrKey,
) -> Result<Option<ConnectorStagedRecord>, StoreError> {
    let id = match name {
        IdOrKey::Id(id) => Some(*id),
        IdOrKey::Key(key) => store.reserved(&keys::staged_key(key)).await?,
    };
    match id {
        Some(id) => store.get(&keys::staged(id)).await,
        None => Ok(None),
    }
}

/// The draft, if the Project owns it.
pub(crate) async fn find(
    store: &Store,
    name: &IdOrKey,
    owner: &ProjectKey,
) -> Result<ConnectorStagedRecord, Fail> {
    let record = named(store, name).await?;
    record
        .filter(|record| &record.owner == owner)
        .ok_or_else(|| name.not_found("ConnectorStaged").into())
}

/// The Connector that was published from a draft.
pub(crate) async fn published(
    store: &Store,
    record: &ConnectorStagedRecord,
) -> Result<Option<ConnectorRecord>, StoreError> {
    store.get(&keys::connector(record.staged.id)).await
}
