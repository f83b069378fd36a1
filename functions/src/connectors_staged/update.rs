//! `POST /connectors/drafts/{id}`: all actions or none, in one version step, with the runs that they start (contract, section 3.4).

use std::sync::Arc;

use domain::connector::ConnectorRecord;
use domain::connector_staged::ConnectorStagedRecord;
use domain::error::{ApiError, ErrorCode};
use domain::lifecycle::connector_staged::Effect;
use domain::run::{Run, RunKind};
use domain::update::connector_staged::{self as update, ConnectorUpdate, Context};
use serde_json::json;
use store::rows::Message;
use store::{Commit, CommitError};
use web::{Answer, Caller, Fail, IdOrKey, Request, scope};
use work::Desk;

use crate::connectors_staged::{find, published, source};
use crate::platform::Platform;

/// Changes a draft.
///
/// # Errors
/// `ConcurrentModification` for another version; the error of the first action that cannot be applied.
pub async fn handle(
    platform: Arc<Platform>,
    caller: Caller<scope::ManageConnectors>,
    request: Request,
) -> Answer {
    let name = IdOrKey::parse(request.parameter("id"))?;
    let body: ConnectorUpdate = web::read_body(&request)?;
    let record = find(&platform.desk.store, &name, &caller.project).await?;
    if record.staged.version != body.version {
        return Err(other_version(body.version, Some(record.staged.version)).into());
    }
    if body.actions.is_empty() {
        return web::created(&record.staged);
    }
    let mut sources = Vec::new();
    for repository in update::repositories(&record.staged.repository, &body.actions) {
        sources.push(source::read(&platform, repository).await?);
    }
    let connector = published(&platform.desk.store, &record).await?;
    let context = Context {
        project: &caller.project,
        sources,
        connector: connector.as_ref(),
        now: platform.desk.clock.now(),
    };
    let (record, effects) = update::apply(record, body.actions, context)?;
    let record = commit(&platform.desk, record, &effects, connector)
        .await
        .map_err(|error| conflict(error, body.version))?;
    web::created(&record.staged)
}

async fn commit(
    desk: &Desk,
    mut record: ConnectorStagedRecord,
    effects: &[Effect],
    connector: Option<ConnectorRecord>,
) -> Result<ConnectorStagedRecord, CommitError> {
    let mut commit = Commit::new();
    record.staged.version += 1;
    for effect in effects {
        let kind = match effect {
            Effect::StartPreview => RunKind::Preview,
            Effect::StartPublish { certification } => RunKind::Publish {
                certification: *certification,
            },
            Effect::PublishConnector { .. } | Effect::UnlistConnector => continue,
        };
        let run = Run::new(
            desk.ids.next(),
            kind,
            record.staged.id,
            record.owner.clone(),
            desk.clock.now(),
        );
        record.run = Some(run.id);
        let message = desk.message(Message::of(&run), std::time::Duration::ZERO);
        commit = commit.create(&run).send(message);
    }
    if let Some(connector) = connector.and_then(|before| follow(before, &record)) {
        commit = commit.update(&connector);
    }
    desk.commit(commit.update(&record)).await?;
    Ok(record)
}

/// What holds for a published Connector at once: who may see it, and whether search shows it.
fn follow(
    mut connector: ConnectorRecord,
    record: &ConnectorStagedRecord,
) -> Option<ConnectorRecord> {
    let projects: Vec<_> = record
        .staged
        .private_projects
        .iter()
        .map(|one| one.project_key())
        .collect();
    let listed = record.staged.already_listed;
    if connector.private_projects == projects && connector.listed == listed {
        return None;
    }
    connector.private_projects = projects;
    connector.listed = listed;
    connector.connector.version += 1;
    connector.last_modified_at = record.last_modified_at;
    Some(connector)
}

/// The answer to a version that is not the current one.
pub(crate) fn other_version(expected: u64, current: Option<u64>) -> ApiError {
    ErrorCode::ConcurrentModification.with([
        ("expectedVersion", json!(expected)),
        ("currentVersion", json!(current)),
    ])
}

/// A write that came second is the caller's to repeat.
pub(crate) fn conflict(error: CommitError, expected: u64) -> Fail {
    match error {
        CommitError::Refused(_) => other_version(expected, None).into(),
        error @ CommitError::Fault(_) => error.into(),
    }
}
