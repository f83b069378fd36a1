//! What was written is on disk before anybody is told so, and writes that come at the same time wait for one sync together.
//!
//! SQLite alone would sync at each commit, one after the other and with every reader waiting: a disk that takes 5 ms would allow 200
//! writes a second. So SQLite only writes its journal (WAL), and this file syncs it before the answer. A commit in the journal holds once
//! the journal is on disk (sqlite.org/wal.html); SQLite itself goes on to sync where it moves the journal into the database.
//!
//! Another reader may see a write in the moment before it is on disk, as in every database that commits in groups.

use std::fs::File;
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use tokio::sync::Mutex;

use crate::runtimes;

type Sync = dyn Fn() -> io::Result<()> + Send + std::marker::Sync;

/// The journal of the rows.
pub(super) struct Journal {
    sync: Arc<Sync>,
    last: Mutex<Last>,
}

/// The last sync.
enum Last {
    None,
    Begun(Instant),
    /// What the disk said. A later sync may succeed without the pages that this one lost, so nothing is acknowledged any more.
    Failed(String),
}

impl Journal {
    /// The journal of the database `rows`, which is open: SQLite keeps the file as long as it is.
    pub(super) fn of(rows: &std::path::Path) -> Self {
        let mut path = rows.to_owned().into_os_string();
        path.push("-wal");
        let (path, file) = (PathBuf::from(path), OnceLock::new());
        Self::with(move || {
            if file.get().is_none() {
                // Of two that open it, one is dropped: SQLite has no lock on this file that would go with it.
                drop(file.set(File::open(&path)?));
            }
            file.get().map_or(Ok(()), File::sync_data)
        })
    }

    fn with(sync: impl Fn() -> io::Result<()> + Send + std::marker::Sync + 'static) -> Self {
        Self {
            sync: Arc::new(sync),
            last: Mutex::new(Last::None),
        }
    }

    /// Returns once everything that was written before the call is on disk.
    pub(super) async fn synced(&self) -> io::Result<()> {
        let written = Instant::now();
        let mut last = self.last.lock().await;
        match &*last {
            Last::Begun(begun) if *begun >= written => return Ok(()),
            Last::Failed(cause) => return Err(io::Error::other(cause.clone())),
            Last::Begun(_) | Last::None => {}
        }
        let (begun, sync) = (Instant::now(), Arc::clone(&self.sync));
        // Requests wait for it too, and threads of the workers may all be taken.
        let synced = runtimes::requests().spawn_blocking(move || sync()).await;
        match synced.map_err(io::Error::other).flatten() {
            Ok(()) => {
                *last = Last::Begun(begun);
                Ok(())
            }
            Err(error) => {
                *last = Last::Failed(error.to_string());
                Err(error)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    /// A disk that counts its syncs, and whose `bad` one fails.
    fn disk(bad: u32) -> (Arc<Journal>, Arc<AtomicU32>) {
        let syncs = Arc::new(AtomicU32::new(0));
        let counted = Arc::clone(&syncs);
        let journal = Journal::with(move || {
            if counted.fetch_add(1, Ordering::SeqCst) + 1 == bad {
                return Err(io::Error::other("the disk is gone"));
            }
            Ok(())
        });
        (Arc::new(journal), syncs)
    }

    #[tokio::test]
    async fn writes_that_come_during_a_sync_share_the_next_one() {
        let (journal, syncs) = disk(0);
        // Held as by a sync that has begun.
        let begun = journal.last.lock().await;
        let mut writers = Vec::new();
        for _ in 0..10 {
            let journal = Arc::clone(&journal);
            writers.push(tokio::spawn(async move { journal.synced().await }));
            tokio::task::yield_now().await;
        }
        drop(begun);
        for writer in writers {
            writer.await.unwrap().unwrap();
        }
        assert_eq!(syncs.load(Ordering::SeqCst), 1);
    }

    #[tokio::test]
    async fn a_sync_before_the_write_does_not_count() {
        let (journal, syncs) = disk(0);
        for _ in 0..3 {
            journal.synced().await.unwrap();
        }
        assert_eq!(syncs.load(Ordering::SeqCst), 3);
    }

    #[tokio::test]
    async fn after_a_failed_sync_nothing_is_acknowledged_any_more() {
        let (journal, syncs) = disk(2);
        journal.synced().await.unwrap();
        for _ in 0..2 {
            let error = journal.synced().await.unwrap_err();
            assert_eq!(error.to_string(), "the disk is gone");
        }
        assert_eq!(syncs.load(Ordering::SeqCst), 2);
    }
}
