//! What a proxy changes in the head of a message, and nothing else: hop-by-hop headers end here, `X-Forwarded-*` say where a
//! request came from.

use std::net::IpAddr;

use http::header::{CONNECTION, HOST, HeaderMap, HeaderName, HeaderValue, UPGRADE};
use http::request;

/// Headers that concern one connection only (RFC 9110, section 7.6.1), and `expect`, which this side has answered already.
const HOP_BY_HOP: [&str; 9] = [
    "connection",
    "keep-alive",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "proxy-authenticate",
    "expect",
];

/// Removes what concerns only the connection that the message came on.
pub(crate) fn strip_hop_by_hop(headers: &mut HeaderMap) {
    let named: Vec<HeaderName> = headers
        .get_all(CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|name| name.trim().parse().ok())
        .collect();
    for name in named {
        headers.remove(name);
    }
    for name in HOP_BY_HOP {
        headers.remove(name);
    }
}

/// The header in which each gateway on the way adds itself (RFC 8586).
const LOOP: &str = "cdn-loop";
/// This gateway's name in it.
const NAME: &str = "slipway";
/// Times that one request may pass the gateway: an application may pass requests on to another, but one that names the gateway's port as
/// its own would turn a request into thousands of connections.
const PASSES: usize = 8;

/// True if the request has passed the gateway too often.
pub(crate) fn is_loop(headers: &HeaderMap) -> bool {
    let values = headers.get_all(LOOP).iter();
    let names = values.filter_map(|value| value.to_str().ok());
    let names = names.flat_map(|value| value.split(','));
    names.filter(|name| name.trim() == NAME).count() >= PASSES
}

/// Whether the caller insists on another protocol. Other upgrades (Java's client offers `h2c` each time) may be ignored.
pub(crate) fn wants_websocket(headers: &HeaderMap) -> bool {
    headers
        .get(UPGRADE)
        .is_some_and(|protocol| protocol.as_bytes().eq_ignore_ascii_case(b"websocket"))
}

/// The head as the application sees it: `path` alone in the request line, HTTP/1.1, and where the request came from.
pub(crate) fn to_application(head: &mut request::Parts, path: http::Uri, peer: Option<IpAddr>) {
    strip_hop_by_hop(&mut head.headers);
    head.headers.append(LOOP, HeaderValue::from_static(NAME));
    let host = head
        .headers
        .get(HOST)
        .cloned()
        .unwrap_or(HeaderValue::from_static("localhost"));
    head.headers.insert(HOST, host.clone());
    // Only a proxy on this machine (one that ends TLS, say) is believed about where its own requests came from.
    let behind_proxy = peer.is_some_and(|peer| peer.is_loopback());
    if !behind_proxy {
        for name in ["x-forwarded-for", "x-forwarded-proto", "x-forwarded-host"] {
            head.headers.remove(name);
        }
    }
    if let Some(peer) = peer {
        let before = head
            .headers
            .get("x-forwarded-for")
            .and_then(|value| value.to_str().ok());
        let chain = before.map_or_else(|| peer.to_string(), |before| format!("{before}, {peer}"));
        if let Ok(chain) = HeaderValue::from_str(&chain) {
            head.headers.insert("x-forwarded-for", chain);
        }
    }
    head.headers
        .entry("x-forwarded-proto")
        .or_insert(HeaderValue::from_static("http"));
    head.headers.entry("x-forwarded-host").or_insert(host);
    head.version = http::Version::HTTP_11;
    head.uri = path;
}

/// Returns the path and the query of a URL, without its host.
pub(crate) fn path_alone(uri: &http::Uri) -> http::Uri {
    with_query(uri.path(), uri)
}

/// What stands behind `/apps/{id}`, as it was written; the whole path where the URL has no such beginning.
pub(crate) fn path_behind_id(uri: &http::Uri) -> http::Uri {
    let path = uri.path();
    let behind = path
        .strip_prefix("/apps/")
        .map(|rest| rest.find('/').map_or("", |slash| &rest[slash..]));
    with_query(behind.unwrap_or(path), uri)
}

fn with_query(path: &str, uri: &http::Uri) -> http::Uri {
    let path = if path.is_empty() { "/" } else { path };
    let whole = uri
        .query()
        .map_or_else(|| path.to_owned(), |query| format!("{path}?{query}"));
    // Parts of a valid URI, cut at a slash, are one.
    whole.parse().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn forwarded(peer: &str, headers: &[(&str, &str)]) -> String {
        let mut builder = http::Request::post("http://x/apps/1/service?a=b");
        for (name, value) in headers {
            builder = builder.header(*name, *value);
        }
        let (mut head, ()) = builder.body(()).unwrap().into_parts();
        let path = path_behind_id(&head.uri);
        to_application(&mut head, path, Some(peer.parse().unwrap()));
        let line = |(name, value): (&HeaderName, &HeaderValue)| {
            format!("\n{name}: {}", value.to_str().unwrap())
        };
        let mut lines: Vec<String> = head.headers.iter().map(line).collect();
        lines.sort();
        format!(
            "{} {} {:?}{}",
            head.method,
            head.uri,
            head.version,
            lines.concat()
        )
    }

    #[test]
    fn a_request_from_outside_says_where_it_came_from_and_cannot_lie_about_it() {
        let headers = [
            ("host", "shop.example"),
            ("connection", "keep-alive, x-secret-hop"),
            ("x-secret-hop", "1"),
            ("transfer-encoding", "chunked"),
            ("te", "trailers"),
            ("x-forwarded-for", "1.1.1.1"),
            ("x-forwarded-proto", "https"),
            ("authorization", "Bearer t"),
        ];
        insta::assert_snapshot!(forwarded("203.0.113.9", &headers), @"
        POST /service?a=b HTTP/1.1
        authorization: Bearer t
        cdn-loop: slipway
        host: shop.example
        x-forwarded-for: 203.0.113.9
        x-forwarded-host: shop.example
        x-forwarded-proto: http
        ");
        insta::assert_snapshot!(forwarded("127.0.0.1", &headers), @"
        POST /service?a=b HTTP/1.1
        authorization: Bearer t
        cdn-loop: slipway
        host: shop.example
        x-forwarded-for: 1.1.1.1, 127.0.0.1
        x-forwarded-host: shop.example
        x-forwarded-proto: https
        ");
    }

    #[test]
    fn a_request_that_passes_again_and_again_is_a_loop() {
        let (mut head, ()) = http::Request::get("/apps/1/a")
            .body(())
            .unwrap()
            .into_parts();
        head.headers
            .insert(LOOP, HeaderValue::from_static("other, slipwayish"));
        for _ in 0..PASSES {
            assert!(!is_loop(&head.headers));
            to_application(&mut head, "/a".parse().unwrap(), None);
        }
        assert!(is_loop(&head.headers));
    }

    #[test]
    fn the_path_behind_the_id_is_passed_as_it_is() {
        for (whole, behind) in [
            ("/apps/1/service", "/service"),
            (
                "/apps/1/a%2Fb//c/../d?x=/apps/2",
                "/a%2Fb//c/../d?x=/apps/2",
            ),
            ("/apps/1", "/"),
            ("/apps/1?x=1", "/?x=1"),
            ("/index.html", "/index.html"),
        ] {
            assert_eq!(
                path_behind_id(&whole.parse().unwrap()).to_string(),
                behind,
                "{whole}"
            );
        }
    }
}
