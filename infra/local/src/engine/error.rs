//! Why the engine cannot serve, in words for the person who runs it: what is wrong, in which file, what to do.

use std::io;
use std::path::PathBuf;

/// Why a data folder cannot be opened or tended.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// Another process holds the folder.
    #[error("the data folder {} is in use by another slipway{}. Stop it, or choose another folder with --data", folder.display(), by(*pid))]
    InUse {
        /// The data folder.
        folder: PathBuf,
        /// The process that holds it, where its note was readable.
        pid: Option<u32>,
    },
    /// A file or folder refuses what the engine needs.
    #[error("cannot use {}: {source}. Check that it is a folder, that this user may write there, and that the disk has space", path.display())]
    Unusable {
        /// What was refused.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The file of the rows is not a database, or not a whole one.
    #[error(
        "the rows of this data folder cannot be read: {} {reason}. It was left as it is. \
         Restore it from a backup (stop slipway first; keep rows.db and rows.db-wal together), or move the data folder away to start empty",
        file.display()
    )]
    Damaged {
        /// The file.
        file: PathBuf,
        /// What is wrong with it, after its name.
        reason: &'static str,
    },
    /// The folder was in use before, and the file of its rows is missing or empty.
    #[error(
        "the rows of this data folder are gone: {} is missing or empty, yet there are blobs beside it. Nothing was created in its place. \
         Restore it from a backup, or move the data folder away to start empty",
        file.display()
    )]
    Gone {
        /// The file.
        file: PathBuf,
    },
    /// The file of the rows is whole but refuses to be opened, read or written.
    #[error("the rows in {} cannot be used: {reason}. Check that this user may write to the file, that the disk has space, and that no other program has it open", file.display())]
    Refused {
        /// The file.
        file: PathBuf,
        /// What the database engine said.
        reason: String,
    },
    /// The table in the file is not the one this version works with.
    #[error("the rows in {} were written by another version of slipway: {difference}. Use the version that wrote them, or move the data folder away to start empty", file.display())]
    OtherLayout {
        /// The file.
        file: PathBuf,
        /// What differs.
        difference: String,
    },
    /// The engine itself failed; not the user's doing.
    #[error("the embedded engine failed to {what}")]
    Fault {
        /// What it was doing.
        what: String,
        /// Why.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl EngineError {
    /// A failure of the engine's own while it was to do `what`.
    pub(super) fn fault(
        what: impl Into<String>,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> EngineError {
        EngineError::Fault {
            what: what.into(),
            source: source.into(),
        }
    }
}

fn by(pid: Option<u32>) -> String {
    pid.map(|pid| format!(" (pid {pid})")).unwrap_or_default()
}
