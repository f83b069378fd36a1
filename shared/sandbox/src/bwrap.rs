//! bubblewrap's arguments: a command in its namespaces sees the listed paths, its own processes, and nothing else.
//!
//! Options travel in a file descriptor and not on bubblewrap's command line, as they carry the environment with its
//! secrets; and bubblewrap itself runs without that environment, as a tenant's `LD_PRELOAD` would take effect outside.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, Seek, Write};
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use crate::program::Checked;

/// Where distributions put it; the platform's own PATH is not asked.
const PLACES: &[&str] = &[
    "/usr/bin/bwrap",
    "/usr/local/bin/bwrap",
    "/bin/bwrap",
    "/run/current-system/sw/bin/bwrap",
];

/// Its own users (so that root keeps no power over the machine), processes and shared memory; and its end with ours.
const NAMESPACES: &[&str] = &[
    "--unshare-user",
    "--unshare-pid",
    "--unshare-ipc",
    "--die-with-parent",
    "--cap-drop",
    "ALL",
];

/// bubblewrap, if it is installed and this kernel lets it work.
pub(crate) fn find() -> Option<PathBuf> {
    PLACES
        .iter()
        .map(PathBuf::from)
        .find(|path| works(path, &[]))
}

/// Whether bubblewrap may also make a network namespace, which some containers forbid.
pub(crate) fn isolates_network(bwrap: &Path) -> bool {
    works(bwrap, &["--unshare-net"])
}

fn works(bwrap: &Path, more: &[&str]) -> bool {
    cfg!(target_os = "linux")
        && std::process::Command::new(bwrap)
            .env_clear()
            .args(NAMESPACES)
            .args(more)
            .args(["--ro-bind", "/", "/", "--proc", "/proc", "--dev", "/dev"])
            .args(["--remount-ro", "/dev", "--", "/bin/sh", "-c", ":"])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success())
}

/// The options for one command, NUL after each, in memory and at their start.
pub(crate) fn options(checked: &Checked, isolate_network: bool) -> io::Result<OwnedFd> {
    let mut file = File::from(memory_file()?);
    for option in list(checked, isolate_network) {
        file.write_all(option.as_bytes())?;
        file.write_all(&[0])?;
    }
    file.rewind()?;
    Ok(file.into())
}

#[cfg(target_os = "linux")]
fn memory_file() -> io::Result<OwnedFd> {
    use rustix::fs::{MemfdFlags, memfd_create};
    Ok(memfd_create("sandbox-options", MemfdFlags::CLOEXEC)?)
}

#[cfg(not(target_os = "linux"))]
fn memory_file() -> io::Result<OwnedFd> {
    Err(io::ErrorKind::Unsupported.into())
}

fn list(checked: &Checked, isolate_network: bool) -> Vec<OsString> {
    let mut options: Vec<OsString> = NAMESPACES.iter().map(OsString::from).collect();
    if isolate_network {
        options.push("--unshare-net".into());
    }
    let mut add = |parts: [&OsStr; 3]| options.extend(parts.map(OsStr::to_owned));
    // An outer path first: what is mounted later lies on top.
    let paths = &checked.paths;
    let mut mounts: Vec<(&PathBuf, &str)> = Vec::new();
    mounts.extend(paths.read.iter().map(|path| (path, "--ro-bind")));
    mounts.extend(paths.write.iter().map(|path| (path, "--bind")));
    mounts.sort();
    for (path, how) in mounts {
        add([how.as_ref(), path.as_ref(), path.as_ref()]);
    }
    for (name, real) in &paths.aliases {
        if name.is_symlink() {
            add(["--symlink".as_ref(), real.as_ref(), name.as_ref()]);
        } else {
            let writable = paths.write.iter().any(|write| real.starts_with(write));
            let how = if writable { "--bind" } else { "--ro-bind" };
            add([how.as_ref(), real.as_ref(), name.as_ref()]);
        }
    }
    for (name, value) in &checked.env {
        add(["--setenv".as_ref(), name, value]);
    }
    options.extend(["--proc", "/proc", "--dev", "/dev"].map(OsString::from));
    // Both are memory file systems: what is written there would count against no limit.
    options.extend(["--remount-ro", "/dev", "--remount-ro", "/", "--chdir"].map(OsString::from));
    options.push(checked.cwd.clone().into());
    options
}
