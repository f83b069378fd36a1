//! `deliver_event`: an event comes to its application until it is acknowledged or its attempts are used up (contract, sections 10 and 16).

use std::sync::Arc;
use std::time::Duration;

use domain::limits;
use hosting::CallError;
use store::rows::{ApplicationRow, EventRow, EventState, Message};
use store::{Commit, CommitError, Row, keys};
use work::Fault;

use crate::events::{PublishedMessage, is_acknowledged, push};
use crate::platform::Platform;

// The first and the longest wait for an application that is (re)starting.
const SOON: Duration = Duration::from_secs(1);
const LATER: Duration = Duration::from_secs(10);

/// Delivers an event once.
///
/// # Errors
/// A fault of ours; the message comes again.
pub async fn handle(platform: Arc<Platform>, message: Message) -> Result<(), Fault> {
    let Message::DeliverEvent { event } = message else {
        return Err(Fault(format!(
            "{message:?} is not for the deliver_event worker"
        )));
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
        Ok(status) if is_acknowledged(status) => Ok(desk.store.remove(&event.key()).await?),
        Ok(other) => {
            again(
                &platform,
                &application,
                event,
                format!("the application answered {other}"),
            )
            .await
        }
        // No byte came to the application, which is (re)starting: that is no attempt.
        Err(CallError::NotFound | CallError::Down) => not_there(&platform, event).await,
        Err(error) => again(&platform, &application, event, error.to_string()).await,
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

async fn deliver(
    platform: &Platform,
    application: &ApplicationRow,
    event: &EventRow,
) -> Result<u16, CallError> {
    let message = PublishedMessage {
        data: event.data.clone(),
        attributes: event.attributes.clone(),
    };
    let name = application.id.to_string();
    let request = push(
        &application.endpoint,
        &name,
        event.id,
        event.published_at,
        &message,
    );
    let called = platform
        .hosting
        .call(application.id, request, limits::EVENT_ACKNOWLEDGEMENT)
        .await;
    Ok(called?.status().as_u16())
}

/// Comes again soon, and less and less often while the application stays away.
async fn not_there(platform: &Platform, mut event: EventRow) -> Result<(), Fault> {
    let desk = &platform.desk;
    let wait = desk
        .clock
        .now()
        .since(event.published_at)
        .clamp(SOON, LATER);
    event.attempts -= 1;
    event.version += 1;
    event.next_attempt = desk.clock.now().after(wait);
    let message = desk.message(Message::DeliverEvent { event: event.id }, wait);
    Ok(desk
        .commit(Commit::new().update(&event).send(message))
        .await?)
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
    let message = desk.message(Message::DeliverEvent { event: event.id }, wait);
    Ok(desk
        .commit(Commit::new().update(&event).send(message))
        .await?)
}
