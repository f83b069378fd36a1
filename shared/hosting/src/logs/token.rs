//! A page token is opaque to the client: an engine's own position in its log, in URL-safe Base64.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::LogError;

/// Characters of a token at most; ours have about 60, CloudWatch's about 200.
const TOKEN_CHARACTERS: usize = 1024;

/// The token for a position.
#[must_use]
pub fn encode(position: &impl Serialize) -> String {
    // A position is a plain struct of strings and numbers, which always serialises.
    URL_SAFE_NO_PAD.encode(serde_json::to_vec(position).unwrap_or_default())
}

/// The position of a token.
///
/// # Errors
/// [`LogError::InvalidPageToken`] for anything that `encode` did not make; the position itself must be checked by its engine.
pub fn decode<P: DeserializeOwned>(token: &str) -> Result<P, LogError> {
    if token.len() > TOKEN_CHARACTERS {
        return Err(LogError::InvalidPageToken);
    }
    let bytes = URL_SAFE_NO_PAD
        .decode(token)
        .map_err(|_| LogError::InvalidPageToken)?;
    serde_json::from_slice(&bytes).map_err(|_| LogError::InvalidPageToken)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_brings_its_position_back_and_nothing_else_does() {
        let token = encode(&("2026-11-22.0000", 17_u64));
        assert!(
            token
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
        );
        assert_eq!(
            decode::<(String, u64)>(&token).unwrap(),
            ("2026-11-22.0000".to_owned(), 17)
        );
        for bad in ["", "x", "%2e%2e", "e30", &"A".repeat(5000)] {
            assert!(decode::<(String, u64)>(bad).is_err(), "{bad}");
        }
    }
}
