//! Certifications: drafts of every Project that ask to be listed, for the operator's certifiers (contract, sections 11 and 16).

pub mod get;
pub mod query;
pub mod update;

use domain::connector_staged::ConnectorStagedRecord;
use store::Store;
use web::{Fail, IdOrKey};

use crate::connectors_staged::named;

/// The draft of an id or a key, if it ever asked for a certification.
pub(crate) async fn asked(store: &Store, name: &IdOrKey) -> Result<ConnectorStagedRecord, Fail> {
    let record = named(store, name).await?;
    record
        .filter(|record| record.certification.is_some())
        .ok_or_else(|| name.not_found("Certification").into())
}
