//! `GET /{projectKey}/deployments/{id}/logs`: a page of the logs, oldest entry first (contract, sections 5.5 and 16).

use std::sync::Arc;
use std::time::Duration;

use domain::error::{ApiError, ErrorCode};
use domain::time::Timestamp;
use hosting::{LogEntry, LogError, LogQuery};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::json;
use web::{Answer, Caller, Fail, IdOrKey, Request, scope};

use crate::deployments::find;
use crate::platform::Platform;

// Where no date is given, the last day is shown; nothing is kept longer than 30 days (contract, section 16).
const DEFAULT_SPAN: Duration = Duration::from_secs(24 * 60 * 60);
const RETENTION: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// A page of the logs.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "DeploymentLogCursorPagedQueryResponse")]
pub struct Logs {
    /// The entries.
    data: Vec<LogEntry>,
    /// The pageToken of the next page; empty on the last one.
    next: String,
}

/// Shows logs.
///
/// # Errors
/// `DeploymentApplicationDoesNotExist`, `DeploymentLogInvalidDate`, `DeploymentLogInvalidPageToken`.
pub async fn handle(
    platform: Arc<Platform>,
    caller: Caller<scope::ViewDeployments>,
    request: Request,
) -> Answer {
    caller.in_project(request.parameter("projectKey"))?;
    let name = IdOrKey::parse(request.parameter("id"))?;
    let record = find(&platform.desk.store, &name, &caller.project).await?;
    let now = platform.desk.clock.now();
    let application = request.query.single("applicationName")?;
    let application = application
        .map(|name| {
            let known = record
                .application_ids
                .keys()
                .find(|one| one.as_str() == name);
            known.cloned().ok_or_else(|| {
                ErrorCode::DeploymentApplicationDoesNotExist.with([("name", json!(name))])
            })
        })
        .transpose()?;
    let until = date(&request, "endDate")?;
    let from =
        date(&request, "startDate")?.unwrap_or_else(|| until.unwrap_or(now).before(DEFAULT_SPAN));
    if until.is_some_and(|until| until < from) {
        return Err(invalid_date("endDate is before startDate").into());
    }
    if from < now.before(RETENTION + Duration::from_secs(60)) {
        return Err(
            invalid_date("startDate is more than 30 days ago; older logs are not kept").into(),
        );
    }
    let token = request
        .query
        .single("pageToken")?
        .filter(|token| !token.is_empty());
    let query = LogQuery {
        deployment: record.deployment.id,
        application,
        from,
        until,
        page: token.map(str::to_owned),
    };
    let page = platform
        .hosting
        .logs(&query)
        .await
        .map_err(|error| match error {
            LogError::InvalidPageToken => Fail::from(
                ErrorCode::DeploymentLogInvalidPageToken
                    .with([("token", json!(token.unwrap_or_default()))]),
            ),
            error => Fail::fault(error),
        })?;
    web::ok(&Logs {
        data: page.data,
        next: page.next.unwrap_or_default(),
    })
}

// The official client sends a date without offset, which is UTC.
fn date(request: &Request, name: &str) -> Result<Option<Timestamp>, ApiError> {
    let Some(text) = request.query.single(name)? else {
        return Ok(None);
    };
    let read = text.parse().or_else(|_| format!("{text}Z").parse());
    read.map(|time| Some(Timestamp(time))).map_err(|_| {
        invalid_date(&format!(
            "{name}: '{text}' is not a date such as 2026-11-22T16:00:00Z"
        ))
    })
}

fn invalid_date(detail: &str) -> ApiError {
    ErrorCode::DeploymentLogInvalidDate.detail(detail)
}
