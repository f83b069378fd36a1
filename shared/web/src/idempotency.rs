//! A key by which a create can be sent again without making another (contract, section 16).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::error::{ApiError, ErrorCode};
use domain::limits;
use sha2::{Digest, Sha256};

use crate::request::Request;

const HEADER: &str = "idempotency-key";

/// The caller's key, and what was asked for under it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyKey {
    /// The key as it was sent.
    pub key: String,
    /// A hash of method, path and body.
    pub fingerprint: String,
}

impl IdempotencyKey {
    /// Reads it; none where the request has none.
    ///
    /// # Errors
    /// `InvalidHeader` for an empty or overlong key, for one with other than visible ASCII characters, and for several.
    pub fn of(request: &Request) -> Result<Option<Self>, ApiError> {
        let mut sent = request.headers.get_all(HEADER).iter();
        let Some(key) = sent.next() else {
            return Ok(None);
        };
        let most = limits::IDEMPOTENCY_KEY_CHARACTERS;
        let key = key.to_str().ok().filter(|key| {
            (1..=most).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic())
        });
        let (Some(key), None) = (key, sent.next()) else {
            return Err(ErrorCode::InvalidHeader.detail(format!(
                "Idempotency-Key takes one key of 1 to {most} visible ASCII characters, such as a UUID"
            )));
        };
        let mut hash = Sha256::new();
        for part in [request.method.as_str(), &request.path] {
            hash.update(part);
            hash.update([0]);
        }
        hash.update(&request.body);
        Ok(Some(Self {
            key: key.to_owned(),
            fingerprint: STANDARD.encode(hash.finalize()),
        }))
    }
}
