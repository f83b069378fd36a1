//! Event topics take Google Pub/Sub's publish request, so that its client libraries and emulator settings work against them.

use axum::body::{Body, to_bytes};
use domain::limits;
use functions::Platform;
use functions::events::{PublishError, PublishedMessage, publish as publish_events};
use http::{Method, Request, Response, StatusCode};
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

use super::answer::{self, refusal};

/// Messages of one request (limit of Pub/Sub's publish).
const MESSAGES: usize = 1000;

#[derive(Deserialize)]
struct Publish {
    messages: Vec<PublishedMessage>,
}

/// The topic of `/v1/projects/{project}/topics/{topic}:publish`; none where the path is another.
pub(crate) fn topic_of(path: &str) -> Option<&str> {
    let rest = path.strip_prefix("/v1/projects/")?;
    let (_project, topic) = rest.split_once("/topics/")?;
    topic.strip_suffix(":publish")
}

/// Publishes; the answer has the ids of the messages, which are stored then.
pub(super) async fn publish(
    platform: &Platform,
    topic: &str,
    request: Request<Body>,
    correlation_id: &str,
) -> Response<Body> {
    let topic = Uuid::try_parse(topic);
    let messages = match read(request).await {
        Ok(messages) => messages,
        Err(refused) => return *refused,
    };
    let published = match topic {
        Ok(topic) => publish_events(platform, topic, messages).await,
        Err(_) => Err(PublishError::NoTopic),
    };
    match published {
        Ok(ids) => answer::json(&json!({"messageIds": ids})),
        Err(PublishError::Fault(fault)) => answer::fault(&fault, correlation_id),
        Err(error @ PublishError::NoTopic) => refusal(
            StatusCode::NOT_FOUND,
            "ResourceNotFound",
            &error.to_string(),
        ),
        Err(error) => refusal(
            StatusCode::BAD_REQUEST,
            "InvalidJsonInput",
            &error.to_string(),
        ),
    }
}

/// The messages of a publish request, or why it is none.
pub(crate) async fn read(
    request: Request<Body>,
) -> Result<Vec<PublishedMessage>, Box<Response<Body>>> {
    if request.method() != Method::POST {
        let refused = answer::method_not_allowed("A topic takes POST.", "POST");
        return Err(Box::new(refused));
    }
    let bad = |text: String| {
        let status = StatusCode::BAD_REQUEST;
        Err(Box::new(refusal(status, "InvalidJsonInput", &text)))
    };
    let limit = limits::REQUEST_BODY_BYTES;
    let Ok(body) = to_bytes(request.into_body(), limit).await else {
        let (status, code) = (StatusCode::PAYLOAD_TOO_LARGE, "RequestEntityTooLarge");
        let text = format!("A publish request has at most {limit} bytes.");
        return Err(Box::new(refusal(status, code, &text)));
    };
    match serde_json::from_slice::<Publish>(&body) {
        Ok(publish) if (1..=MESSAGES).contains(&publish.messages.len()) => Ok(publish.messages),
        Ok(_) => bad(format!("A publish request has 1 to {MESSAGES} messages.")),
        Err(error) => bad(format!(
            "The body is no publish request of Pub/Sub: {error}."
        )),
    }
}
