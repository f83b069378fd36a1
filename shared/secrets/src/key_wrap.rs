//! The port `KeyWrap`: data keys come wrapped under a master key that never leaves its place, and only in the context they were made for.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

/// A key that encrypts one document.
pub struct DataKey(pub Zeroizing<[u8; 32]>);

/// A data key as it is stored, in Base64.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct WrappedKey(pub String);

/// The master key could not be used.
#[derive(Debug, thiserror::Error)]
#[error("the master key could not {doing}: {cause}")]
pub struct WrapError {
    doing: &'static str,
    cause: String,
}

impl WrapError {
    /// `doing` follows "could not".
    pub fn new(doing: &'static str, cause: impl std::fmt::Display) -> Self {
        Self {
            doing,
            cause: cause.to_string(),
        }
    }
}

/// Where the master key is.
#[async_trait]
pub trait KeyWrap: Send + Sync {
    /// A new data key, in clear and wrapped.
    ///
    /// # Errors
    /// The master key cannot be used.
    async fn new_data_key(&self, context: &str) -> Result<(DataKey, WrappedKey), WrapError>;

    /// The data key in clear.
    ///
    /// # Errors
    /// The master key cannot be used, or the key was wrapped in another context.
    async fn unwrap(&self, wrapped: &WrappedKey, context: &str) -> Result<DataKey, WrapError>;
}
