//! What the platform sends to applications goes to their functions straight, as an event of a function URL would come.

use std::collections::BTreeMap;
use std::time::Duration;

use aws_sdk_lambda::Client;
use aws_sdk_lambda::error::DisplayErrorContext;
use aws_sdk_lambda::operation::invoke::InvokeError;
use aws_sdk_lambda::primitives::Blob;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use hosting::{CallError, Fault};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::application::{Context, Http, HttpEvent, Order};

/// A function may run for 15 minutes (AWS Lambda, "Quotas"), and whoever calls it runs in one too.
const LONGEST: Duration = Duration::from_secs(14 * 60);

/// Asks a function of an application to do something that is no request.
pub(super) async fn order<T: DeserializeOwned>(
    client: &Client,
    name: &str,
    qualifier: &str,
    order: &Order,
) -> Result<T, Fault> {
    let fault = |cause: String| {
        Fault::because(
            format!("the function {name}:{qualifier} does not do what it is asked"),
            cause,
        )
    };
    let payload = serde_json::to_vec(order).map_err(|error| fault(error.to_string()))?;
    let invoked = client
        .invoke()
        .function_name(name)
        .qualifier(qualifier)
        .payload(Blob::new(payload))
        .send()
        .await
        .map_err(|error| fault(DisplayErrorContext(error).to_string()))?;
    let payload = invoked.payload.map(Blob::into_inner).unwrap_or_default();
    if invoked.function_error.is_some() {
        return Err(fault(String::from_utf8_lossy(&payload).into_owned()));
    }
    serde_json::from_slice(&payload).map_err(|error| fault(error.to_string()))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    status_code: u16,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    #[serde(default)]
    body: String,
    #[serde(default)]
    is_base64_encoded: bool,
}

/// Sends a request to the revision that serves.
pub(super) async fn call(
    client: &Client,
    name: &str,
    qualifier: &str,
    request: http::Request<Bytes>,
    limit: Duration,
) -> Result<http::Response<Bytes>, CallError> {
    let limit = limit.min(LONGEST);
    let payload = serde_json::to_vec(&event(request)).map_err(|_| CallError::Broken)?;
    let invoke = client.invoke().function_name(name).qualifier(qualifier);
    let invoked = tokio::time::timeout(limit, invoke.payload(Blob::new(payload)).send()).await;
    let invoked = invoked.map_err(|_| CallError::Timeout(limit))?;
    let invoked = invoked.map_err(|error| match error.as_service_error() {
        Some(InvokeError::ResourceNotFoundException(_)) => CallError::NotFound,
        Some(InvokeError::TooManyRequestsException(_)) => CallError::Down,
        _ => {
            tracing::warn!(error = %DisplayErrorContext(&error), name, "an application cannot be called");
            CallError::Broken
        }
    })?;
    let payload = invoked.payload.map(Blob::into_inner).unwrap_or_default();
    if invoked.function_error.is_some() {
        tracing::warn!(error = %String::from_utf8_lossy(&payload), name, "an application's function failed");
        return Err(CallError::Broken);
    }
    let answer: Answer = serde_json::from_slice(&payload).map_err(|_| CallError::Broken)?;
    let body = if answer.is_base64_encoded {
        STANDARD
            .decode(&answer.body)
            .map_err(|_| CallError::Broken)?
    } else {
        answer.body.into_bytes()
    };
    let mut response = http::Response::builder().status(answer.status_code);
    for (name, value) in &answer.headers {
        response = response.header(name, value);
    }
    response
        .body(Bytes::from(body))
        .map_err(|_| CallError::Broken)
}

fn event(request: http::Request<Bytes>) -> HttpEvent {
    let (parts, body) = request.into_parts();
    let headers = parts.headers.iter();
    HttpEvent {
        raw_path: parts.uri.path().to_owned(),
        raw_query_string: parts.uri.query().unwrap_or_default().to_owned(),
        cookies: Vec::new(),
        headers: headers
            .filter_map(|(name, value)| Some((name.to_string(), value.to_str().ok()?.to_owned())))
            .collect(),
        request_context: Context {
            http: Http {
                method: parts.method.to_string(),
                source_ip: None,
                protocol: None,
            },
        },
        body: Some(STANDARD.encode(&body)),
        is_base64_encoded: true,
    }
}
