//! `GET /connectors/{id}`: a Connector that the Project may see.

use std::sync::Arc;

use domain::connector::ConnectorRecord;
use domain::names::ProjectKey;
use store::{Store, keys};
use web::{Answer, Caller, Fail, IdOrKey, Request, scope};

use crate::platform::Platform;

/// Shows a Connector.
///
/// # Errors
/// `ResourceNotFound`, for one that the Project may not see too.
pub async fn handle(
    platform: Arc<Platform>,
    caller: Caller<scope::ViewConnectors>,
    request: Request,
) -> Answer {
    let name = IdOrKey::parse(request.parameter("id"))?;
    let record = find(&platform.desk.store, &name, &caller.project).await?;
    let record = record.ok_or_else(|| name.not_found("Connector"))?;
    web::ok(&record.connector)
}

/// The Connector, if the Project may see it.
pub(crate) async fn find(
    store: &Store,
    name: &IdOrKey,
    project: &ProjectKey,
) -> Result<Option<ConnectorRecord>, Fail> {
    let id = match name {
        IdOrKey::Id(id) => Some(*id),
        IdOrKey::Key(key) => store.reserved(&keys::staged_key(key)).await?,
    };
    let record: Option<ConnectorRecord> = match id {
        Some(id) => store.get(&keys::connector(id)).await?,
        None => None,
    };
    Ok(record.filter(|record| record.visible_to(project)))
}
