//! A request as every handler reads it, whatever host took it from the wire.

use std::collections::HashMap;

use bytes::Bytes;
use domain::error::{ApiError, ErrorCode};
use domain::limits;
use http::request::Parts;
use http::{HeaderMap, Method};
use lambda_http::{Body, RequestExt};

use crate::head::Head;
use crate::query::Query;

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

impl Request {
    /// Reads the request of a Lambda event or of the gateway.
    ///
    /// # Errors
    /// Those of [`fits()`]; `InvalidQueryParam` where the query is no UTF-8.
    pub fn of(request: lambda_http::Request, head: &Head) -> Result<Self, ApiError> {
        let parameters = request.path_parameters();
        let parameters = parameters
            .iter()
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        let (parts, body) = request.into_parts();
        fits(&parts)?;
        Ok(Self {
            method: parts.method,
            path: parts.uri.path().to_owned(),
            parameters,
            query: Query::of(parts.uri.query().unwrap_or_default())?,
            headers: parts.headers,
            body: match body {
                Body::Text(text) => Bytes::from(text),
                Body::Binary(bytes) => Bytes::from(bytes),
                _ => Bytes::new(),
            },
            correlation_id: head.correlation_id.clone(),
        })
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

/// Refuses a request line or headers that no endpoint needs, with the limits that the API Gateway of AWS has.
///
/// # Errors
/// `UriTooLong`; `RequestHeaderFieldsTooLarge`.
pub fn fits(parts: &Parts) -> Result<(), ApiError> {
    let query = parts.uri.query().map_or(0, |query| query.len() + 1);
    let uri = parts.uri.path().len() + query;
    if uri > limits::URI_BYTES {
        return Err(ErrorCode::UriTooLong.with([("limit", limits::URI_BYTES.into())]));
    }
    let headers = parts.headers.iter();
    let headers: usize = headers
        .map(|(name, value)| name.as_str().len() + value.len())
        .sum();
    if uri + headers > limits::REQUEST_HEAD_BYTES {
        let limit = limits::REQUEST_HEAD_BYTES.into();
        return Err(ErrorCode::RequestHeaderFieldsTooLarge.with([("limit", limit)]));
    }
    Ok(())
}
