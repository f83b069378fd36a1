//! Removes a tree of any depth with two open folders, whatever the permissions and names in it.
//!
//! A folder within the tree is moved up to the tree's top before it is emptied, so that neither the stack nor the number of open
//! files grows with the depth, and no path gets too long for the kernel.

use std::ffi::{OsStr, OsString};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::fs::{AtFlags, FileType, Mode, OFlags};
use rustix::io::Errno;

use crate::dir::names_in;

/// Every right of the owner, without which a folder cannot be emptied.
const OWNER: Mode = Mode::RWXU;

/// Names that are read at once.
const BATCH: usize = 4096;
/// Rounds over a folder: enough for a hundred million files and for every depth, but somebody who goes on writing must not keep the remover
/// for ever.
const ROUNDS: usize = 100_000;

/// Removes `name` from `parent`; not being there is fine.
pub(crate) fn remove(parent: BorrowedFd<'_>, name: &OsStr) -> Result<(), Errno> {
    if !is_folder(parent, name)? {
        return gone(rustix::fs::unlinkat(parent, name, AtFlags::empty()));
    }
    let top = match open(parent, name) {
        Err(Errno::NOENT) => return Ok(()),
        top => top?,
    };
    let mut moved = 0_u64;
    // Each round empties the folders at the top, whose own folders come to the top.
    for _ in 0..ROUNDS {
        let names = names(top.as_fd())?;
        if names.is_empty() {
            break;
        }
        for name in names {
            empty(top.as_fd(), &name, &mut moved)?;
        }
    }
    gone(rustix::fs::unlinkat(parent, name, AtFlags::REMOVEDIR))
}

/// Removes a file of `top`, or a folder after its own folders have moved to `top`.
fn empty(top: BorrowedFd<'_>, name: &OsStr, moved: &mut u64) -> Result<(), Errno> {
    if !is_folder(top, name)? {
        return gone(rustix::fs::unlinkat(top, name, AtFlags::empty()));
    }
    let folder = open(top, name)?;
    for _ in 0..ROUNDS {
        let names = names(folder.as_fd())?;
        if names.is_empty() {
            break;
        }
        for inner in names {
            clear(top, folder.as_fd(), &inner, moved)?;
        }
    }
    gone(rustix::fs::unlinkat(top, name, AtFlags::REMOVEDIR))
}

/// Removes a file of `folder`, or moves a folder of it to `top`.
fn clear(
    top: BorrowedFd<'_>,
    folder: BorrowedFd<'_>,
    inner: &OsStr,
    moved: &mut u64,
) -> Result<(), Errno> {
    if !is_folder(folder, inner)? {
        return gone(rustix::fs::unlinkat(folder, inner, AtFlags::empty()));
    }
    // Moving a folder elsewhere changes its `..`, which asks for the right to write to it.
    drop(open(folder, inner)?);
    loop {
        *moved += 1;
        let place = OsString::from(format!(".removed-{moved}"));
        match rustix::fs::renameat(folder, inner, top, &place) {
            // A stranger chose the same name.
            Err(Errno::NOTEMPTY | Errno::EXIST | Errno::NOTDIR) => {}
            result => return gone(result),
        }
    }
}

/// Opens a folder, with all rights of its owner.
fn open(parent: BorrowedFd<'_>, name: &OsStr) -> Result<OwnedFd, Errno> {
    let flags = OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let opened = rustix::fs::openat(parent, name, flags | OFlags::RDONLY, Mode::empty());
    let folder = match opened {
        Err(Errno::ACCESS) => {
            allow(parent, name)?;
            return rustix::fs::openat(parent, name, flags | OFlags::RDONLY, Mode::empty());
        }
        folder => folder?,
    };
    let mode = Mode::from_raw_mode(rustix::fs::fstat(&folder)?.st_mode);
    if !mode.contains(OWNER) {
        rustix::fs::fchmod(&folder, OWNER)?;
    }
    Ok(folder)
}

/// Gives the owner all rights to a folder that cannot be opened without them: by a descriptor that needs no right, as a path could
/// lead elsewhere by then.
#[cfg(target_os = "linux")]
fn allow(parent: BorrowedFd<'_>, name: &OsStr) -> Result<(), Errno> {
    use std::os::fd::AsRawFd;
    let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let folder = rustix::fs::openat(parent, name, flags, Mode::empty())?;
    let place = format!("/proc/self/fd/{}", folder.as_raw_fd());
    rustix::fs::chmod(place, OWNER)
}

#[cfg(not(target_os = "linux"))]
fn allow(parent: BorrowedFd<'_>, name: &OsStr) -> Result<(), Errno> {
    rustix::fs::chmodat(parent, name, OWNER, AtFlags::SYMLINK_NOFOLLOW)
}

/// The first names of a folder: it may hold millions, and those that are removed make place for the next ones.
fn names(folder: BorrowedFd<'_>) -> Result<Vec<OsString>, Errno> {
    names_in(folder)?.take(BATCH).collect()
}

fn is_folder(parent: BorrowedFd<'_>, name: &OsStr) -> Result<bool, Errno> {
    match rustix::fs::statat(parent, name, AtFlags::SYMLINK_NOFOLLOW) {
        Ok(stat) => Ok(FileType::from_raw_mode(stat.st_mode) == FileType::Directory),
        Err(Errno::NOENT) => Ok(false),
        Err(error) => Err(error),
    }
}

/// Somebody else may have removed it first.
fn gone(result: Result<(), Errno>) -> Result<(), Errno> {
    match result {
        Err(Errno::NOENT) => Ok(()),
        result => result,
    }
}
