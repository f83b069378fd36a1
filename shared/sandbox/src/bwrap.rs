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

use crate::confine::{self, Confinement};
use crate::landlock_rules::{self, Rules};
use crate::program::Checked;
use crate::user::User;

/// Where distributions put it; the platform's own PATH is not asked.
const PLACES: &[&str] = &[
    "/usr/bin/bwrap",
    "/usr/local/bin/bwrap",
    "/bin/bwrap",
    "/run/current-system/sw/bin/bwrap",
];

/// Its own users (so that nobody keeps a power over the machine), processes and shared memory; and its end with ours.
const NAMESPACES: &[&str] = &[
    "--unshare-user",
    "--unshare-pid",
    "--unshare-ipc",
    "--die-with-parent",
    "--cap-drop",
    "ALL",
];

/// Forbids the command to make user namespaces, in which it would have every capability over file systems and networks of its own.
const NO_NESTING: &str = "--disable-userns";

/// Abilities of bubblewrap on this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Bubblewrap {
    /// Its executable.
    pub(crate) path: PathBuf,
    /// True if it may also make a network namespace, which some containers forbid.
    pub(crate) network: bool,
    /// True if it can forbid namespaces inside of namespaces (from version 0.8 on).
    pub(crate) no_nesting: bool,
    /// True if it works in a domain of Landlock that keeps abstract Unix sockets inside: they follow the network namespace, and
    /// most commands share that of the machine.
    pub(crate) scoped: bool,
}

/// bubblewrap, if it is installed and this kernel lets it work for the user that commands run as.
pub(crate) fn find(user: Option<User>, landlock: Option<i32>) -> Option<Bubblewrap> {
    /// The first interface of Landlock that has scopes.
    const SCOPES: i32 = 6;
    let path = PLACES
        .iter()
        .map(PathBuf::from)
        .find(|path| works(path, user, &[], None))?;
    Some(Bubblewrap {
        network: works(&path, user, &["--unshare-net"], None),
        no_nesting: works(&path, user, &[NO_NESTING], None),
        scoped: landlock.is_some_and(|version| version >= SCOPES)
            && landlock_rules::scope().is_ok_and(|scope| works(&path, user, &[], Some(scope))),
        path,
    })
}

fn works(bwrap: &Path, user: Option<User>, more: &[&str], scope: Option<Rules>) -> bool {
    let mut options: Vec<OsString> = NAMESPACES.iter().chain(more).map(OsString::from).collect();
    options.extend(
        [
            "--ro-bind",
            "/",
            "/",
            "--proc",
            "/proc",
            "--dev",
            "/dev",
            "--remount-ro",
            "/dev",
            "--remount-ro",
            "/proc",
        ]
        .map(OsString::from),
    );
    let Ok(options) = in_memory(&options) else {
        return false;
    };
    let mut command = command(bwrap, &options);
    command.args(["/bin/sh", "-c", ":"]);
    confine::tried(
        command,
        Confinement {
            rules: scope,
            options: Some(options),
            user,
            ..Confinement::default()
        },
    )
}

/// bubblewrap with the options in this descriptor; the program and its arguments are still to be added.
pub(crate) fn command(bwrap: &Path, options: &OwnedFd) -> std::process::Command {
    let mut command = std::process::Command::new(bwrap);
    command.env_clear().current_dir("/").arg("--args");
    command.arg(std::os::fd::AsRawFd::as_raw_fd(options).to_string());
    command.arg("--");
    command
}

/// The options for one command.
pub(crate) fn options(
    checked: &Checked,
    bwrap: &Bubblewrap,
    isolate_network: bool,
) -> io::Result<OwnedFd> {
    in_memory(&list(checked, bwrap, isolate_network))
}

/// Options with NUL after each, in memory and at their start.
fn in_memory(options: &[OsString]) -> io::Result<OwnedFd> {
    let mut file = File::from(memory_file()?);
    for option in options {
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

fn list(checked: &Checked, bwrap: &Bubblewrap, isolate_network: bool) -> Vec<OsString> {
    let mut options: Vec<OsString> = NAMESPACES.iter().map(OsString::from).collect();
    if bwrap.no_nesting {
        options.push(NO_NESTING.into());
    }
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
    // Two are memory file systems, where a file would count against no limit; in the third are the settings of the kernel, some of which
    // belong to the user of the namespace.
    for path in ["/dev", "/", "/proc"] {
        options.extend(["--remount-ro", path].map(OsString::from));
    }
    options.push("--chdir".into());
    options.push(checked.cwd.clone().into());
    options
}
