//! An answer is compact JSON, always with a body (contract, sections 15.1 and 15.12).

use http::header::CONTENT_TYPE;
use http::{Response, StatusCode};
use lambda_http::Body;
use serde::Serialize;

use crate::fail::Fail;

/// What a handler gives.
pub type Answer = Result<Response<Body>, Fail>;

/// JSON with a status.
///
/// # Errors
/// Never in practice: what we answer with is plain data.
pub fn json(status: StatusCode, body: &impl Serialize) -> Answer {
    text(status, serde_json::to_string(body).map_err(Fail::fault)?)
}

/// JSON that is written already, with a status.
///
/// # Errors
/// See [`json`].
pub fn text(status: StatusCode, json: String) -> Answer {
    Response::builder()
        .status(status)
        .header(CONTENT_TYPE, "application/json")
        .body(Body::Text(json))
        .map_err(Fail::fault)
}

/// 200.
///
/// # Errors
/// See [`json`].
pub fn ok(body: &impl Serialize) -> Answer {
    json(StatusCode::OK, body)
}

/// 201: creates, and updates by POST (contract, section 16).
///
/// # Errors
/// See [`json`].
pub fn created(body: &impl Serialize) -> Answer {
    json(StatusCode::CREATED, body)
}

/// 202: an undeploy has begun.
///
/// # Errors
/// See [`json`].
pub fn accepted(body: &impl Serialize) -> Answer {
    json(StatusCode::ACCEPTED, body)
}
