//! `GET /docs`: the description of the API as a page. It is made of the same document as /openapi.json, and needs nothing else: no script,
//! no font, no image, so that it works offline and nothing in it can be told to do anything.

mod operation;
mod page;
mod schema;
#[cfg(test)]
mod tests;

use std::sync::{Arc, LazyLock};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::Response;
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use lambda_http::Body;
use sha2::{Digest, Sha256};
use web::{Answer, Fail, Request};

use crate::openapi;
use crate::platform::Platform;

const STYLE: &str = include_str!("style.css");

struct Page {
    text: String,
    policy: String,
}

/// Shows the page.
///
/// # Errors
/// None.
pub async fn handle(_platform: Arc<Platform>, _request: Request) -> Answer {
    static PAGE: LazyLock<Page> = LazyLock::new(|| Page {
        text: page::of(&openapi::document(), STYLE).into_string(),
        policy: policy(STYLE),
    });
    Response::builder()
        .header(CONTENT_TYPE, "text/html; charset=utf-8")
        .header(CACHE_CONTROL, "public, no-cache")
        .header(CONTENT_SECURITY_POLICY, &PAGE.policy)
        .header(X_CONTENT_TYPE_OPTIONS, "nosniff")
        .header(REFERRER_POLICY, "no-referrer")
        .body(Body::Text(PAGE.text.clone()))
        .map_err(Fail::fault)
}

/// Nothing may be loaded, run, sent or framed; of styles, the one with this hash holds (CSP level 2).
fn policy(style: &str) -> String {
    let hash = STANDARD.encode(Sha256::digest(style));
    format!(
        "default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
}
