//! What a forked child does to itself before it becomes the program: everything here holds for it and all its children.

use std::io;
use std::os::fd::OwnedFd;

use rustix::process::{Resource, Rlimit};

use crate::landlock_rules::Rules;

/// Made ready before the fork, as a child of a process with many threads must not allocate or lock.
pub(crate) struct Confinement {
    /// File rules, where there are no namespaces.
    pub(crate) rules: Option<Rules>,
    /// bubblewrap's options, which it reads from this descriptor.
    pub(crate) options: Option<OwnedFd>,
    /// The largest file, in bytes.
    pub(crate) file_bytes: u64,
    /// Open files of each process.
    pub(crate) open_files: u32,
}

/// Applies `confinement` between fork and exec, where there is no safe interface.
#[allow(unsafe_code)]
pub(crate) fn apply(command: &mut tokio::process::Command, mut confinement: Confinement) {
    let parent = rustix::process::getpid();
    let limits = [
        (Resource::Core, 0),
        (Resource::Fsize, confinement.file_bytes),
        (Resource::Nofile, u64::from(confinement.open_files)),
    ]
    .map(|(resource, wanted)| (resource, within_ours(resource, wanted)));
    // SAFETY: the closure makes system calls on values made before the fork, and neither allocates, locks nor panics.
    unsafe {
        command.pre_exec(move || {
            rustix::process::setsid()?;
            end_with(parent)?;
            for (resource, limit) in limits {
                rustix::process::setrlimit(resource, limit)?;
            }
            if let Some(options) = &confinement.options {
                rustix::io::fcntl_setfd(options, rustix::io::FdFlags::empty())?;
                return Ok(());
            }
            adopt_orphans()?;
            give_up_privileges()?;
            match confinement.rules.take() {
                Some(rules) => restrict(rules),
                None => Ok(()),
            }
        });
    }
}

/// A limit may only be lowered by those who are not root.
fn within_ours(resource: Resource, wanted: u64) -> Rlimit {
    let ours = rustix::process::getrlimit(resource).maximum;
    let limit = Some(ours.map_or(wanted, |ours| ours.min(wanted)));
    Rlimit {
        current: limit,
        maximum: limit,
    }
}

/// The kernel ends this process when the thread that started it ends; checked again, as that may have happened already.
#[cfg(target_os = "linux")]
fn end_with(parent: rustix::process::Pid) -> io::Result<()> {
    use rustix::process::{Signal, getppid, set_parent_process_death_signal};
    set_parent_process_death_signal(Some(Signal::KILL))?;
    if getppid() == Some(parent) {
        Ok(())
    } else {
        Err(io::ErrorKind::BrokenPipe.into())
    }
}

/// Without a namespace, children whose parents end come to this process and not to the machine's first, so that the way
/// from here to each of them stays known.
#[cfg(target_os = "linux")]
fn adopt_orphans() -> io::Result<()> {
    rustix::process::set_child_subreaper(Some(rustix::process::getpid()))?;
    Ok(())
}

/// Root's powers over files, devices and processes of others; a program that changes its user gets none back.
#[cfg(target_os = "linux")]
fn give_up_privileges() -> io::Result<()> {
    use rustix::thread::{CapabilitySet, CapabilitySets, set_capabilities, set_no_new_privs};
    set_no_new_privs(true)?;
    let none = CapabilitySet::empty();
    set_capabilities(
        None,
        CapabilitySets {
            effective: none,
            permitted: none,
            inheritable: none,
        },
    )?;
    Ok(())
}

#[cfg(target_os = "linux")]
fn restrict(rules: Rules) -> io::Result<()> {
    match rules.restrict_self() {
        Ok(_) => Ok(()),
        Err(_) => Err(io::ErrorKind::PermissionDenied.into()),
    }
}

#[cfg(not(target_os = "linux"))]
fn end_with(_: rustix::process::Pid) -> io::Result<()> {
    Ok(())
}

#[cfg(not(target_os = "linux"))]
fn adopt_orphans() -> io::Result<()> {
    Ok(())
}

#[cfg(not(target_os = "linux"))]
fn give_up_privileges() -> io::Result<()> {
    Ok(())
}

#[cfg(not(target_os = "linux"))]
fn restrict(rules: Rules) -> io::Result<()> {
    match rules {}
}
