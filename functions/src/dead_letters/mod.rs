//! Dead letters: events that were given up after their last attempt, kept for a person to look at, to send again or to throw away (ours).

pub mod delete;
pub mod get;
pub mod purge;
pub mod query;
pub mod replay;
pub mod replay_all;

use std::collections::BTreeMap;

use domain::error::ErrorCode;
use domain::limits;
use domain::spec::ApplicationType;
use domain::time::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::json;
use store::keys::lists;
use store::rows::{EventRow, EventState};
use store::{Store, keys};
use uuid::Uuid;
use web::{Caller, Fail, IdOrKey, Request, Scope};

use crate::deployments;
use crate::executions::application;
use crate::platform::Platform;

/// So many letters are replayed or deleted by one request, which takes some seconds then.
const AT_ONCE: usize = 1000;

/// A dead letter as the wire shows it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeadLetter {
    /// The `messageId`.
    id: Uuid,
    published_at: Timestamp,
    /// When it is forgotten.
    expires_at: Timestamp,
    /// Deliveries that were not acknowledged.
    attempts: u32,
    /// What the last of them met.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_error: Option<String>,
    attributes: BTreeMap<String, String>,
    /// The size of the payload.
    bytes: usize,
    /// The payload in Base64; not in lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<String>,
}

impl DeadLetter {
    fn whole(row: EventRow) -> Self {
        let data = row.data.clone();
        Self {
            data: Some(data),
            ..Self::without_data(row)
        }
    }

    fn without_data(row: EventRow) -> Self {
        Self {
            id: row.id,
            published_at: row.published_at,
            expires_at: row.published_at.after(limits::EVENT_RETENTION),
            attempts: row.attempts,
            last_error: row.last_error,
            attributes: row.attributes,
            bytes: row.data.trim_end_matches('=').len() * 3 / 4,
            data: None,
        }
    }
}

/// What became of all dead letters of an application.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct DeadLettersChange {
    /// How many were replayed or deleted.
    count: usize,
    /// How many are left for another such request.
    remaining: usize,
}

/// The list of the dead letters of the event application that the path names.
async fn list<S: Scope>(
    platform: &Platform,
    caller: &Caller<S>,
    request: &Request,
) -> Result<(Uuid, String), Fail> {
    caller.in_project(request.parameter("projectKey"))?;
    let name = IdOrKey::parse(request.parameter("id"))?;
    let record = deployments::find(&platform.desk.store, &name, &caller.project).await?;
    let code = ErrorCode::DeploymentApplicationTakesNoEvents;
    let application = application(&record, request, ApplicationType::Event, code)?;
    Ok((application, lists::events(application, "dead")))
}

/// The dead letter that the path names.
async fn find(store: &Store, application: Uuid, request: &Request) -> Result<EventRow, Fail> {
    let text = request.parameter("message");
    let id: Uuid = text.parse().map_err(|_| {
        let text: String = text.chars().take(100).collect();
        let detail = format!("'{text}' is not the id of a message, which is a UUID");
        Fail::from(ErrorCode::InvalidPathParam.detail(detail))
    })?;
    let row: Option<EventRow> = store.get(&keys::event(id)).await?;
    let dead = |row: &EventRow| row.application == application && row.state == EventState::Dead;
    row.filter(dead).ok_or_else(|| not_there(id))
}

fn not_there(id: Uuid) -> Fail {
    let identifier = json!(format!("ID '{id}'"));
    let fields = [
        ("resource", json!("DeadLetter")),
        ("identifier", identifier),
    ];
    ErrorCode::ResourceNotFound.with(fields).into()
}

/// The first of a list, oldest first, and how many come after them.
async fn oldest(store: &Store, list: &str) -> Result<(Vec<EventRow>, usize), Fail> {
    let places = store.places(list).await?;
    let first = &places[..places.len().min(AT_ONCE)];
    let rows: Vec<EventRow> = store.get_all(first).await?;
    let dead = rows.into_iter().filter(|row| row.state == EventState::Dead);
    Ok((dead.collect(), places.len() - first.len()))
}
