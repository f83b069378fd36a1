//! Publishing: an event is written before it is acknowledged, so that nothing published is lost (contract, section 10).

use std::collections::BTreeMap;
use std::time::Duration;

use domain::limits;
use domain::spec::ApplicationType;
use serde::Deserialize;
use store::rows::{ApplicationRow, EventRow, EventState, Message};
use store::{Commit, keys};
use uuid::Uuid;
use work::Fault;

use crate::platform::Platform;

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
    let desk = &platform.desk;
    let row: Option<ApplicationRow> = desk
        .store
        .get(&keys::application(application))
        .await
        .map_err(Fault::from)?;
    if row.is_none_or(|row| row.kind != ApplicationType::Event) {
        return Err(PublishError::NoTopic);
    }
    for (index, message) in messages.iter().enumerate() {
        check(index, message)?;
    }
    let mut ids = Vec::new();
    for message in messages {
        let now = desk.clock.now();
        let event = EventRow {
            id: desk.ids.next(),
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
        let message = Message::DeliverEvent { event: event.id };
        let commit = Commit::new()
            .create(&event)
            .send(desk.message(message, Duration::ZERO));
        desk.commit(commit).await.map_err(Fault::from)?;
        ids.push(event.id);
    }
    Ok(ids)
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
