//! One process at a time works in a data folder: whoever holds the lock on `slipway.lock`. The lock ends with the process, however it ends.

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Read, Write};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use super::EngineError;

/// A data folder that this process holds, until the value is dropped.
#[derive(Debug)]
pub(super) struct Folder {
    path: PathBuf,
    lock: File,
}

impl Folder {
    /// Creates the folder, readable by its owner only, where it is missing, and locks it.
    pub(super) fn claim(dir: &Path) -> Result<Folder, EngineError> {
        let unusable = |path: &Path| {
            let path = path.to_owned();
            move |source: io::Error| EngineError::Unusable { path, source }
        };
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(dir)
            .map_err(unusable(dir))?;
        let note = dir.join("slipway.lock");
        let mut lock = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&note)
            .map_err(unusable(&note))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(EngineError::InUse {
                    folder: dir.to_owned(),
                    pid: holder(&mut lock),
                });
            }
            Err(TryLockError::Error(source)) => return Err(unusable(&note)(source)),
        }
        lock.set_len(0)
            .and_then(|()| writeln!(lock, "{}", std::process::id()))
            .map_err(unusable(&note))?;
        Ok(Folder {
            path: dir.to_owned(),
            lock,
        })
    }

    /// The file of the rows.
    pub(super) fn rows(&self) -> PathBuf {
        self.path.join("rows.db")
    }

    /// Where the rows are made before they are whole.
    pub(super) fn new_rows(&self) -> PathBuf {
        self.path.join("rows.db.new")
    }

    /// Whether the folder was in use before and lacks its rows: blobs are created only after the rows.
    pub(super) fn lost_its_rows(&self) -> bool {
        blobs_of(&self.path).exists()
            && fs::metadata(self.rows()).map_or(true, |file| file.len() == 0)
    }
}

impl Drop for Folder {
    // Closing would not do: a child that was forked at this moment has a copy of the descriptor, and with it the lock, until it has exec'ed.
    fn drop(&mut self) {
        if let Err(error) = self.lock.unlock() {
            tracing::warn!(%error, "the lock of the data folder ends with the process");
        }
    }
}

/// The folder of the blobs in the data folder `dir`.
pub(super) fn blobs_of(dir: &Path) -> PathBuf {
    dir.join("blobs")
}

/// The process that wrote its number into the lock file.
fn holder(lock: &mut File) -> Option<u32> {
    let mut note = String::new();
    lock.take(32).read_to_string(&mut note).ok()?;
    note.trim().parse().ok()
}
