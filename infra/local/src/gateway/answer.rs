//! The gateway's own answers have the error envelope of the API (contract, section 7), also where no function is behind them.

use axum::body::Body;
use http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderValue, Response, StatusCode};

/// An application that is down comes back with its next start, the first after a second.
const AGAIN: HeaderValue = HeaderValue::from_static("1");
const BEARER: HeaderValue = HeaderValue::from_static(r#"Bearer realm="slipway""#);

/// `{statusCode, message, errors: [{code, message}]}`, and `error` beside them where nobody is logged in.
pub(crate) fn refusal(status: StatusCode, code: &str, message: &str) -> Response<Body> {
    let mut envelope = serde_json::json!({
        "statusCode": status.as_u16(),
        "message": message,
        "errors": [{ "code": code, "message": message }],
    });
    let header = match status {
        StatusCode::UNAUTHORIZED => {
            envelope["error"] = code.into();
            Some((WWW_AUTHENTICATE, BEARER))
        }
        StatusCode::SERVICE_UNAVAILABLE => Some((RETRY_AFTER, AGAIN)),
        _ => None,
    };
    let mut response = json(&envelope);
    *response.status_mut() = status;
    response.headers_mut().extend(header);
    response
}

/// A fault of ours: the caller gets the correlation id, the log the cause.
pub(crate) fn fault(cause: &impl std::fmt::Display, correlation_id: &str) -> Response<Body> {
    tracing::error!(%cause, correlation_id, "a request met a fault");
    let message = format!(
        "Something went wrong on our side. The log has it under the correlation id {correlation_id}."
    );
    refusal(StatusCode::INTERNAL_SERVER_ERROR, "General", &message)
}

/// 200 with a JSON document.
pub(crate) fn json(document: &serde_json::Value) -> Response<Body> {
    let mut response = Response::new(Body::from(document.to_string()));
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

/// 404 for an id that routes to nothing.
pub(crate) fn unknown_application() -> Response<Body> {
    refusal(
        StatusCode::NOT_FOUND,
        "ResourceNotFound",
        "No application with this id is deployed. Its URL is in `applications` of its Deployment.",
    )
}

/// 404 for an event or a job application, which only the platform calls.
pub(crate) fn no_public_address() -> Response<Body> {
    refusal(
        StatusCode::NOT_FOUND,
        "ResourceNotFound",
        "Event and job applications have no public address. Publish events to the application's topic, and run a job by an execution.",
    )
}

/// 405 with what the path takes.
pub(crate) fn method_not_allowed(message: &str, allowed: &'static str) -> Response<Body> {
    let status = StatusCode::METHOD_NOT_ALLOWED;
    let mut response = refusal(status, "MethodNotAllowed", message);
    response
        .headers_mut()
        .insert(http::header::ALLOW, HeaderValue::from_static(allowed));
    response
}
