//! Copies from beneath one folder to beneath another.

use std::io;
use std::path::Path;
use std::thread;

use crate::dir::Dir;
use crate::entries::{Entry, EntryKind, WalkError, WalkLimits, walk};

/// Threads of one copy: it waits for the disk more than it computes.
const COPIERS: usize = 4;

/// Copies entries to the same paths beneath `to`, replacing files and links that stand there. Blocks of files are shared where the file
/// system can.
///
/// # Errors
/// An entry is no longer what it was, a folder of its path beneath `to` is a link or a file, or the disk refuses.
pub fn copy_entries(entries: &[Entry], from: &Dir, to: &Dir) -> io::Result<()> {
    let share = entries.len().div_ceil(COPIERS).max(1);
    thread::scope(|scope| {
        let copiers: Vec<_> = entries
            .chunks(share)
            .map(|some| scope.spawn(|| some.iter().try_for_each(|entry| copy(entry, from, to))))
            .collect();
        copiers.into_iter().try_for_each(|copier| {
            copier
                .join()
                .unwrap_or_else(|_| Err(io::Error::other("a copier panicked")))
        })
    })
}

/// Copies all files and links beneath `from`, without looking at what a link leads to. Folders that hold nothing are left out.
///
/// # Errors
/// The tree is beyond `limits`, or cannot be read or written.
pub fn copy_tree(from: &Dir, to: &Dir, limits: WalkLimits) -> Result<(), WalkError> {
    let entries = walk(from, Path::new(""), limits, |_| false)?;
    Ok(copy_entries(&entries, from, to)?)
}

fn copy(entry: &Entry, from: &Dir, to: &Dir) -> io::Result<()> {
    if let Some(parent) = entry.path.parent() {
        to.create_dir_all(parent)?;
    }
    to.remove_file(&entry.path)?;
    match &entry.kind {
        EntryKind::File { executable, .. } => {
            let mut source = from.open_file(&entry.path)?;
            let mut copy = to.create_file(&entry.path, *executable)?;
            io::copy(&mut source, &mut copy).map(|_| ())
        }
        EntryKind::Link { target } => to.create_link(&entry.path, target),
    }
}
