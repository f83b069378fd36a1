//! `POST …/applications/{name}/dead-letters/{message}/replay`: an event is delivered again, as if it had just been published.

use std::sync::Arc;
use std::time::Duration;

use store::rows::{EventRow, EventState, Message};
use store::{Commit, CommitError};
use web::{Answer, Caller, Fail, Request, scope};
use work::Desk;

use crate::dead_letters::{DeadLetter, find, list, not_there};
use crate::platform::Platform;

/// Replays a dead letter; the answer shows it as it was.
///
/// # Errors
/// `DeploymentApplicationDoesNotExist`; `DeploymentApplicationTakesNoEvents`; `ResourceNotFound`, also where somebody else was faster;
/// `InvalidPathParam`.
pub async fn handle(
    platform: Arc<Platform>,
    caller: Caller<scope::ManageDeployments>,
    request: Request,
) -> Answer {
    let (application, _) = list(&platform, &caller, &request).await?;
    let letter = find(&platform.desk.store, application, &request).await?;
    if !replay(&platform.desk, letter.clone()).await? {
        return Err(not_there(letter.id));
    }
    web::accepted(&DeadLetter::whole(letter))
}

/// The event is on its way, with all of its attempts, in one transaction with its message; false where it is no dead letter any more.
pub(super) async fn replay(desk: &Desk, mut event: EventRow) -> Result<bool, Fail> {
    event.state = EventState::Pending;
    event.attempts = 0;
    event.last_error = None;
    event.next_attempt = desk.clock.now();
    event.version += 1;
    let message = desk.message(Message::DeliverEvent { event: event.id }, Duration::ZERO);
    match desk
        .commit(Commit::new().update(&event).send(message))
        .await
    {
        Ok(()) => Ok(true),
        Err(CommitError::Refused(_)) => Ok(false),
        Err(error) => Err(Fail::fault(error)),
    }
}
