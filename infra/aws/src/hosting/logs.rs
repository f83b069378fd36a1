//! The logs of a Deployment are one group of CloudWatch, where each line of ours is an entry as the API shows it.

use aws_sdk_cloudwatchlogs::Client;
use aws_sdk_cloudwatchlogs::error::DisplayErrorContext;
use aws_sdk_cloudwatchlogs::types::FilteredLogEvent;
use hosting::logs::{PAGE_ENTRIES, RETENTION_DAYS, token};
use hosting::{Fault, LogEntry, LogError, LogPage, LogQuery};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Requests for one page: what is between is Lambda's own lines.
const LOOKS: usize = 20;

/// The group of a Deployment.
pub(super) fn group(prefix: &str, deployment: Uuid) -> String {
    format!("/{prefix}/deployments/{deployment}")
}

/// Has the group there.
pub(super) async fn set(client: &Client, group: &str) -> Result<(), Fault> {
    let fault =
        |cause: String| Fault::because(format!("the log group {group} cannot be made"), cause);
    if let Err(error) = client.create_log_group().log_group_name(group).send().await {
        let service = error.as_service_error();
        if !service.is_some_and(|error| error.is_resource_already_exists_exception()) {
            return Err(fault(DisplayErrorContext(error).to_string()));
        }
    }
    let days = i32::try_from(RETENTION_DAYS).unwrap_or(i32::MAX);
    let keep = client.put_retention_policy().log_group_name(group);
    let kept = keep.retention_in_days(days).send().await.map(drop);
    kept.map_err(|error| fault(DisplayErrorContext(error).to_string()))
}

/// Removes the group, if it is there.
pub(super) async fn remove(client: &Client, group: &str) -> Result<(), Fault> {
    match client.delete_log_group().log_group_name(group).send().await {
        Ok(_) => Ok(()),
        Err(error)
            if error
                .as_service_error()
                .is_some_and(|error| error.is_resource_not_found_exception()) =>
        {
            Ok(())
        }
        Err(error) => {
            let cause = DisplayErrorContext(error).to_string();
            Err(Fault::because(
                format!("the log group {group} cannot be removed"),
                cause,
            ))
        }
    }
}

/// The place behind an event: events of one millisecond are told apart by their ids, which grow.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Position {
    millisecond: i64,
    id: String,
}

impl Position {
    fn of(event: &FilteredLogEvent) -> Self {
        Self {
            millisecond: event.timestamp.unwrap_or_default(),
            id: event.event_id.clone().unwrap_or_default(),
        }
    }

    /// Numbers of up to 56 digits, which no integer takes.
    fn order(&self) -> (i64, usize, &str) {
        (self.millisecond, self.id.len(), &self.id)
    }
}

/// One page.
pub(super) async fn page(
    client: &Client,
    group: &str,
    query: &LogQuery,
) -> Result<LogPage, LogError> {
    let from = query.from.0.as_millisecond();
    let begin = match &query.page {
        Some(text) => token::decode::<Position>(text)?,
        None => Position {
            millisecond: from,
            id: String::new(),
        },
    };
    let mut events = events(client, group, query, begin.millisecond.max(from)).await?;
    events.sort_by(|one, other| Position::of(one).order().cmp(&Position::of(other).order()));
    let mut page = LogPage::default();
    let mut end = begin.clone();
    for event in &events {
        let place = Position::of(event);
        let entry = event
            .message
            .as_deref()
            .map(serde_json::from_str::<LogEntry>);
        if place.order() <= begin.order() && query.page.is_some() {
            continue;
        }
        let Some(entry) = entry
            .and_then(Result::ok)
            .filter(|entry| wanted(entry, query))
        else {
            continue;
        };
        if page.data.len() == PAGE_ENTRIES {
            page.next = Some(token::encode(&end));
            break;
        }
        page.data.push(entry);
        end = place;
    }
    page.end = token::encode(&end);
    Ok(page)
}

/// The events from a millisecond on, one more than a page has at least, where there are so many.
async fn events(
    client: &Client,
    group: &str,
    query: &LogQuery,
    from: i64,
) -> Result<Vec<FilteredLogEvent>, LogError> {
    let (mut found, mut next) = (Vec::new(), None);
    for _ in 0..LOOKS {
        let request = client.filter_log_events().log_group_name(group);
        let request = request
            .start_time(from)
            // Only our entries are objects with this field.
            .filter_pattern(format!("{{ $.deploymentId = \"{}\" }}", query.deployment))
            .set_next_token(next);
        let answer = match request.send().await {
            Ok(answer) => answer,
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(|error| error.is_resource_not_found_exception()) =>
            {
                break;
            }
            Err(error) => {
                let cause = DisplayErrorContext(error).to_string();
                return Err(Fault::because("the logs cannot be read", cause).into());
            }
        };
        found.extend(answer.events.unwrap_or_default());
        next = answer.next_token;
        if next.is_none() || found.len() > PAGE_ENTRIES * 2 {
            break;
        }
    }
    Ok(found)
}

fn wanted(entry: &LogEntry, query: &LogQuery) -> bool {
    entry.deployment_id == query.deployment
        && query
            .application
            .as_ref()
            .is_none_or(|name| *name == entry.application_name)
        && entry.timestamp >= query.from
        && query.until.is_none_or(|until| entry.timestamp < until)
}
