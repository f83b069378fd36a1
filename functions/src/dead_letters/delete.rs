//! `DELETE …/applications/{name}/dead-letters/{message}`: one is thrown away.

use std::sync::Arc;

use store::rows::EventRow;
use store::{Commit, CommitError};
use web::{Answer, Caller, Fail, Request, scope};
use work::Desk;

use crate::dead_letters::{DeadLetter, find, list, not_there};
use crate::platform::Platform;

/// Deletes a dead letter; the answer is the last that is seen of it.
///
/// # Errors
/// `DeploymentApplicationDoesNotExist`; `DeploymentApplicationTakesNoEvents`; `ResourceNotFound`; `InvalidPathParam`.
pub async fn handle(
    platform: Arc<Platform>,
    caller: Caller<scope::ManageDeployments>,
    request: Request,
) -> Answer {
    let (application, _) = list(&platform, &caller, &request).await?;
    let letter = find(&platform.desk.store, application, &request).await?;
    if !remove(&platform.desk, &letter).await? {
        return Err(not_there(letter.id));
    }
    web::ok(&DeadLetter::whole(letter))
}

/// False where it is no dead letter any more: one that is being replayed is not taken away.
pub(super) async fn remove(desk: &Desk, letter: &EventRow) -> Result<bool, Fail> {
    match desk.commit(Commit::new().delete(letter)).await {
        Ok(()) => Ok(true),
        Err(CommitError::Refused(_)) => Ok(false),
        Err(error) => Err(Fail::fault(error)),
    }
}
