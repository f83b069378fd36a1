//! A request as every handler reads it, whatever host took it from the wire.

use std::collections::HashMap;

use bytes::Bytes;
use http::{HeaderMap, Method};
use lambda_http::{Body, RequestExt};

use crate::query::Query;

/// The header that follows a request through logs and answers (contract, section 15.14).
pub const CORRELATION_ID: &str = "x-correlation-id";

/// A request: its path's parameters are decoded, its correlation id is there.
#[derive(Debug, Clone)]
pub struct Request {
    /// The method.
    pub method: Method,
    /// The path as it was sent.
    pub path: String,
    /// The parameters that the route names.
    pub parameters: HashMap<String, String>,
    /// The query.
    pub query: Query,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
    /// The caller's correlation id, or a new one.
    pub correlation_id: String,
}

// What a log line can take: longer or stranger ids are replaced.
const CORRELATION_CHARACTERS: usize = 256;

impl Request {
    /// Reads the request of a Lambda event or of the gateway; `fresh_id` is used where the caller sent no usable correlation id.
    #[must_use]
    pub fn of(request: lambda_http::Request, fresh_id: impl FnOnce() -> String) -> Self {
        let parameters = request.path_parameters();
        let parameters = parameters
            .iter()
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        let (parts, body) = request.into_parts();
        let sent = parts
            .headers
            .get(CORRELATION_ID)
            .and_then(|value| value.to_str().ok());
        let usable = |id: &&str| !id.is_empty() && id.len() <= CORRELATION_CHARACTERS;
        let correlation_id = sent.filter(usable).map_or_else(fresh_id, str::to_owned);
        Self {
            method: parts.method,
            path: parts.uri.path().to_owned(),
            parameters,
            query: Query::of(parts.uri.query().unwrap_or_default()),
            headers: parts.headers,
            body: match body {
                Body::Text(text) => Bytes::from(text),
                Body::Binary(bytes) => Bytes::from(bytes),
                _ => Bytes::new(),
            },
            correlation_id,
        }
    }

    /// A header's text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// A parameter of the route; empty where the route has none of that name.
    #[must_use]
    pub fn parameter(&self, name: &str) -> &str {
        self.parameters.get(name).map_or("", String::as_str)
    }
}
