//! Heads of requests that no gateway answers, whatever they are for.

use axum::body::Body;
use http::header::HOST;
use http::{Method, Request, Response, StatusCode, Version};

use super::BUFFER_BYTES;
use crate::gateway::answer::refusal;

/// Bytes of a header's line beside its name and value: `: ` and the end of the line.
const LINE_BYTES: usize = 4;

/// Returns the refusal of a request whose head is ambiguous, too large, or asks for a tunnel.
pub(super) fn refused<B>(request: &Request<B>) -> Option<Response<Body>> {
    let mut hosts = request.headers().get_all(HOST).iter();
    let (host, another) = (hosts.next(), hosts.next());
    // RFC 9112, section 3.2. HTTP/1.0 has no such header.
    if another.is_some() || (host.is_none() && request.version() == Version::HTTP_11) {
        return Some(refusal(
            StatusCode::BAD_REQUEST,
            "InvalidInput",
            "A request has exactly one Host header. Send one with the host and port of the URL.",
        ));
    }
    if size_of(request) > BUFFER_BYTES {
        return Some(refusal(
            StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            "RequestHeaderFieldsTooLarge",
            &format!(
                "The URL and headers of a request have at most {BUFFER_BYTES} bytes together. Send fewer or shorter headers."
            ),
        ));
    }
    (request.method() == Method::CONNECT).then(|| {
        refusal(
            StatusCode::NOT_IMPLEMENTED,
            "NotImplemented",
            "CONNECT is not supported: this is no proxy. Send the request to the URL of the API or of an application.",
        )
    })
}

fn size_of<B>(request: &Request<B>) -> usize {
    let uri = request.uri();
    let target = uri.path().len() + uri.query().map_or(0, str::len);
    let lines = request
        .headers()
        .iter()
        .map(|(name, value)| name.as_str().len() + value.len() + LINE_BYTES);
    target + lines.sum::<usize>()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(request: http::request::Builder) -> Option<u16> {
        let request = request.body(()).unwrap();
        refused(&request).map(|refused| refused.status().as_u16())
    }

    #[test]
    fn a_request_names_its_host_once() {
        let one = || Request::get("/").header(HOST, "a.localhost");
        assert_eq!(status(one()), None);
        assert_eq!(status(one().header(HOST, "b.localhost")), Some(400));
        assert_eq!(status(one().header(HOST, "a.localhost")), Some(400));
        assert_eq!(status(Request::get("/")), Some(400));
        let old = Request::get("/").version(Version::HTTP_10);
        assert_eq!(status(old), None);
    }

    #[test]
    fn a_head_has_at_most_64_kib() {
        let with = |bytes| {
            let request = Request::get("/").header(HOST, "a.localhost");
            status(request.header("x-long", "x".repeat(bytes)))
        };
        assert_eq!(with(63 * 1024), None);
        assert_eq!(with(64 * 1024), Some(431));
    }

    #[test]
    fn a_tunnel_is_refused() {
        let tunnel = Request::connect("a.localhost:80").header(HOST, "a.localhost:80");
        assert_eq!(status(tunnel), Some(501));
    }
}
