//! A text of a request is as long as its field takes; an error names the field and both lengths.

use crate::error::{ApiError, ErrorCode};

/// A text of at most so many characters.
pub(crate) fn at_most(field: &str, text: &str, limit: usize) -> Option<ApiError> {
    let length = text.chars().count();
    (length > limit).then(|| {
        refuse(format!(
            "{field} has {length} characters; the most is {limit}"
        ))
    })
}

/// A text of at most so many characters, of which one at least is no blank.
pub(crate) fn filled(field: &str, text: &str, limit: usize) -> Option<ApiError> {
    if text.trim().is_empty() {
        return Some(refuse(format!(
            "{field} is empty; it takes 1 to {limit} characters"
        )));
    }
    at_most(field, text, limit)
}

/// A value of the body that the types let through and the contract does not.
pub(crate) fn refuse(detail: String) -> ApiError {
    ErrorCode::InvalidJsonInput.detail(detail)
}
