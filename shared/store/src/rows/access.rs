//! Who may call: API clients and the keys that sign their tokens.

use domain::names::ProjectKey;
use domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::keys::{self, RowKey, lists};
use crate::row::{Index, Row};

/// An API client; its secret is kept as a hash only, which is enough for 256 random bits.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ApiClientRow {
    /// The client id.
    pub id: String,
    /// The Project that its tokens are for.
    pub project: ProjectKey,
    /// Scope names without Project key.
    pub scopes: Vec<String>,
    /// SHA-256 of the secret, in Base64.
    pub secret_sha256: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// The Deployment that it was made for.
    pub deployment: Option<Uuid>,
}

impl Row for ApiClientRow {
    fn key(&self) -> RowKey {
        keys::client(&self.id)
    }

    fn version(&self) -> u64 {
        1
    }

    fn index(&self) -> Index {
        Index {
            list: Some((
                lists::CLIENTS.to_owned(),
                format!("{}#{}", self.created_at, self.id),
            )),
            ..Index::default()
        }
    }
}

/// A key that signs tokens; the private half is sealed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SigningKeyRow {
    /// The `kid` of its tokens.
    pub id: Uuid,
    /// When it began to sign.
    pub created_at: Timestamp,
    /// The private half, PKCS#8, sealed.
    pub sealed: String,
    /// The public half, raw Ed25519, in Base64.
    pub public: String,
}

impl Row for SigningKeyRow {
    fn key(&self) -> RowKey {
        keys::signing_key(self.created_at, self.id)
    }

    fn version(&self) -> u64 {
        1
    }

    fn index(&self) -> Index {
        Index::default()
    }
}
