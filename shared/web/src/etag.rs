//! A caller who has the answer already does not get it again (RFC 9110, sections 8.8.3 and 13.1.2).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG};
use http::{HeaderValue, Method, Response, StatusCode};
use lambda_http::Body;
use sha2::{Digest, Sha256};

use crate::head::Head;
use crate::stream::is_event_stream;

// As good as a whole hash for telling two answers of one path apart.
const TAG_BYTES: usize = 18;

/// Adds the strong entity tag of a GET's answer, and leaves the body out where the caller has it.
pub(crate) fn tag(head: &Head, response: &mut Response<Body>) {
    let tagged = head.method == Method::GET && response.status() == StatusCode::OK;
    if !tagged || is_event_stream(response.headers()) {
        return;
    }
    let hash = Sha256::digest(response.body());
    let tag = format!("\"{}\"", URL_SAFE_NO_PAD.encode(&hash[..TAG_BYTES]));
    let known = head.known.iter().any(|known| names(known, &tag));
    if known {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        *response.body_mut() = Body::Empty;
        response.headers_mut().remove(CONTENT_TYPE);
    }
    let headers = response.headers_mut();
    headers.extend(HeaderValue::from_str(&tag).map(|tag| (ETAG, tag)));
    // An answer is its caller's own, and may be another one the next moment: caches ask each time.
    headers
        .entry(CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("private, no-cache"));
}

/// Whether `If-None-Match` names the tag; a weak one counts too (RFC 9110, section 13.1.2).
fn names(known: &HeaderValue, tag: &str) -> bool {
    let Ok(known) = known.to_str() else {
        return false;
    };
    let mut known = known.split(',').map(str::trim);
    known.any(|one| one == "*" || one.strip_prefix("W/").unwrap_or(one) == tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_found_in_a_list_weak_or_not_and_by_an_asterisk() {
        for (known, found) in [
            (r#""b""#, true),
            (r#""a", W/"b""#, true),
            ("*", true),
            (r#""a""#, false),
            ("b", false),
            ("", false),
        ] {
            let known = HeaderValue::from_static(known);
            assert_eq!(names(&known, r#""b""#), found, "{known:?}");
        }
    }
}
