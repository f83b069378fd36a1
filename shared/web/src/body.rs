//! A body is JSON within its limit, and what does not fit is named by its path.

use domain::error::{ApiError, ErrorCode};
use domain::limits;
use serde::de::DeserializeOwned;

use crate::request::Request;

/// Reads the body.
///
/// # Errors
/// `RequestEntityTooLarge`, or `InvalidJsonInput` with the place.
pub fn read<T: DeserializeOwned>(request: &Request) -> Result<T, ApiError> {
    if request.body.len() > limits::REQUEST_BODY_BYTES {
        return Err(
            ErrorCode::RequestEntityTooLarge.with([("limit", limits::REQUEST_BODY_BYTES.into())])
        );
    }
    // serde would take a list for a struct.
    if !request.body.trim_ascii_start().starts_with(b"{") {
        return Err(ErrorCode::InvalidJsonInput.detail("the body is no JSON object"));
    }
    let mut reader = serde_json::Deserializer::from_slice(&request.body);
    let read = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let path = error.path().to_string();
        let cause = error.into_inner();
        ErrorCode::InvalidJsonInput.detail(match path.as_str() {
            "." => cause.to_string(),
            path => format!("{path}: {cause}"),
        })
    })?;
    reader
        .end()
        .map_err(|error| ErrorCode::InvalidJsonInput.detail(error.to_string()))?;
    Ok(read)
}
