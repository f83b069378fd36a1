//! What the log keeps of an answered request: the fields of Google Cloud's `httpRequest` (contract, section 5.5).

use std::time::Duration;

use serde::{Serialize, Serializer};
use serde_json::Value;

/// `details` of an `HTTP_REQUEST` entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct HttpRequest {
    /// `GET`, `POST` and so on.
    pub request_method: String,
    /// The URL as the caller wrote it, with its query.
    pub request_url: String,
    /// The status of the answer.
    pub status: u16,
    /// Bytes of the answer's body that were sent; a string, as `int64` is in Google's JSON.
    #[serde(serialize_with = "as_text")]
    pub response_size: u64,
    /// The caller's `User-Agent`; empty where it sent none.
    pub user_agent: String,
    /// The caller's address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remote_ip: Option<String>,
    /// From the request's arrival to the answer's last byte, as `0.012345s`.
    #[serde(serialize_with = "as_seconds")]
    pub latency: Duration,
    /// `HTTP/1.1`.
    pub protocol: String,
}

impl HttpRequest {
    /// The entry's `details`.
    #[must_use]
    pub fn details(&self) -> Value {
        // Strings and numbers only: this always serialises.
        serde_json::to_value(self).unwrap_or_default()
    }
}

// serde's `serialize_with` hands over a reference.
#[allow(clippy::trivially_copy_pass_by_ref)]
fn as_text<S: Serializer>(number: &u64, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(number)
}

fn as_seconds<S: Serializer>(time: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&format_args!("{:.6}s", time.as_secs_f64()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_told_in_googles_words() {
        let request = HttpRequest {
            request_method: "POST".to_owned(),
            request_url: "/apps/x/service?a=b".to_owned(),
            status: 201,
            response_size: 12,
            user_agent: "curl/8".to_owned(),
            remote_ip: Some("127.0.0.1".to_owned()),
            latency: Duration::from_micros(12_345),
            protocol: "HTTP/1.1".to_owned(),
        };
        insta::assert_snapshot!(
            request.details(),
            @r#"{"requestMethod":"POST","requestUrl":"/apps/x/service?a=b","status":201,"responseSize":"12","userAgent":"curl/8","remoteIp":"127.0.0.1","latency":"0.012345s","protocol":"HTTP/1.1"}"#
        );
    }
}
