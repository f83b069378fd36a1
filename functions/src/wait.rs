//! A read that waits for a resource to leave its transient state. All readers of one resource wait together: one of them looks, and tells the others.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use domain::limits;
use domain::names::ProjectKey;
use store::keys::RowKey;
use tokio::sync::watch;
use tokio::time::{Instant, sleep, timeout_at};
use web::{Fail, Patience, Places};

use crate::platform::Platform;

/// Time between two looks where other processes write too: short enough that nobody notices.
const LOOK_AGAIN: Duration = Duration::from_millis(50);
/// Time between two looks where every write is told: only for what is written without a commit.
const LOOK_AGAIN_ALONE: Duration = Duration::from_secs(2);

/// The reads that wait, of one process.
pub(crate) struct Waits {
    /// By the key of the resource's row.
    resources: Mutex<HashMap<RowKey, Arc<Resource>>>,
    places: Places<ProjectKey>,
}

/// A resource that readers wait for.
struct Resource {
    /// Held by the reader that looks; when it leaves, the next one goes on.
    turn: tokio::sync::Mutex<()>,
    settled: watch::Sender<bool>,
}

impl Default for Waits {
    fn default() -> Self {
        Self {
            resources: Mutex::default(),
            places: Places::new(limits::WAITING),
        }
    }
}

impl Waits {
    fn resource(&self, key: &RowKey) -> Arc<Resource> {
        let fresh = || {
            Arc::new(Resource {
                turn: tokio::sync::Mutex::default(),
                settled: watch::Sender::new(false),
            })
        };
        self.resources()
            .entry(key.clone())
            .or_insert_with(fresh)
            .clone()
    }

    /// Forgets a resource that nobody waits for any more, or that has settled: who comes later waits for its next change.
    fn forget(&self, key: &RowKey, resource: &Arc<Resource>) {
        let mut resources = self.resources();
        let is_last = Arc::strong_count(resource) <= 2 || *resource.settled.borrow();
        if is_last
            && resources
                .get(key)
                .is_some_and(|known| Arc::ptr_eq(known, resource))
        {
            resources.remove(key);
        }
    }

    fn resources(&self) -> MutexGuard<'_, HashMap<RowKey, Arc<Resource>>> {
        self.resources
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// A reader's stay at a resource.
struct Reader<'a> {
    waits: &'a Waits,
    key: RowKey,
    resource: Arc<Resource>,
}

impl Drop for Reader<'_> {
    fn drop(&mut self) {
        self.waits.forget(&self.key, &self.resource);
    }
}

/// Reads until the resource has settled or the patience ends; what was read last is the answer. A caller that has as many reads waiting as it may
/// have is answered at once.
///
/// # Errors
/// Those of `read`.
pub(crate) async fn settled<T, F, Fut>(
    platform: &Platform,
    caller: &ProjectKey,
    patience: Patience,
    read: F,
    is_moving: fn(&T) -> bool,
    key: fn(&T) -> RowKey,
) -> Result<T, Fail>
where
    F: Fn() -> Fut,
    Fut: Future<Output = Result<T, Fail>>,
{
    let deadline = Instant::now() + patience.0;
    let mut found = read().await?;
    let waits = &platform.manners.waits;
    if patience.0.is_zero() || !is_moving(&found) {
        return Ok(found);
    }
    let Some(_place) = waits.places.take(caller) else {
        return Ok(found);
    };
    while is_moving(&found) && Instant::now() < deadline {
        let key = key(&found);
        let reader = Reader {
            resource: waits.resource(&key),
            waits,
            key,
        };
        // Whether it settled or the patience ended, what holds now is the answer.
        let _ = timeout_at(deadline, wait(platform, &reader, &read, is_moving)).await;
        drop(reader);
        found = read().await?;
    }
    Ok(found)
}

/// Returns once a reader has found that the resource has settled, or is gone.
async fn wait<T, F, Fut>(
    platform: &Platform,
    reader: &Reader<'_>,
    read: &F,
    is_moving: fn(&T) -> bool,
) where
    F: Fn() -> Fut,
    Fut: Future<Output = Result<T, Fail>>,
{
    let mut settled = reader.resource.settled.subscribe();
    let look = async {
        let _turn = reader.resource.turn.lock().await;
        let mut changes = platform.desk.store.changes(&reader.key);
        // An error, as where the resource is gone, is the answer of each reader.
        while read().await.is_ok_and(|found| is_moving(&found)) {
            tokio::select! {
                () = changes.next() => {}
                () = sleep(look_again(platform, &reader.key)) => {}
            }
        }
        reader.resource.settled.send_replace(true);
    };
    tokio::select! {
        _ = settled.wait_for(|settled| *settled) => {}
        () = look => {}
    }
}

/// Readers of different resources do not look in step.
fn look_again(platform: &Platform, key: &RowKey) -> Duration {
    let mut hasher = DefaultHasher::new();
    key.hash(&mut hasher);
    let share = u32::try_from(hasher.finish() % 512).unwrap_or_default();
    let time = if platform.desk.alone {
        LOOK_AGAIN_ALONE
    } else {
        LOOK_AGAIN
    };
    time * (1024 - share) / 1024
}
