//! `deliver_event`: an event comes to its application until it is acknowledged or its attempts are used up (contract, sections 10 and 16).

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use domain::limits;
use hosting::absolute_path;
use http::header::CONTENT_TYPE;
use http::{Method, Request};
use serde_json::json;
use store::rows::{ApplicationRow, EventRow, EventState, Message};
use store::{Commit, CommitError, Row, keys};
use work::Fault;

use crate::platform::Platform;

/// Delivers an event once.
///
/// # Errors
/// A fault of ours; the message comes again.
pub async fn handle(platform: Arc<Platform>, message: Message) -> Result<(), Fault> {
    let Message::DeliverEvent { event } = message else {
        return Err(Fault(format!("{message:?} is not for the deliver_event worker")));
    };
    let desk = &platform.desk;
    let row: Option<EventRow> = desk.store.get(&keys::event(event)).await?;
    let Some(event) = row.filter(|row| row.state == EventState::Pending) else {
        return Ok(());
    };
    let key = keys::application(event.application);
    let Some(application) = desk.store.get::<ApplicationRow>(&key).await? else {
        // The Deployment is gone, and its events with it.
        return Ok(desk.store.remove(&event.key()).await?);
    };
    // Two copies of the message must not count as two attempts: whoever writes this first delivers.
    let Some(event) = attempt(&platform, event).await? else {
        return Ok(());
    };
    match deliver(&platform, &application, &event).await {
        Ok(()) => Ok(desk.store.remove(&event.key()).await?),
        Err(cause) => again(&platform, &application, event, cause).await,
    }
}

/// Counts the attempt; none where another worker has it, or it is not due.
async fn attempt(platform: &Platform, mut event: EventRow) -> Result<Option<EventRow>, Fault> {
    let now = platform.desk.clock.now();
    if event.next_attempt > now {
        return Ok(None);
    }
    event.attempts += 1;
    event.version += 1;
    event.next_attempt = now.after(limits::EVENT_ACKNOWLEDGEMENT);
    match platform.desk.commit(Commit::new().update(&event)).await {
        Ok(()) => Ok(Some(event)),
        Err(CommitError::Refused(_)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

async fn deliver(platform: &Platform, application: &ApplicationRow, event: &EventRow) -> Result<(), String> {
    let envelope = json!({
        "message": {
            "data": event.data,
            "messageId": event.id,
            "publishTime": event.published_at,
            "attributes": event.attributes,
        },
        "subscription": format!("projects/slipway/subscriptions/{}", application.id),
    });
    let request = Request::builder()
        .method(Method::POST)
        .uri(absolute_path(&application.endpoint))
        .header(CONTENT_TYPE, "application/json")
        .body(Bytes::from(envelope.to_string()))
        .map_err(|error| error.to_string())?;
    let called = platform.hosting.call(application.id, request, limits::EVENT_ACKNOWLEDGEMENT).await;
    let status = called.map_err(|error| error.to_string())?.status().as_u16();
    match status {
        102 | 200 | 201 | 202 | 204 => Ok(()),
        other => Err(format!("the application answered {other}")),
    }
}

/// Comes again after the policy's time, or not at all.
async fn again(
    platform: &Platform,
    application: &ApplicationRow,
    mut event: EventRow,
    cause: String,
) -> Result<(), Fault> {
    let desk = &platform.desk;
    tracing::info!(event = %event.id, application = %application.name, attempt = event.attempts, %cause, "an event was not acknowledged");
    event.last_error = Some(cause);
    event.version += 1;
    let Some(wait) = application.retry_policy.wait_after(event.attempts) else {
        event.state = EventState::Dead;
        return Ok(desk.commit(Commit::new().update(&event)).await?);
    };
    event.next_attempt = desk.clock.now().after(wait);
    // A second more, as the queue counts whole seconds and the event must be due.
    let message = desk.message(Message::DeliverEvent { event: event.id }, wait + Duration::from_secs(1));
    Ok(desk.commit(Commit::new().update(&event).send(message)).await?)
}
