//! Tokens are signed with the newest key; a key signs for 30 days, and verifies until its last token has ended.

use std::sync::{Arc, RwLock};
use std::time::Duration;

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::time::Timestamp;
use secrets::{Sealed, Secret};
use store::rows::SigningKeyRow;
use store::{Commit, keys};
use tokio::sync::Mutex;
use web::Fail;
use web::token::{Claims, sign};

use crate::platform::Platform;

const SIGNS_FOR: Duration = Duration::from_secs(30 * 24 * 60 * 60);
const CONTEXT: &str = "signing-key";

struct Key {
    id: String,
    created_at: Timestamp,
    private: Secret,
    public: Vec<u8>,
}

/// The keys that this process knows.
#[derive(Default)]
pub struct SigningKeys {
    known: RwLock<Vec<Arc<Key>>>,
    loading: Mutex<()>,
}

impl SigningKeys {
    fn find(&self, wanted: impl Fn(&Key) -> bool) -> Option<Arc<Key>> {
        let known = self.known.read().expect("no panic while it is held");
        known.iter().rev().find(|key| wanted(key)).cloned()
    }

    /// The public half of a key; none where there is no such key.
    pub(crate) async fn public(
        &self,
        platform: &Platform,
        id: &str,
    ) -> Result<Option<Vec<u8>>, Fail> {
        if let Some(key) = self.find(|key| key.id == id) {
            return Ok(Some(key.public.clone()));
        }
        let _one_at_a_time = self.loading.lock().await;
        self.load(platform).await?;
        Ok(self.find(|key| key.id == id).map(|key| key.public.clone()))
    }

    /// Signs with the newest key, after making one where the newest is too old.
    pub(crate) async fn sign(&self, platform: &Platform, claims: &Claims) -> Result<String, Fail> {
        let after = platform.desk.clock.now().before(SIGNS_FOR);
        let mut key = self.find(|key| key.created_at > after);
        if key.is_none() {
            let _one_at_a_time = self.loading.lock().await;
            self.load(platform).await?;
            key = self.find(|key| key.created_at > after);
            if key.is_none() {
                self.create(platform).await?;
                key = self.find(|_| true);
            }
        }
        let key = key.ok_or_else(|| Fail::fault("no key signs tokens"))?;
        let private = STANDARD.decode(key.private.expose()).map_err(Fail::fault)?;
        sign(claims, &key.id, &private).map_err(Fail::fault)
    }

    async fn load(&self, platform: &Platform) -> Result<(), Fail> {
        let rows: Vec<SigningKeyRow> = platform.desk.store.partition(keys::SIGNING_KEYS).await?;
        let mut loaded = Vec::new();
        for row in rows {
            let sealed: Sealed = serde_json::from_str(&row.sealed).map_err(Fail::fault)?;
            let private: String = secrets::open(platform.keys.as_ref(), CONTEXT, &sealed)
                .await
                .map_err(Fail::fault)?;
            loaded.push(Arc::new(Key {
                id: row.id.to_string(),
                created_at: row.created_at,
                private: Secret::new(private),
                public: STANDARD.decode(&row.public).map_err(Fail::fault)?,
            }));
        }
        *self.known.write().expect("no panic while it is held") = loaded;
        Ok(())
    }

    async fn create(&self, platform: &Platform) -> Result<(), Fail> {
        let pair = Ed25519KeyPair::generate().map_err(Fail::fault)?;
        let private = pair.to_pkcs8().map_err(Fail::fault)?;
        let private = STANDARD.encode(private.as_ref());
        let sealed = secrets::seal(platform.keys.as_ref(), CONTEXT, &private)
            .await
            .map_err(Fail::fault)?;
        let row = SigningKeyRow {
            id: platform.desk.ids.next(),
            created_at: platform.desk.clock.now(),
            sealed: serde_json::to_string(&sealed).map_err(Fail::fault)?,
            public: STANDARD.encode(pair.public_key().as_ref()),
        };
        platform
            .desk
            .commit(Commit::new().create(&row))
            .await
            .map_err(Fail::fault)?;
        self.load(platform).await
    }
}
