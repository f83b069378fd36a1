//! The gateway's own answers about applications have the error envelope of the API (contract, section 7).

use axum::body::Body;
use http::{HeaderValue, Response, StatusCode};

/// `{statusCode, message, errors: [{code, message}]}`.
pub(crate) fn refusal(status: StatusCode, code: &str, message: &str) -> Response<Body> {
    let envelope = serde_json::json!({
        "statusCode": status.as_u16(),
        "message": message,
        "errors": [{ "code": code, "message": message }],
    });
    let mut response = json(&envelope);
    *response.status_mut() = status;
    response
}

/// 200 with a JSON document.
pub(crate) fn json(document: &serde_json::Value) -> Response<Body> {
    let mut response = Response::new(Body::from(document.to_string()));
    response.headers_mut().insert(
        http::header::CONTENT_TYPE,
        HeaderValue::from_static("application/json"),
    );
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
