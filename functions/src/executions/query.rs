//! `GET …/deployments/{id}/applications/{name}/executions`: newest first.

use std::sync::Arc;

use store::keys;
use store::rows::ExecutionRow;
use web::{Answer, Caller, IdOrKey, Paging, Request, scope};

use crate::deployments;
use crate::executions::{Execution, job};
use crate::platform::Platform;

/// Lists executions.
///
/// # Errors
/// `DeploymentApplicationDoesNotExist`; `DeploymentApplicationNotAJob`; `InvalidQueryParam`.
pub async fn handle(
    platform: Arc<Platform>,
    caller: Caller<scope::ViewDeployments>,
    request: Request,
) -> Answer {
    caller.in_project(request.parameter("projectKey"))?;
    let name = IdOrKey::parse(request.parameter("id"))?;
    let paging = Paging::of(&request.query)?;
    let store = &platform.desk.store;
    let record = deployments::find(store, &name, &caller.project).await?;
    let application = job(&record, &request)?;
    let executions: Vec<ExecutionRow> = store.partition(&keys::executions(application)).await?;
    let by_time = |row: &ExecutionRow, _| row.scheduled_time.to_string();
    web::ok(&paging.page(executions, by_time, Execution::from))
}
