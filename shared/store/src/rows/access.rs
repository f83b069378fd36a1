//! Who may call: API clients, the keys that sign their tokens, and the answers that they may ask for again.

use domain::limits;
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

impl SigningKeyRow {
    /// When the last token that it may have signed ends.
    #[must_use]
    pub fn verifies_until(&self) -> Timestamp {
        self.created_at
            .after(limits::SIGNING_KEY)
            .after(limits::TOKEN_LIFE)
    }
}

impl Row for SigningKeyRow {
    fn key(&self) -> RowKey {
        keys::signing_key(self.created_at, self.id)
    }

    fn version(&self) -> u64 {
        1
    }

    fn index(&self) -> Index {
        // Then its last token has ended, and nobody may sign with it any more.
        Index {
            expires: Some(self.verifies_until()),
            ..Index::default()
        }
    }
}

/// The answer to a create that was sent with an `Idempotency-Key`; it is written in the transaction of the create.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct IdempotencyRow {
    /// The API client that sent it.
    pub client: String,
    /// The key.
    pub key: String,
    /// A hash of what was asked for.
    pub fingerprint: String,
    /// The status of the answer.
    pub status: u16,
    /// The body of the answer.
    pub body: String,
    /// Until when it is remembered.
    pub expires_at: Timestamp,
}

impl Row for IdempotencyRow {
    fn key(&self) -> RowKey {
        keys::idempotency(&self.client, &self.key)
    }

    fn version(&self) -> u64 {
        1
    }

    fn index(&self) -> Index {
        Index {
            expires: Some(self.expires_at),
            ..Index::default()
        }
    }
}
