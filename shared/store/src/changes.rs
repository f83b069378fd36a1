//! Tells readers within this process that a row was written, so that they need not read it again and again to find out.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use crate::Store;
use crate::keys::RowKey;

/// Who waits for which rows.
#[derive(Debug, Clone, Default)]
pub(crate) struct Changes(Arc<Mutex<HashMap<RowKey, watch::Sender<()>>>>);

/// The commits of this process that write a row, from the moment on at which this was made.
#[derive(Debug)]
pub struct RowChanges {
    all: Changes,
    key: RowKey,
    receiver: watch::Receiver<()>,
}

impl Changes {
    fn of(&self, key: &RowKey) -> RowChanges {
        let mut rows = self.rows();
        let sender = rows.entry(key.clone()).or_default();
        RowChanges {
            receiver: sender.subscribe(),
            all: self.clone(),
            key: key.clone(),
        }
    }

    /// Wakes whoever waits for one of these rows.
    pub(crate) fn tell(&self, keys: &[RowKey]) {
        let rows = self.rows();
        if rows.is_empty() {
            return;
        }
        for key in keys {
            if let Some(sender) = rows.get(key) {
                sender.send_replace(());
            }
        }
    }

    fn rows(&self) -> MutexGuard<'_, HashMap<RowKey, watch::Sender<()>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl RowChanges {
    /// Returns after the next commit of this process that may have written the row; at once if there was one since the last call.
    pub async fn next(&mut self) {
        // The sender stays as long as this receiver.
        let _ = self.receiver.changed().await;
    }
}

impl Drop for RowChanges {
    fn drop(&mut self) {
        let mut rows = self.all.rows();
        // This receiver still counts.
        if rows
            .get(&self.key)
            .is_some_and(|sender| sender.receiver_count() <= 1)
        {
            rows.remove(&self.key);
        }
    }
}

impl Store {
    /// Returns the commits that write a row. It knows those of this process only: where there are others, look again now and then.
    #[must_use]
    pub fn changes(&self, key: &RowKey) -> RowChanges {
        self.changes.of(key)
    }
}

#[cfg(test)]
mod tests {
    use std::future::Future as _;
    use std::pin::pin;
    use std::task::{Context, Waker};

    use uuid::Uuid;

    use super::*;
    use crate::keys;

    fn is_told(changes: &mut RowChanges) -> bool {
        let mut context = Context::from_waker(Waker::noop());
        pin!(changes.next()).poll(&mut context).is_ready()
    }

    #[test]
    fn only_those_who_wait_for_the_row_are_told_and_once() {
        let all = Changes::default();
        let (row, other) = (
            keys::staged(Uuid::from_u128(1)),
            keys::staged(Uuid::from_u128(2)),
        );
        let (mut first, mut second, mut third) = (all.of(&row), all.of(&row), all.of(&other));
        all.tell(std::slice::from_ref(&row));
        assert!(is_told(&mut first) && is_told(&mut second) && !is_told(&mut third));
        assert!(!is_told(&mut first));
        drop(first);
        all.tell(&[row]);
        assert!(is_told(&mut second));
    }

    #[test]
    fn nothing_is_kept_of_rows_that_nobody_waits_for() {
        let all = Changes::default();
        let row = keys::staged(Uuid::from_u128(1));
        let (first, second) = (all.of(&row), all.of(&row));
        drop(first);
        assert_eq!(all.rows().len(), 1);
        drop(second);
        assert_eq!(all.rows().len(), 0);
    }
}
