//! Opens a relative path beneath a descriptor without following a link.

use std::ffi::OsStr;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::{Component, Path};

use rustix::fs::{Mode, OFlags};
use rustix::io::Errno;

/// Attempts for a path that other processes rename meanwhile: `openat2` then fails with `EAGAIN` (openat2(2)).
#[cfg(target_os = "linux")]
const ATTEMPTS: usize = 32;

/// Opens `path` beneath `root`. An empty path is the root itself.
pub(crate) fn open(
    root: BorrowedFd<'_>,
    path: &Path,
    flags: OFlags,
    mode: Mode,
) -> Result<OwnedFd, Errno> {
    let flags = flags | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    check(path)?;
    match by_kernel(root, path, flags, mode) {
        Err(Errno::NOSYS) => by_component(root, path, flags, mode),
        result => result,
    }
}

/// Only names: the root, `..` and NUL are no part of a path here.
fn check(path: &Path) -> Result<(), Errno> {
    let is_name = |part: Component<'_>| matches!(part, Component::Normal(_) | Component::CurDir);
    if path.components().all(is_name) {
        Ok(())
    } else {
        Err(Errno::INVAL)
    }
}

#[cfg(target_os = "linux")]
fn by_kernel(
    root: BorrowedFd<'_>,
    path: &Path,
    flags: OFlags,
    mode: Mode,
) -> Result<OwnedFd, Errno> {
    use rustix::fs::{ResolveFlags, openat2};
    let resolve = ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS | ResolveFlags::NO_MAGICLINKS;
    let path = if path.as_os_str().is_empty() {
        Path::new(".")
    } else {
        path
    };
    let mut attempts = ATTEMPTS;
    loop {
        match openat2(root, path, flags, mode, resolve) {
            Err(Errno::AGAIN) if attempts > 1 => attempts -= 1,
            result => return result,
        }
    }
}

#[cfg(not(target_os = "linux"))]
fn by_kernel(_: BorrowedFd<'_>, _: &Path, _: OFlags, _: Mode) -> Result<OwnedFd, Errno> {
    Err(Errno::NOSYS)
}

/// Opens one component after the other; a link in any place fails.
pub(crate) fn by_component(
    root: BorrowedFd<'_>,
    path: &Path,
    flags: OFlags,
    mode: Mode,
) -> Result<OwnedFd, Errno> {
    use rustix::fs::openat;
    let folder = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let names: Vec<&OsStr> = path
        .components()
        .filter_map(|part| match part {
            Component::Normal(name) => Some(name),
            _ => None,
        })
        .collect();
    let Some((last, parents)) = names.split_last() else {
        return openat(root, ".", flags, mode);
    };
    let mut opened: Option<OwnedFd> = None;
    for parent in parents {
        let at = opened.as_ref().map_or(root, AsFd::as_fd);
        opened = Some(openat(at, *parent, folder, Mode::empty())?);
    }
    openat(
        opened.as_ref().map_or(root, AsFd::as_fd),
        *last,
        flags,
        mode,
    )
}

/// The error with the path that it is about. A link reads as such, and not as the kernel's "too many levels".
pub(crate) fn about(path: &Path, error: Errno) -> io::Error {
    let kind = io::Error::from(error).kind();
    let path = path.display();
    match error {
        Errno::LOOP => io::Error::new(
            io::ErrorKind::InvalidData,
            format!("`{path}` is a symbolic link or lies behind one"),
        ),
        Errno::XDEV | Errno::INVAL => io::Error::new(
            io::ErrorKind::InvalidData,
            format!("`{path}` leads out of its folder"),
        ),
        Errno::NOTDIR => io::Error::new(kind, format!("`{path}` is no folder")),
        error => io::Error::new(kind, format!("`{path}`: {}", io::Error::from(error))),
    }
}
