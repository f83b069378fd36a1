//! `POST …/applications/{name}/dead-letters/replay`: the oldest first, as they were published.

use std::sync::Arc;

use web::{Answer, Caller, Request, scope};

use crate::dead_letters::replay::replay;
use crate::dead_letters::{DeadLettersChange, list, oldest};
use crate::platform::Platform;

/// Replays the oldest thousand dead letters, and says how many are left.
///
/// # Errors
/// `DeploymentApplicationDoesNotExist`; `DeploymentApplicationTakesNoEvents`.
pub async fn handle(
    platform: Arc<Platform>,
    caller: Caller<scope::ManageDeployments>,
    request: Request,
) -> Answer {
    let (_, list) = list(&platform, &caller, &request).await?;
    let desk = &platform.desk;
    let (letters, remaining) = oldest(&desk.store, &list).await?;
    let mut count = 0;
    for letter in letters {
        count += usize::from(replay(desk, letter).await?);
    }
    web::accepted(&DeadLettersChange { count, remaining })
}
