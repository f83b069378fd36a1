//! A fault of the table is ours, never the caller's; a condition that did not hold is not a fault.

use aws_sdk_dynamodb::error::{DisplayErrorContext, SdkError};

/// The table did not answer, or holds what this version cannot read.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The request did not get through.
    #[error("the table refused {operation}: {cause}")]
    Table {
        /// Such as `GetItem`.
        operation: &'static str,
        /// What the table said.
        cause: String,
    },
    /// A row that this version cannot read.
    #[error("the row {key} cannot be read: {cause}")]
    Damaged {
        /// Its key.
        key: String,
        /// Where reading stopped.
        cause: String,
    },
}

impl StoreError {
    pub(crate) fn table<E>(operation: &'static str, error: SdkError<E>) -> Self
    where
        E: std::error::Error + Send + Sync + 'static,
    {
        Self::Table {
            operation,
            cause: DisplayErrorContext(error).to_string(),
        }
    }
}
