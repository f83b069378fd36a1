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

/// What a token says besides, for whoever verifies it with the published keys (RFC 9068, section 2.2).
#[derive(Serialize)]
struct Standard<'a> {
    #[serde(flatten)]
    claims: &'a Claims,
    client_id: &'a str,
    iss: &'a str,
    aud: &'a str,
    jti: &'a str,
}

/// Who signs, and which token it is.
#[derive(Debug, Clone, Copy)]
pub struct Issue<'a> {
    /// The base URL of the platform, which issues the token and takes it.
    pub issuer: &'a str,
    /// The token's own id.
    pub token_id: &'a str,
    /// The id of the key.
    pub key_id: &'a str,
}

/// Signs; `key` is an Ed25519 private key in PKCS#8.
///
/// # Errors
/// The key is none.
pub fn sign(claims: &Claims, issue: Issue<'_>, key: &[u8]) -> Result<String, SignError> {
    let mut header = Header::new(Algorithm::EdDSA);
    header.typ = Some("at+jwt".to_owned());
    header.kid = Some(issue.key_id.to_owned());
    let claims = Standard {
        claims,
        client_id: &claims.sub,
        iss: issue.issuer,
        aud: issue.issuer,
        jti: issue.token_id,
    };
    let key = EncodingKey::from_ed_der(key);
    Ok(jsonwebtoken::encode(&header, &claims, &key)?)
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
    // Our keys sign for ourselves only; a new base URL (`--url`) must not end the tokens that are about.
    validation.validate_aud = false;
    let key = DecodingKey::from_ed_components(&URL_SAFE_NO_PAD.encode(public));
    let read = key.and_then(|key| jsonwebtoken::decode::<Claims>(token, &key, &validation));
    let claims = read.map_err(|_| ErrorCode::InvalidToken.plain())?.claims;
    if claims.exp <= now.millis() / 1000 {
        return Err(ErrorCode::InvalidToken.plain());
    }
    Ok(claims)
}
