//! An installed dependency tree is used again only for an install that would have seen the very same files.
//!
//! Only npm's trees are kept: its installs are slow, while pnpm and Yarn install in seconds and need their own stores to prune.
//! Trees are copied and not hard-linked, as a build that writes into `node_modules` would change the kept tree with it; where the
//! file system shares blocks between copies, the copy is cheap.

use std::ffi::OsStr;
use std::io;
use std::path::Path;

use files::{Dir, Kind, TemporaryFolder, WalkError};

use crate::limits::TREE;
use crate::pack;

/// Copies the kept tree of `key` to `to`. False if there is none.
pub(crate) fn restore(trees: &Path, key: &str, to: &Dir) -> io::Result<bool> {
    let trees = Dir::open(trees)?;
    if trees.kind(Path::new(key)) != Some(Kind::Folder) {
        return Ok(false);
    }
    let kept = trees.open_dir(Path::new(key))?;
    match files::copy_tree(&kept, to, TREE) {
        Ok(()) => Ok(true),
        Err(WalkError::Io(error)) => Err(error),
        Err(beyond) => Err(io::Error::other(beyond)),
    }
}

/// Keeps a copy of everything beneath `from`, unless it is beyond the limits of a tree. It appears under its key only when it is
/// complete, and the first one stays.
pub(crate) fn keep(trees: &Path, key: &str, from: &Dir) -> io::Result<()> {
    let temporary = TemporaryFolder::create_in(trees, ".keeping-")?;
    let partial = temporary.dir().create_dir_all(Path::new("tree"))?;
    match files::copy_tree(from, &partial, TREE) {
        Ok(()) => {}
        // What an install left unreadable is its doing, and no reason to fail here: such a tree is not kept.
        Err(WalkError::Io(error)) if !pack::is_of_the_build(&error) => return Err(error),
        Err(_) => return Ok(()),
    }
    let trees = Dir::open(trees)?;
    match temporary
        .dir()
        .rename(OsStr::new("tree"), &trees, OsStr::new(key))
    {
        Err(error) if trees.kind(Path::new(key)) != Some(Kind::Folder) => Err(error),
        _ => Ok(()),
    }
}
