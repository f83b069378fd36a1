//! `POST …/deployments/{id}/applications/{name}/executions`: runs a job now.

use std::sync::Arc;
use std::time::Duration;

use domain::error::ErrorCode;
use serde_json::json;
use store::Commit;
use store::rows::ExecutionRow;
use web::{Answer, Caller, Fail, IdOrKey, Request, scope};

use crate::deployments;
use crate::executions::{Execution, job};
use crate::idempotency;
use crate::platform::Platform;

/// Runs a job.
///
/// # Errors
/// `DeploymentApplicationDoesNotExist`; `DeploymentApplicationNotAJob`; `DeploymentInvalidStatusTransition` where nothing serves.
pub async fn handle(
    platform: Arc<Platform>,
    caller: Caller<scope::ManageDeployments>,
    request: Request,
) -> Answer {
    caller.in_project(request.parameter("projectKey"))?;
    let name = IdOrKey::parse(request.parameter("id"))?;
    let desk = &platform.desk;
    let record = deployments::find(&desk.store, &name, &caller.project).await?;
    let application = job(&record, &request)?;
    if record.serving.is_none() {
        let cause = json!("the Deployment has no revision that serves");
        return Err(ErrorCode::DeploymentInvalidStatusTransition
            .with([("cause", cause)])
            .into());
    }
    let execution = ExecutionRow::queued(desk.ids.next(), application, desk.clock.now());
    let commit = Commit::new()
        .create(&execution)
        .send(desk.message(execution.trigger(), Duration::ZERO));
    let answer = web::created(&Execution::from(execution));
    idempotency::create(desk, &caller, &request, commit, answer, Fail::from).await
}
