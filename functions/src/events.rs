//! What comes to applications that nobody calls: events, written before their publisher is answered so that none is lost, and ticks
//! (contract, section 10).

use std::collections::BTreeMap;
use std::time::Duration;

use bytes::Bytes;
use domain::limits;
use domain::spec::ApplicationType;
use domain::time::Timestamp;
use hosting::absolute_path;
use http::header::CONTENT_TYPE;
use http::{Method, Request};
use serde::Deserialize;
use serde_json::json;
use store::rows::{ApplicationRow, EventRow, EventState, Message};
use store::{Commit, CommitError, keys};
use uuid::Uuid;
use work::{Desk, Fault};

use crate::platform::{Platform, TOPIC_PROJECT};

/// Messages of one transaction, which has two rows for each. Their data together is no longer than that of one message may be, far below
/// the 4 MB that DynamoDB takes.
const TOGETHER: usize = 40;

/// A message as Pub/Sub's publish request has it.
#[derive(Debug, Clone, Deserialize)]
pub struct PublishedMessage {
    /// The payload in Base64.
    #[serde(default)]
    pub data: String,
    /// What comes with it.
    #[serde(default)]
    pub attributes: BTreeMap<String, String>,
}

/// A message with the id under which it is taken in.
#[derive(Debug, Clone)]
pub struct Publication {
    /// The id; what has it already is not taken in again.
    pub id: Uuid,
    /// The message.
    pub message: PublishedMessage,
}

/// Why nothing was published.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// No event application has this topic.
    #[error("the topic does not exist; the `topic` of a deployed event application names it")]
    NoTopic,
    /// A message is too large.
    #[error("message {0} is larger than {max} bytes", max = limits::EVENT_BYTES)]
    TooLarge(usize),
    /// A message's payload is no Base64.
    #[error("the data of message {0} is not Base64")]
    NotBase64(usize),
    /// Ours.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// Publishes to the topic of an event application, and gives the ids of the messages.
///
/// # Errors
/// See [`PublishError`]; messages before the one that is refused are not published.
pub async fn publish(
    platform: &Platform,
    application: Uuid,
    messages: Vec<PublishedMessage>,
) -> Result<Vec<Uuid>, PublishError> {
    let publications: Vec<Publication> = messages
        .into_iter()
        .map(|message| Publication {
            id: platform.desk.ids.next(),
            message,
        })
        .collect();
    let ids = publications.iter().map(|one| one.id).collect();
    take_in(platform, application, publications).await?;
    Ok(ids)
}

/// Writes messages to the topic of an event application.
///
/// # Errors
/// See [`PublishError`]; messages before the one that is refused are not published.
pub(crate) async fn take_in(
    platform: &Platform,
    application: Uuid,
    publications: Vec<Publication>,
) -> Result<(), PublishError> {
    let desk = &platform.desk;
    let row: Option<ApplicationRow> = desk
        .store
        .get(&keys::application(application))
        .await
        .map_err(Fault::from)?;
    if row.is_none_or(|row| row.kind != ApplicationType::Event) {
        return Err(PublishError::NoTopic);
    }
    for (index, one) in publications.iter().enumerate() {
        check(index, &one.message)?;
    }
    let (mut commit, mut together) = (Commit::new(), 0);
    let mut bytes = 0;
    for Publication { id, message } in publications {
        let now = desk.clock.now();
        let event = EventRow {
            id,
            application,
            data: message.data,
            attributes: message.attributes,
            published_at: now,
            attempts: 0,
            next_attempt: now,
            state: EventState::Pending,
            last_error: None,
            version: 1,
        };
        if together == TOGETHER || bytes + event.data.len() > limits::EVENT_BYTES {
            let full = std::mem::take(&mut commit);
            write(desk, full).await?;
            (together, bytes) = (0, 0);
        }
        together += 1;
        bytes += event.data.len();
        let message = Message::DeliverEvent { event: event.id };
        commit = commit
            .create(&event)
            .send(desk.message(message, Duration::ZERO));
    }
    if together > 0 {
        write(desk, commit).await?;
    }
    Ok(())
}

/// A message that is there already was taken in by a copy of what brings it now.
async fn write(desk: &Desk, commit: Commit) -> Result<(), Fault> {
    match desk.commit(commit).await {
        Ok(()) | Err(CommitError::Refused(_)) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// The request that brings a message to its application: Pub/Sub's push envelope (contract, section 10). `subscription` is its last part.
#[must_use]
pub fn push(
    endpoint: &str,
    subscription: &str,
    id: Uuid,
    published_at: Timestamp,
    message: &PublishedMessage,
) -> Request<Bytes> {
    let envelope = json!({
        "message": {
            "data": message.data,
            "messageId": id,
            "publishTime": published_at,
            "attributes": message.attributes,
        },
        "subscription": format!("projects/{TOPIC_PROJECT}/subscriptions/{subscription}"),
    });
    Request::builder()
        .method(Method::POST)
        .uri(absolute_path(endpoint))
        .header(CONTENT_TYPE, "application/json")
        .body(Bytes::from(envelope.to_string()))
        .expect("an endpoint has only letters, digits, '_', '-' and '/'")
}

/// Whether a status acknowledges an event (contract, section 10).
#[must_use]
pub fn is_acknowledged(status: u16) -> bool {
    matches!(status, 102 | 200 | 201 | 202 | 204)
}

/// The request that runs a job.
#[must_use]
pub fn tick(endpoint: &str, execution: Uuid, scheduled: Timestamp) -> Request<Bytes> {
    Request::builder()
        .method(Method::POST)
        .uri(absolute_path(endpoint))
        .header(CONTENT_TYPE, "application/json")
        .header("X-Connect-Job-Execution", execution.to_string())
        .header("X-Connect-Scheduled-Time", scheduled.to_string())
        .body(Bytes::from_static(b"{}"))
        .expect("an endpoint has only letters, digits, '_', '-' and '/'")
}

fn check(index: usize, message: &PublishedMessage) -> Result<(), PublishError> {
    use base64::Engine;
    let attributes = message
        .attributes
        .iter()
        .map(|(key, value)| key.len() + value.len());
    if message.data.len() + attributes.sum::<usize>() > limits::EVENT_BYTES {
        return Err(PublishError::TooLarge(index));
    }
    let decoded = base64::engine::general_purpose::STANDARD.decode(&message.data);
    decoded
        .map(drop)
        .map_err(|_| PublishError::NotBase64(index))
}
