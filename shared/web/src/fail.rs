//! What the caller may know and what the log keeps are two things: the caller's mistakes go into the envelope, our faults into the
//! log under the correlation id.

use std::time::Duration;

use domain::error::{ApiError, ApiErrors, ErrorCode};
use http::header::{RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderValue, Response, StatusCode};
use lambda_http::Body;
use serde::Serialize;
use serde_json::json;

use crate::answer::{self, Answer};
use crate::cors::Cors;
use crate::etag;
use crate::head::{CORRELATION_ID, Head};

/// When a fault that passes is worth another try.
const AGAIN: Duration = Duration::from_secs(1);

/// Why a handler has no answer.
#[derive(Debug)]
pub enum Fail {
    /// The caller's mistake.
    Caller(ApiErrors),
    /// The caller's, who may come again after this time.
    Later(ApiErrors, Duration),
    /// Ours.
    Fault(String),
    /// Ours, and gone the next moment: something did not answer, or two writes met.
    Passing(String),
}

impl Fail {
    /// Too many requests: there is one more after this time.
    #[must_use]
    pub fn too_many(wait: Duration) -> Self {
        let seconds = ("seconds", json!(whole_seconds(wait)));
        Self::Later(ErrorCode::TooManyRequests.with([seconds]).into(), wait)
    }

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
        match error {
            store::StoreError::Table { .. } => Self::Passing(error.to_string()),
            store::StoreError::Damaged { .. } => Self::fault(error),
        }
    }
}

impl From<store::CommitError> for Fail {
    fn from(error: store::CommitError) -> Self {
        match error {
            store::CommitError::Refused(_) => Self::Passing(error.to_string()),
            store::CommitError::Fault(error) => error.into(),
        }
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

/// `Retry-After` counts whole seconds (RFC 9110, section 10.2.3), of which none is too short.
#[must_use]
pub fn whole_seconds(wait: Duration) -> u64 {
    wait.as_secs() + u64::from(wait.subsec_nanos() > 0)
}

fn later(errors: &ApiErrors, wait: Duration) -> Answer {
    let mut answer = envelope(errors)?;
    let seconds = HeaderValue::from(whole_seconds(wait));
    answer.headers_mut().insert(RETRY_AFTER, seconds);
    Ok(answer)
}

fn refusal(fail: Fail, correlation_id: &str) -> Answer {
    let id = ("correlationId", json!(correlation_id));
    match fail {
        Fail::Caller(errors) => envelope(&errors),
        Fail::Later(errors, wait) => later(&errors, wait),
        Fail::Fault(cause) => {
            tracing::error!(%cause, correlation_id, "a request met a fault");
            envelope(&ErrorCode::General.with([id]).into())
        }
        Fail::Passing(cause) => {
            tracing::error!(%cause, correlation_id, "a request met a fault that may have passed the next moment");
            let seconds = ("seconds", json!(whole_seconds(AGAIN)));
            let error = ErrorCode::ServiceUnavailable.with([seconds, id]);
            later(&error.into(), AGAIN)
        }
    }
}

/// The response of an answer: the envelope where there is none, nothing where the caller has it already, and in any case the
/// correlation id and what a browser needs to show it to a page.
#[must_use]
pub fn respond(answer: Answer, head: &Head, cors: &Cors) -> Response<Body> {
    let answer = answer.or_else(|fail| refusal(fail, &head.correlation_id));
    let mut response = answer.unwrap_or_else(|_| {
        let mut response = Response::new(Body::Empty);
        *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
        response
    });
    etag::tag(head, &mut response);
    let unauthorized = response.status() == StatusCode::UNAUTHORIZED;
    let headers = response.headers_mut();
    if let Ok(value) = HeaderValue::from_str(&head.correlation_id) {
        headers.insert(CORRELATION_ID, value);
    }
    if unauthorized {
        // RFC 9110, section 15.5.2; the token endpoint names another scheme.
        headers
            .entry(WWW_AUTHENTICATE)
            .or_insert(HeaderValue::from_static(r#"Bearer realm="slipway""#));
    }
    cors.share(head, headers);
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

    fn head(correlation_id: &str) -> Head {
        let headers = http::HeaderMap::new();
        Head::of(&http::Method::GET, &headers, || correlation_id.to_owned())
    }

    fn told(fail: Fail, correlation_id: &str) -> Response<Body> {
        respond(Err(fail), &head(correlation_id), &Cors::default())
    }

    #[test]
    fn the_callers_mistake_stands_in_the_envelope() {
        let response = told(ErrorCode::InvalidToken.plain().into(), "c-1");
        assert_eq!(response.headers()[CORRELATION_ID], "c-1");
        insta::assert_snapshot!(text(response), @r#"{"statusCode":401,"message":"invalid_token","errors":[{"code":"invalid_token","message":"invalid_token"}],"error":"invalid_token"}"#);
    }

    #[test]
    fn a_fault_of_ours_shows_nothing_but_the_correlation_id() {
        let response = told(Fail::fault("SELECT secret FROM rows"), "c-2");
        insta::assert_snapshot!(text(response), @r#"{"statusCode":500,"message":"Something went wrong on our side. The log has it under the correlation id c-2.","errors":[{"code":"General","message":"Something went wrong on our side. The log has it under the correlation id c-2."}]}"#);
    }

    #[test]
    fn a_fault_that_passes_says_when_to_come_again_and_nothing_of_its_cause() {
        let response = told(Fail::Passing("no route to 10.0.0.7".to_owned()), "c-3");
        assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(response.headers()[RETRY_AFTER], "1");
        insta::assert_snapshot!(text(response), @r#"{"statusCode":503,"message":"Something that the platform needs does not answer; try again after 1 s. The log has it under the correlation id c-3.","errors":[{"code":"ServiceUnavailable","message":"Something that the platform needs does not answer; try again after 1 s. The log has it under the correlation id c-3."}]}"#);
    }

    #[test]
    fn a_wait_of_a_part_of_a_second_is_a_whole_one() {
        for (millis, seconds) in [(1, "1"), (1000, "1"), (1001, "2")] {
            let response = told(Fail::too_many(Duration::from_millis(millis)), "c-4");
            assert_eq!(response.status(), StatusCode::TOO_MANY_REQUESTS);
            assert_eq!(response.headers()[RETRY_AFTER], seconds);
        }
    }
}
