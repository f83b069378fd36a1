//! Executions of jobs: run now, and what came of it (ours).

pub mod create;
pub mod query;

use domain::deployment::DeploymentRecord;
use domain::error::ErrorCode;
use domain::spec::ApplicationType;
use serde_json::json;
use uuid::Uuid;
use web::{Fail, Request};

/// The id of the job application that the path names.
pub(crate) fn job(record: &DeploymentRecord, request: &Request) -> Result<Uuid, Fail> {
    let name = request.parameter("name");
    let code = ErrorCode::DeploymentApplicationDoesNotExist;
    let unknown = || Fail::from(code.with([("name", json!(name))]));
    let application = record.target.release.spec.application(name).ok_or_else(unknown)?;
    if application.kind != ApplicationType::Job {
        return Err(ErrorCode::DeploymentApplicationNotAJob.with([("name", json!(name))]).into());
    }
    record.application_ids.get(&application.name).copied().ok_or_else(unknown)
}
