//! Access tokens: short, signed with Ed25519, and good only for the Project and scopes that they name.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::error::{ApiError, ErrorCode};
use domain::names::ProjectKey;
use domain::time::Timestamp;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};

/// What a token says.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Claims {
    /// The API client.
    pub sub: String,
    /// The Project.
    pub project: ProjectKey,
    /// Scopes with the Project key, separated by blanks.
    pub scope: String,
    /// Seconds since 1970 from which it is good.
    pub iat: i64,
    /// Seconds since 1970 from which it is no longer good.
    pub exp: i64,
}

impl Claims {
    /// Whether the token has a scope of its Project.
    #[must_use]
    pub fn has(&self, scope: &str) -> bool {
        let wanted = format!("{scope}:{}", self.project);
        self.scope.split(' ').any(|one| one == wanted)
    }
}

/// Why a token could not be signed.
#[derive(Debug, thiserror::Error)]
#[error("a token could not be signed: {0}")]
pub struct SignError(#[from] jsonwebtoken::errors::Error);

/// Signs; `key` is an Ed25519 private key in PKCS#8.
///
/// # Errors
/// The key is none.
pub fn sign(claims: &Claims, key_id: &str, key: &[u8]) -> Result<String, SignError> {
    let mut header = Header::new(Algorithm::EdDSA);
    header.kid = Some(key_id.to_owned());
    Ok(jsonwebtoken::encode(
        &header,
        claims,
        &EncodingKey::from_ed_der(key),
    )?)
}

/// The `kid` of a token; none where it is no token.
#[must_use]
pub fn key_id(token: &str) -> Option<String> {
    jsonwebtoken::decode_header(token).ok()?.kid
}

/// Verifies with a raw Ed25519 public key.
///
/// # Errors
/// `invalid_token`, whatever is wrong with it.
pub fn verify(token: &str, public: &[u8], now: Timestamp) -> Result<Claims, ApiError> {
    let mut validation = Validation::new(Algorithm::EdDSA);
    // The expiry is checked below, against our clock.
    validation.validate_exp = false;
    validation.required_spec_claims.clear();
    let key = DecodingKey::from_ed_components(&URL_SAFE_NO_PAD.encode(public));
    let read = key.and_then(|key| jsonwebtoken::decode::<Claims>(token, &key, &validation));
    let claims = read.map_err(|_| ErrorCode::InvalidToken.plain())?.claims;
    if claims.exp <= now.millis() / 1000 {
        return Err(ErrorCode::InvalidToken.plain());
    }
    Ok(claims)
}
