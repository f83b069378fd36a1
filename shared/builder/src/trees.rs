//! An installed dependency tree is used again only for an install that would have seen the very same files.
//!
//! Only npm's trees are kept: its installs are slow, while pnpm and Yarn install in seconds and need their own stores to prune.
//! Trees are copied and not hard-linked, as a build that writes into `node_modules` would change the kept tree with it; where the
//! file system shares blocks between copies, the copy is cheap.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::thread;

use crate::files::{self, Entry};

/// Threads of one copy: it waits for the disk more than it computes.
const COPIERS: usize = 4;

/// Copies files and links below `from` to below `to`.
pub(crate) fn copy(entries: &[Entry], from: &Path, to: &Path) -> io::Result<()> {
    let share = entries.len().div_ceil(COPIERS).max(1);
    thread::scope(|scope| {
        let copiers: Vec<_> = entries
            .chunks(share)
            .map(|some| {
                scope.spawn(|| {
                    some.iter()
                        .try_for_each(|entry| files::copy(entry, from, to))
                })
            })
            .collect();
        copiers.into_iter().try_for_each(|copier| {
            copier
                .join()
                .unwrap_or_else(|_| Err(io::Error::other("a copier panicked")))
        })
    })
}

/// Gives what was copied to the user that the next command runs as. No command of the build may run meanwhile.
pub(crate) fn give(entries: &[Entry], to: &Path) -> io::Result<()> {
    let parts: BTreeSet<&Path> = entries
        .iter()
        .flat_map(|entry| entry.path.ancestors())
        .collect();
    parts
        .into_iter()
        // An earlier command may have put a link into the place of a folder.
        .filter(|part| files::plain(to, part).is_some())
        .try_for_each(|part| sandbox::give(&to.join(part)))
}

/// Where the tree of a key is kept.
fn place(trees: &Path, key: &str) -> PathBuf {
    trees.join(key)
}

/// Copies the kept tree of `key` to `to`; `false` if there is none.
pub(crate) fn restore(trees: &Path, key: &str, to: &Path) -> io::Result<bool> {
    let kept = place(trees, key);
    if !kept.is_dir() {
        return Ok(false);
    }
    copy(&everything(&kept)?, &kept, to)?;
    sandbox::give(to)?;
    Ok(true)
}

/// Keeps a copy of everything below `from`. It appears under its key only when it is complete, and the first one stays.
pub(crate) fn keep(trees: &Path, key: &str, from: &Path) -> io::Result<()> {
    let kept = place(trees, key);
    let room = tempfile::Builder::new()
        .prefix(".keeping-")
        .tempdir_in(trees)?;
    let partial = room.path().join("tree");
    fs::create_dir(&partial)?;
    copy(&everything(from)?, from, &partial)?;
    match fs::rename(&partial, &kept) {
        Err(error) if !kept.is_dir() => Err(error),
        _ => Ok(()),
    }
}

fn everything(root: &Path) -> io::Result<Vec<Entry>> {
    files::walk(root, Path::new(""), |_: &OsStr| false)
}
