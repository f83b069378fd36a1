//! What an answer must know of its request, also where the request could not be read any further.

use http::header::{IF_NONE_MATCH, ORIGIN};
use http::{HeaderMap, HeaderValue, Method};

/// The header that follows a request through logs and answers (contract, section 15.14).
pub const CORRELATION_ID: &str = "x-correlation-id";

// What a log line can take: longer or stranger ids are replaced.
const CORRELATION_CHARACTERS: usize = 256;

/// The part of a request that shapes its answer.
#[derive(Debug, Clone)]
pub struct Head {
    /// The method.
    pub method: Method,
    /// The caller's correlation id, or a new one.
    pub correlation_id: String,
    /// The page in a browser that calls, where one does.
    pub(crate) origin: Option<HeaderValue>,
    /// The entity tags that the caller has an answer of.
    pub(crate) known: Vec<HeaderValue>,
}

impl Head {
    /// Reads it; `fresh_id` is used where the caller sent no usable correlation id.
    #[must_use]
    pub fn of(method: &Method, headers: &HeaderMap, fresh_id: impl FnOnce() -> String) -> Self {
        Self {
            method: method.clone(),
            correlation_id: correlation_id(headers).map_or_else(fresh_id, str::to_owned),
            origin: headers.get(ORIGIN).cloned(),
            known: headers.get_all(IF_NONE_MATCH).iter().cloned().collect(),
        }
    }
}

/// The correlation id that the caller sent, if it can stand in a log line and in a header as it is.
#[must_use]
pub fn correlation_id(headers: &HeaderMap) -> Option<&str> {
    let id = headers.get(CORRELATION_ID)?.to_str().ok()?;
    let usable = (1..=CORRELATION_CHARACTERS).contains(&id.len())
        && id.bytes().all(|byte| byte.is_ascii_graphic());
    usable.then_some(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_that_would_break_a_log_line_is_replaced() {
        for (sent, used) in [
            (&b"my-id-7"[..], "my-id-7"),
            (b"", "fresh"),
            (b"a b", "fresh"),
            (b"a\tb", "fresh"),
            (b"\xff", "fresh"),
            (&[b'x'; 257], "fresh"),
        ] {
            let headers = HeaderMap::from_iter([(
                CORRELATION_ID.parse().unwrap(),
                HeaderValue::from_bytes(sent).unwrap(),
            )]);
            let head = Head::of(&Method::GET, &headers, || "fresh".to_owned());
            assert_eq!(head.correlation_id, used);
        }
    }
}
