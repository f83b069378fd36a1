//! Executions of jobs: run now, and what came of it (ours).

pub mod create;
pub mod query;

use domain::deployment::DeploymentRecord;
use domain::error::ErrorCode;
use domain::spec::ApplicationType;
use domain::time::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::json;
use store::rows::{ExecutionRow, ExecutionState};
use uuid::Uuid;
use web::{Fail, Request};

/// An execution as the wire shows it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Execution {
    id: Uuid,
    state: ExecutionState,
    scheduled_time: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    started_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ended_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status_code: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
}

impl From<ExecutionRow> for Execution {
    fn from(row: ExecutionRow) -> Self {
        Self {
            id: row.id,
            state: row.state,
            scheduled_time: row.scheduled_time,
            started_at: row.started_at,
            ended_at: row.ended_at,
            status_code: row.status_code,
            message: row.message,
        }
    }
}

/// The id of the job that the path names.
fn job(record: &DeploymentRecord, request: &Request) -> Result<Uuid, Fail> {
    let code = ErrorCode::DeploymentApplicationNotAJob;
    application(record, request, ApplicationType::Job, code)
}

/// The id of the application that the path names; `other` is told of one of another kind.
pub(crate) fn application(
    record: &DeploymentRecord,
    request: &Request,
    kind: ApplicationType,
    other: ErrorCode,
) -> Result<Uuid, Fail> {
    let name = request.parameter("name");
    let code = ErrorCode::DeploymentApplicationDoesNotExist;
    let unknown = || Fail::from(code.with([("name", json!(name))]));
    let application = record
        .target
        .release
        .spec
        .application(name)
        .ok_or_else(unknown)?;
    if application.kind != kind {
        return Err(other.with([("name", json!(name))]).into());
    }
    record
        .application_ids
        .get(&application.name)
        .copied()
        .ok_or_else(unknown)
}
