//! `GET /{projectKey}/deployments/{id}/logs`: a page of the logs, oldest entry first (contract, sections 5.5 and 16), or all that comes.

use std::sync::Arc;
use std::time::Duration;

use domain::error::{ApiError, ErrorCode};
use domain::time::Timestamp;
use futures_util::stream::{self, StreamExt};
use hosting::{LogEntry, LogError, LogQuery};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::json;
use web::{Answer, Caller, Fail, IdOrKey, Request, scope};

use crate::deployments::find;
use crate::deployments::follow::Follower;
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
    let follow = request.query.boolean("follow")?.unwrap_or_default();
    let token = place(&request, follow)?;
    // Who goes on behind an entry wants all that came since, however long they were away.
    let fresh = follow && token.is_none();
    let (from, until) = span(&request, follow, fresh, now)?;
    let query = LogQuery {
        deployment: record.deployment.id,
        application,
        from,
        until,
        page: token.map(str::to_owned),
    };
    let refused = |error| match error {
        LogError::InvalidPageToken => Fail::from(
            ErrorCode::DeploymentLogInvalidPageToken
                .with([("token", json!(token.unwrap_or_default()))]),
        ),
        error => Fail::fault(error),
    };
    if follow {
        let streams = platform.streams;
        let place = platform.manners.follow(&caller.project);
        let place = place.map_err(Fail::too_many)?;
        let mut follower = Follower::new(platform, query, place);
        let greeting = follower.greet().await.map_err(refused)?;
        return if streams {
            web::streamed(stream::iter([greeting]).chain(follower.events()).boxed())
        } else {
            web::events(greeting + &follower.first().await)
        };
    }
    let page = platform.hosting.logs(&query).await.map_err(refused)?;
    web::ok(&Logs {
        data: page.data,
        next: page.next.unwrap_or_default(),
    })
}

/// Where the page begins: whoever follows and was cut off says so in the way of server-sent events.
fn place(request: &Request, follow: bool) -> Result<Option<&str>, ApiError> {
    let last = follow.then(|| request.header("last-event-id")).flatten();
    let token = match last {
        Some(id) => Some(id),
        None => request.query.single("pageToken")?,
    };
    Ok(token.filter(|token| !token.is_empty()))
}

/// The earliest time and the end.
fn span(
    request: &Request,
    follow: bool,
    fresh: bool,
    now: Timestamp,
) -> Result<(Timestamp, Option<Timestamp>), ApiError> {
    let until = date(request, "endDate")?;
    if follow && until.is_some() {
        return Err(invalid_date(
            "endDate: logs that are followed have no end; leave it out, or follow",
        ));
    }
    let default = || {
        if fresh {
            now
        } else {
            until.unwrap_or(now).before(DEFAULT_SPAN)
        }
    };
    let from = date(request, "startDate")?.unwrap_or_else(default);
    if until.is_some_and(|until| until < from) {
        return Err(invalid_date("endDate is before startDate"));
    }
    if from < now.before(RETENTION + Duration::from_secs(60)) {
        return Err(invalid_date(
            "startDate is more than 30 days ago; older logs are not kept",
        ));
    }
    Ok((from, until))
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
