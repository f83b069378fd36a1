//! What the caller may know and what the log keeps are two things: the caller's mistakes go into the envelope, our faults into the
//! log under the correlation id.

use domain::error::{ApiError, ApiErrors, ErrorCode};
use http::{HeaderValue, Response, StatusCode};
use lambda_http::Body;
use serde::Serialize;
use serde_json::json;

use crate::answer::{self, Answer};
use crate::request::CORRELATION_ID;

/// Why a handler has no answer.
#[derive(Debug)]
pub enum Fail {
    /// The caller's mistake.
    Caller(ApiErrors),
    /// Ours.
    Fault(String),
}

impl Fail {
    /// A fault of whatever kind.
    pub fn fault(error: impl std::fmt::Display) -> Self {
        Self::Fault(error.to_string())
    }
}

impl From<ApiError> for Fail {
    fn from(error: ApiError) -> Self {
        Self::Caller(error.into())
    }
}

impl From<ApiErrors> for Fail {
    fn from(errors: ApiErrors) -> Self {
        Self::Caller(errors)
    }
}

impl From<Vec<ApiError>> for Fail {
    fn from(errors: Vec<ApiError>) -> Self {
        match ApiErrors::check(errors) {
            Err(errors) => Self::Caller(errors),
            Ok(()) => Self::fault("an empty list of errors was raised"),
        }
    }
}

impl From<store::StoreError> for Fail {
    fn from(error: store::StoreError) -> Self {
        Self::fault(error)
    }
}

impl From<blobs::BlobError> for Fail {
    fn from(error: blobs::BlobError) -> Self {
        Self::fault(error)
    }
}

/// The envelope of the contract, section 7.
#[derive(Serialize)]
struct Envelope<'a> {
    #[serde(rename = "statusCode")]
    status: u16,
    message: &'a str,
    errors: &'a [ApiError],
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a str>,
}

fn envelope(errors: &ApiErrors) -> Answer {
    let status = StatusCode::from_u16(errors.status()).map_err(Fail::fault)?;
    let first = errors.errors().first();
    answer::json(
        status,
        &Envelope {
            status: errors.status(),
            message: &errors.to_string(),
            errors: errors.errors(),
            error: first
                .filter(|_| status == StatusCode::UNAUTHORIZED)
                .map(|first| first.code.as_str()),
        },
    )
}

/// The response of an answer: the envelope where there is none, and the correlation id in any case.
#[must_use]
pub fn respond(answer: Answer, correlation_id: &str) -> Response<Body> {
    let answer = answer.or_else(|fail| match fail {
        Fail::Caller(errors) => envelope(&errors),
        Fail::Fault(cause) => {
            tracing::error!(%cause, correlation_id, "a request met a fault");
            let error = ErrorCode::General.with([("correlationId", json!(correlation_id))]);
            envelope(&error.into())
        }
    });
    let mut response = answer.unwrap_or_else(|_| {
        let mut response = Response::new(Body::Empty);
        *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
        response
    });
    if let Ok(value) = HeaderValue::from_str(correlation_id) {
        response.headers_mut().insert(CORRELATION_ID, value);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(response: Response<Body>) -> String {
        match response.into_body() {
            Body::Text(text) => text,
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn the_callers_mistake_stands_in_the_envelope() {
        let response = respond(Err(ErrorCode::InvalidToken.plain().into()), "c-1");
        assert_eq!(response.headers()[CORRELATION_ID], "c-1");
        insta::assert_snapshot!(text(response), @r#"{"statusCode":401,"message":"invalid_token","errors":[{"code":"invalid_token","message":"invalid_token"}],"error":"invalid_token"}"#);
    }

    #[test]
    fn a_fault_of_ours_shows_nothing_but_the_correlation_id() {
        let response = respond(Err(Fail::fault("SELECT secret FROM rows")), "c-2");
        insta::assert_snapshot!(text(response), @r#"{"statusCode":500,"message":"Something went wrong on our side. The log has it under the correlation id c-2.","errors":[{"code":"General","message":"Something went wrong on our side. The log has it under the correlation id c-2."}]}"#);
    }
}
