//! `DELETE /connectors/drafts/{id}`: a draft goes with its Connector, unless something uses them (contract, sections 3.6 and 16).

use std::sync::Arc;

use domain::error::{ApiError, ErrorCode};
use domain::lifecycle::connector_staged::{Event, State};
use serde_json::json;
use store::{Commit, CommitError, Refusal, keys};
use uuid::Uuid;
use web::{Answer, Caller, Fail, IdOrKey, Request, scope};

use crate::connectors_staged::{find, published};
use crate::platform::Platform;

/// Deletes a draft.
///
/// # Errors
/// `ConnectorStagedInUse` while a Deployment of it exists or a run goes on.
pub async fn handle(
    platform: Arc<Platform>,
    caller: Caller<scope::ManageConnectors>,
    request: Request,
) -> Answer {
    let name = IdOrKey::parse(request.parameter("id"))?;
    let record = find(&platform.desk.store, &name, &caller.project).await?;
    let id = record.staged.id;
    let state = State {
        status: record.staged.status,
        previewable: record.staged.is_previewable,
    };
    if state.on(Event::Delete).is_err() {
        return Err(in_use(id, "a run of it is under way; wait until it has ended").into());
    }
    let mut commit = Commit::new().unused(id).delete(&record);
    if let Some(key) = &record.staged.key {
        commit = commit.remove(&keys::staged_key(key));
    }
    if let Some(connector) = published(&platform.desk.store, &record).await? {
        commit = commit.delete(&connector);
    }
    platform
        .desk
        .commit(commit)
        .await
        .map_err(|error| match error {
            CommitError::Refused(Refusal::Uses) => {
                Fail::from(in_use(id, "it is deployed; delete its Deployments first"))
            }
            CommitError::Refused(_) => {
                in_use(id, "it was changed at the same moment; try again").into()
            }
            error @ CommitError::Fault(_) => Fail::fault(error),
        })?;
    web::ok(&record.staged)
}

fn in_use(id: Uuid, cause: &str) -> ApiError {
    ErrorCode::ConnectorStagedInUse.with([("id", json!(id.to_string())), ("cause", json!(cause))])
}
