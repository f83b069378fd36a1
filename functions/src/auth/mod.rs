//! Who calls: tokens are given for client credentials and verified for every other request.

pub mod clients;
pub mod jwks;
mod keys;
pub mod messages;
pub mod token;

use domain::error::ErrorCode;
use web::token::Claims;
use web::{Fail, Request};

pub use keys::SigningKeys;

use crate::platform::Platform;

/// The claims of the request's bearer token.
pub(crate) async fn verify(platform: &Platform, request: &Request) -> Result<Claims, Fail> {
    let invalid = || Fail::from(ErrorCode::InvalidToken.plain());
    let header = request.header("authorization").ok_or_else(invalid)?;
    let (scheme, token) = header.split_once(' ').ok_or_else(invalid)?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(invalid());
    }
    let key_id = web::token::key_id(token).ok_or_else(invalid)?;
    let public = platform.signing.public(platform, &key_id).await?;
    let public = public.ok_or_else(invalid)?;
    Ok(web::token::verify(
        token,
        &public,
        platform.desk.clock.now(),
    )?)
}
