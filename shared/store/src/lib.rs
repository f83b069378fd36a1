//! Rows: one DynamoDB table, read consistently and written by version. Only `keys` knows what a key looks like.

mod catalogue;
mod changes;
mod commit;
mod error;
pub mod keys;
mod lease;
mod list;
mod read;
mod row;
pub mod rows;

use aws_sdk_dynamodb::Client;

pub use catalogue::{Change, Pages};
pub use changes::RowChanges;
pub use commit::{Commit, CommitError, Refusal, TRANSACTION};
pub use error::StoreError;
pub use lease::{Lease, Taking};
pub use list::{Cut, Entry, Listed, Part};
pub use row::{Index, Row};

/// The table and the way to it.
#[derive(Debug, Clone)]
pub struct Store {
    client: Client,
    table: String,
    changes: changes::Changes,
}

impl Store {
    /// A store on a table that exists.
    #[must_use]
    pub fn new(client: Client, table: impl Into<String>) -> Self {
        Self {
            client,
            table: table.into(),
            changes: changes::Changes::default(),
        }
    }
}
