//! Pages in browsers may call the API from the origins that the operator allows. Tokens travel in a header and there are no cookies, so
//! an origin opens nothing by itself: the default is every origin.

use http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ALLOW, ORIGIN, VARY,
};
use http::{HeaderMap, HeaderValue, Response, StatusCode, Uri};
use lambda_http::Body;

use crate::head::Head;

const HEADERS: &str =
    "authorization, content-type, idempotency-key, prefer, if-none-match, x-correlation-id";
const EXPOSED: &str = "etag, x-correlation-id, retry-after, location, idempotency-replayed";
// Two hours, the most that Chromium keeps.
const MAX_AGE: &str = "7200";

/// What is no origin.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "'{0}' is no origin: write scheme and host, with a port where there is one, as in https://shop.example.org, or * for every origin"
)]
pub struct InvalidOrigin(pub String);

/// The origins whose pages may read answers; none: every one.
#[derive(Debug, Clone, Default)]
pub struct Cors(Option<Vec<HeaderValue>>);

impl Cors {
    /// Reads origins; none given, or `*` among them, is every one.
    ///
    /// # Errors
    /// The first that is no origin.
    pub fn parse<T: AsRef<str>>(origins: &[T]) -> Result<Self, InvalidOrigin> {
        let origins = origins.iter().map(AsRef::as_ref);
        let listed: Vec<&str> = origins.filter(|origin| !origin.is_empty()).collect();
        if listed.is_empty() || listed.contains(&"*") {
            return Ok(Self(None));
        }
        let listed: Result<Vec<_>, _> = listed.into_iter().map(origin).collect();
        Ok(Self(Some(listed?)))
    }

    /// The answer to `OPTIONS` of a path that takes these methods, such as `GET, POST`.
    #[must_use]
    pub fn preflight(&self, head: &Head, methods: &str) -> Response<Body> {
        let mut response = Response::new(Body::Empty);
        *response.status_mut() = StatusCode::NO_CONTENT;
        let Ok(methods) = HeaderValue::from_str(methods) else {
            return response;
        };
        let headers = response.headers_mut();
        headers.insert(ALLOW, methods.clone());
        if self.allows(head).is_some() {
            headers.insert(ACCESS_CONTROL_ALLOW_METHODS, methods);
            let taken = HeaderValue::from_static(HEADERS);
            headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, taken);
            headers.insert(ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static(MAX_AGE));
        }
        response
    }

    /// Lets the page that calls read the answer, if its origin is allowed.
    pub(crate) fn share(&self, head: &Head, headers: &mut HeaderMap) {
        if self.0.is_some() {
            headers.append(VARY, HeaderValue::from(ORIGIN));
        }
        if let Some(origin) = self.allows(head) {
            headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
            let exposed = HeaderValue::from_static(EXPOSED);
            headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, exposed);
        }
    }

    fn allows(&self, head: &Head) -> Option<HeaderValue> {
        let Some(listed) = &self.0 else {
            return Some(HeaderValue::from_static("*"));
        };
        let origin = head.origin.as_ref();
        origin.filter(|one| listed.contains(one)).cloned()
    }
}

/// An origin as browsers send it (RFC 6454, section 6.2): lower case, without a slash at the end.
fn origin(text: &str) -> Result<HeaderValue, InvalidOrigin> {
    let invalid = || InvalidOrigin(text.to_owned());
    let lower = text.trim_end_matches('/').to_ascii_lowercase();
    let uri: Uri = lower.parse().map_err(|_| invalid())?;
    let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
        return Err(invalid());
    };
    if lower != format!("{scheme}://{authority}") || authority.as_str().contains('@') {
        return Err(invalid());
    }
    HeaderValue::from_str(&lower).map_err(|_| invalid())
}

#[cfg(test)]
mod tests {
    use http::Method;

    use super::*;

    fn shared(origins: &[&str], origin: &'static str) -> HeaderMap {
        let sent = HeaderMap::from_iter([(ORIGIN, HeaderValue::from_static(origin))]);
        let head = Head::of(&Method::GET, &sent, || "c-1".to_owned());
        let mut headers = HeaderMap::new();
        let cors = Cors::parse(origins).unwrap();
        cors.share(&head, &mut headers);
        headers
    }

    #[test]
    fn every_origin_may_read_answers_where_none_is_named() {
        let headers = shared(&[], "https://anything.example");
        assert_eq!(headers[ACCESS_CONTROL_ALLOW_ORIGIN], "*");
        assert!(!headers.contains_key(VARY));
    }

    #[test]
    fn only_a_named_origin_may_and_caches_are_told_that_it_depends() {
        let named = ["https://Shop.example:8443/"];
        let headers = shared(&named, "https://shop.example:8443");
        let allowed = &headers[ACCESS_CONTROL_ALLOW_ORIGIN];
        assert_eq!(allowed, "https://shop.example:8443");
        assert_eq!(headers[VARY], "origin");
        for other in [
            "https://shop.example",
            "http://shop.example:8443",
            "https://evil.example",
            "null",
        ] {
            let headers = shared(&named, other);
            assert!(
                !headers.contains_key(ACCESS_CONTROL_ALLOW_ORIGIN),
                "{other}"
            );
            assert_eq!(headers[VARY], "origin");
        }
    }

    #[test]
    fn what_is_no_origin_is_told() {
        for text in [
            "null",
            "shop.example",
            "https://a/b",
            "https://u@a",
            "https://",
        ] {
            assert_eq!(
                Cors::parse(&[text]).unwrap_err(),
                InvalidOrigin(text.to_owned())
            );
        }
    }
}
