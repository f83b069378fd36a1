//! Tokens are signed with the newest key; a key signs for 30 days, and verifies until its last token has ended.

use std::sync::{Arc, RwLock};
use std::time::{Duration, Instant};

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::limits;
use domain::time::Timestamp;
use secrets::{Sealed, Secret};
use store::rows::SigningKeyRow;
use store::{Commit, keys};
use tokio::sync::{Mutex, OnceCell};
use web::Fail;
use web::token::{Claims, Issue, sign};

use crate::platform::Platform;

const CONTEXT: &str = "signing-key";
// A forged token names a key that nobody has: the rows are not read for each of them.
const LOOK_AGAIN: Duration = Duration::from_secs(1);
// Another process may have made a key since.
const PUBLISH_AGAIN: Duration = Duration::from_secs(60);

struct Key {
    id: String,
    created_at: Timestamp,
    verifies_until: Timestamp,
    sealed: Sealed,
    /// Opened when it signs for the first time: verifying needs no master key.
    private: OnceCell<Secret>,
    public: Vec<u8>,
}

/// The keys that this process knows.
#[derive(Default)]
pub struct SigningKeys {
    known: RwLock<Vec<Arc<Key>>>,
    loading: Mutex<Option<Instant>>,
}

impl SigningKeys {
    fn find(&self, wanted: impl Fn(&Key) -> bool) -> Option<Arc<Key>> {
        let known = self.known.read().expect("no panic while it is held");
        known.iter().rev().find(|key| wanted(key)).cloned()
    }

    /// The public half of a key that still verifies; none where there is no such key.
    pub(crate) async fn public(
        &self,
        platform: &Platform,
        id: &str,
    ) -> Result<Option<Vec<u8>>, Fail> {
        let now = platform.desk.clock.now();
        let wanted = |key: &Key| key.id == id && now < key.verifies_until;
        if let Some(key) = self.find(wanted) {
            return Ok(Some(key.public.clone()));
        }
        self.refresh(platform, LOOK_AGAIN).await?;
        Ok(self.find(wanted).map(|key| key.public.clone()))
    }

    /// The ids and public halves of all keys that verify now, oldest first.
    pub(crate) async fn published(
        &self,
        platform: &Platform,
    ) -> Result<Vec<(String, Vec<u8>)>, Fail> {
        self.refresh(platform, PUBLISH_AGAIN).await?;
        let now = platform.desk.clock.now();
        let known = self.known.read().expect("no panic while it is held");
        let valid = known.iter().filter(|key| now < key.verifies_until);
        Ok(valid
            .map(|key| (key.id.clone(), key.public.clone()))
            .collect())
    }

    /// Signs with the newest key, after making one where the newest is too old.
    pub(crate) async fn sign(&self, platform: &Platform, claims: &Claims) -> Result<String, Fail> {
        let after = platform.desk.clock.now().before(limits::SIGNING_KEY);
        let mut key = self.find(|key| key.created_at > after);
        if key.is_none() {
            let mut loaded = self.loading.lock().await;
            self.load(platform, &mut loaded).await?;
            key = self.find(|key| key.created_at > after);
            if key.is_none() {
                create(platform).await?;
                self.load(platform, &mut loaded).await?;
                key = self.find(|_| true);
            }
        }
        let key = key.ok_or_else(|| Fail::fault("no key signs tokens"))?;
        let open = || secrets::open::<String>(platform.keys.as_ref(), CONTEXT, &key.sealed);
        let private = key
            .private
            .get_or_try_init(async || open().await.map(Secret::new));
        let private = private.await.map_err(Fail::fault)?;
        let private = STANDARD.decode(private.expose()).map_err(Fail::fault)?;
        let issue = Issue {
            issuer: &platform.addresses.base,
            token_id: &platform.desk.ids.next().to_string(),
            key_id: &key.id,
        };
        sign(claims, issue, &private).map_err(Fail::fault)
    }

    /// Reads the rows, if that was not done a moment ago.
    async fn refresh(&self, platform: &Platform, at_most_every: Duration) -> Result<(), Fail> {
        let mut loaded = self.loading.lock().await;
        if loaded.is_some_and(|at| at.elapsed() < at_most_every) {
            return Ok(());
        }
        self.load(platform, &mut loaded).await
    }

    async fn load(&self, platform: &Platform, loaded: &mut Option<Instant>) -> Result<(), Fail> {
        let rows: Vec<SigningKeyRow> = platform.desk.store.partition(keys::SIGNING_KEYS).await?;
        let mut read = Vec::new();
        for row in rows {
            let id = row.id.to_string();
            // One that is known may be open already.
            if let Some(known) = self.find(|key| key.id == id) {
                read.push(known);
                continue;
            }
            read.push(Arc::new(Key {
                id,
                created_at: row.created_at,
                verifies_until: row.verifies_until(),
                sealed: serde_json::from_str(&row.sealed).map_err(Fail::fault)?,
                private: OnceCell::new(),
                public: STANDARD.decode(&row.public).map_err(Fail::fault)?,
            }));
        }
        *self.known.write().expect("no panic while it is held") = read;
        *loaded = Some(Instant::now());
        Ok(())
    }
}

async fn create(platform: &Platform) -> Result<(), Fail> {
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
    platform.desk.commit(Commit::new().create(&row)).await?;
    Ok(())
}
