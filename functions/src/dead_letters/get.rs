//! `GET …/applications/{name}/dead-letters/{message}`.

use std::sync::Arc;

use web::{Answer, Caller, Request, scope};

use crate::dead_letters::{DeadLetter, find, list};
use crate::platform::Platform;

/// Shows a dead letter with its payload.
///
/// # Errors
/// `DeploymentApplicationDoesNotExist`; `DeploymentApplicationTakesNoEvents`; `ResourceNotFound`; `InvalidPathParam`.
pub async fn handle(
    platform: Arc<Platform>,
    caller: Caller<scope::ViewDeployments>,
    request: Request,
) -> Answer {
    let (application, _) = list(&platform, &caller, &request).await?;
    let letter = find(&platform.desk.store, application, &request).await?;
    web::ok(&DeadLetter::whole(letter))
}
