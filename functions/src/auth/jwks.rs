//! `GET /.well-known/jwks.json`: the keys that verify tokens now, for services that check the tokens of their callers themselves (RFC 7517;
//! RFC 8037 for Ed25519).

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::HeaderValue;
use http::header::CACHE_CONTROL;
use serde_json::{Value, json};
use web::{Answer, Request};

use crate::platform::Platform;

// Whoever meets a token with a key that is not in its copy asks again at once.
const CACHED: HeaderValue = HeaderValue::from_static("public, max-age=300");

/// Shows them.
///
/// # Errors
/// Faults only.
pub async fn handle(platform: Arc<Platform>, _request: Request) -> Answer {
    let keys = platform.signing.published(&platform).await?;
    let keys: Vec<Value> = keys
        .into_iter()
        .map(|(id, public)| {
            json!({
                "kid": id,
                "kty": "OKP",
                "crv": "Ed25519",
                "alg": "EdDSA",
                "use": "sig",
                "x": URL_SAFE_NO_PAD.encode(public),
            })
        })
        .collect();
    let mut answer = web::ok(&json!({ "keys": keys }))?;
    answer.headers_mut().insert(CACHE_CONTROL, CACHED);
    Ok(answer)
}
