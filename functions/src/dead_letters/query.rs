//! `GET …/applications/{name}/dead-letters`: newest first.

use std::sync::Arc;

use store::rows::{EventRow, EventState};
use web::{Answer, Caller, Paging, Request, scope};

use crate::dead_letters::{DeadLetter, list};
use crate::platform::Platform;

/// Lists dead letters, without their payloads.
///
/// # Errors
/// `DeploymentApplicationDoesNotExist`; `DeploymentApplicationTakesNoEvents`; `InvalidQueryParam`.
pub async fn handle(
    platform: Arc<Platform>,
    caller: Caller<scope::ViewDeployments>,
    request: Request,
) -> Answer {
    let paging = Paging::of(&request.query)?;
    let (_, list) = list(&platform, &caller, &request).await?;
    let store = &platform.desk.store;
    let mut places = store.places(&list).await?;
    if paging.newest_first() != Some(false) {
        places.reverse();
    }
    let total = places.len() as u64;
    let rows: Vec<EventRow> = store.get_all(&paging.cut(places)).await?;
    let dead = rows.into_iter().filter(|row| row.state == EventState::Dead);
    web::ok(&paging.filled(total, dead.map(DeadLetter::without_data).collect()))
}
