//! `{id}` and `key={key}` are the two ways to name a resource in a path (contract, section 2).

use domain::error::{ApiError, ErrorCode};
use domain::names::Key;
use serde_json::json;
use uuid::Uuid;

/// How the caller named a resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IdOrKey {
    /// By its id.
    Id(Uuid),
    /// By its key.
    Key(Key),
}

impl IdOrKey {
    /// Reads a part of a path.
    ///
    /// # Errors
    /// `InvalidPathParam`, which says what it must look like.
    pub fn parse(text: &str) -> Result<Self, ApiError> {
        if let Some(key) = text.strip_prefix("key=") {
            let key = Key::parse(key);
            return key
                .map(Self::Key)
                .map_err(|error| ErrorCode::InvalidPathParam.detail(format!("key: {error}")));
        }
        text.parse().map(Self::Id).map_err(|_| {
            let text: String = text.chars().take(100).collect();
            ErrorCode::InvalidPathParam.detail(format!(
                "'{text}' is neither an id, which is a UUID, nor key= followed by a key"
            ))
        })
    }

    /// The answer where there is none, or none for this Project.
    #[must_use]
    pub fn not_found(&self, resource: &str) -> ApiError {
        let identifier = match self {
            Self::Id(id) => format!("ID '{id}'"),
            Self::Key(key) => format!("key '{key}'"),
        };
        ErrorCode::ResourceNotFound.with([
            ("resource", json!(resource)),
            ("identifier", json!(identifier)),
        ])
    }
}
