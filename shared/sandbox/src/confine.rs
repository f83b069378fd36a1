//! What a forked child does to itself before it becomes the program: everything here holds for it and all its children.

use std::ffi::CString;
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::process::CommandExt as _;
use std::process::Stdio;

use rustix::process::{Resource, Rlimit};

use crate::landlock_rules::Rules;
use crate::user::User;
use crate::view::View;

/// Made ready before the fork, as a child of a process with many threads must not allocate or lock.
#[derive(Default)]
pub(crate) struct Confinement {
    /// Rules of Landlock: about files where there are no namespaces, else those that bubblewrap works with.
    pub(crate) rules: Option<Rules>,
    /// bubblewrap's options, which it reads from this descriptor.
    pub(crate) options: Option<OwnedFd>,
    /// The folder to start in; `None` for the platform's.
    pub(crate) folder: Option<CString>,
    /// The user to become; only root can.
    pub(crate) user: Option<User>,
    /// The mounts that this user needs to reach the command's paths.
    pub(crate) view: Option<View>,
    /// True for work that waits while others need the CPU or the disk.
    pub(crate) low_priority: bool,
    /// The largest file, in bytes; `None` for the platform's limit.
    pub(crate) file_bytes: Option<u64>,
    /// Open files of each process; `None` for the platform's limit.
    pub(crate) open_files: Option<u32>,
}

/// Applies `confinement` between fork and exec, where there is no safe interface.
#[allow(unsafe_code)]
pub(crate) fn apply(command: &mut std::process::Command, mut confinement: Confinement) {
    let parent = rustix::process::getpid();
    let limits = [
        (Resource::Core, Some(0)),
        (Resource::Fsize, confinement.file_bytes),
        (Resource::Nofile, confinement.open_files.map(u64::from)),
        // It counts all processes of the user, so it is no limit where that is the platform's own user.
        (
            Resource::Nproc,
            confinement.user.map(|_| processes_of_all()),
        ),
    ]
    .map(|(resource, wanted)| wanted.map(|wanted| (resource, within_ours(resource, wanted))));
    // SAFETY: the closure makes system calls on values made before the fork, and neither allocates, locks nor panics; the child has
    // one thread.
    unsafe {
        command.pre_exec(move || {
            rustix::process::setsid()?;
            close_inherited()?;
            // These two before the change of the user: after it the process may not write to its own settings, and the other user's few
            // keys could be used up.
            be_ended_first();
            leave_session_keyring()?;
            if confinement.low_priority {
                lower_priority()?;
            }
            for (resource, limit) in limits.into_iter().flatten() {
                rustix::process::setrlimit(resource, limit)?;
            }
            if let Some(view) = &confinement.view {
                view.enter()?;
            }
            if let Some(user) = confinement.user {
                become_user(user)?;
            }
            // Not earlier: a change of the user takes it back.
            end_with(parent)?;
            if let Some(options) = &confinement.options {
                rustix::io::fcntl_setfd(options, rustix::io::FdFlags::empty())?;
                return confinement.rules.take().map_or(Ok(()), restrict);
            }
            if let Some(folder) = &confinement.folder {
                rustix::process::chdir(folder.as_c_str())?;
            }
            adopt_orphans()?;
            give_up_privileges()?;
            confinement.rules.take().map_or(Ok(()), restrict)
        });
    }
}

/// Whether a short command succeeds within a confinement.
pub(crate) fn tried(mut command: std::process::Command, confinement: Confinement) -> bool {
    apply(&mut command, confinement);
    cfg!(target_os = "linux")
        && command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success())
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

/// Processes and threads of all commands together where they have a user of their own: half of what the machine can have, so that the
/// platform and others can start more whatever commands do, and no more than any machine needs.
fn processes_of_all() -> u64 {
    const MOST: u64 = 16_384;
    let machine = std::fs::read_to_string("/proc/sys/kernel/pid_max");
    let machine = machine
        .ok()
        .and_then(|text| text.trim().parse::<u64>().ok());
    machine.map_or(MOST, |machine| (machine / 2).min(MOST))
}

/// Has the kernel end commands before the platform and other programs where memory runs out. To raise this value needs no right; it stays as
/// it is where it cannot be written.
#[cfg(target_os = "linux")]
fn be_ended_first() {
    use rustix::fs::{Mode, OFlags, open};
    let flags = OFlags::WRONLY | OFlags::CLOEXEC;
    if let Ok(score) = open(c"/proc/self/oom_score_adj", flags, Mode::empty()) {
        let _ = rustix::io::write(&score, b"500");
    }
}

/// Joins a new and empty session keyring: a process can use all keys of the one that it has, whoever they belong to.
#[cfg(target_os = "linux")]
#[allow(unsafe_code)]
fn leave_session_keyring() -> io::Result<()> {
    // SAFETY: no memory is passed; without a name the kernel makes a new keyring.
    let joined = unsafe {
        libc::syscall(
            libc::SYS_keyctl,
            libc::KEYCTL_JOIN_SESSION_KEYRING,
            std::ptr::null::<libc::c_char>(),
        )
    };
    if joined >= 0 {
        return Ok(());
    }
    let error = io::Error::last_os_error();
    match error.raw_os_error() {
        // A kernel without keys has none to hide, and a container that forbids this forbids to use keys too.
        Some(libc::ENOSYS | libc::EPERM) => Ok(()),
        _ => Err(error),
    }
}

/// The nice value of work that waits; the I/O priority follows from it (`ioprio_set(2)`), here to the lowest but one.
const NICE: i32 = 15;

/// Lowers the priority of this process and of the session that it leads.
fn lower_priority() -> io::Result<()> {
    rustix::process::setpriority_process(None, NICE)?;
    lower_session()
}

/// Sets the niceness of the session: a kernel that groups processes by session (`sched(7)`, autogroups) counts nice values within it only.
#[cfg(target_os = "linux")]
fn lower_session() -> io::Result<()> {
    use rustix::fs::{Mode, OFlags, open};
    let flags = OFlags::WRONLY | OFlags::CLOEXEC;
    // A kernel without such groups has no such file, and needs none.
    if let Ok(group) = open(c"/proc/self/autogroup", flags, Mode::empty()) {
        // The kernel lets an ordinary user do this ten times a second; then the nice value counts only within the command.
        let _ = rustix::io::write(&group, b"15");
    }
    Ok(())
}

/// Has every file closed that the platform itself inherited from its parent: they lead past all confinement.
#[cfg(target_os = "linux")]
#[allow(unsafe_code)]
fn close_inherited() -> io::Result<()> {
    // SAFETY: nothing is closed here, and what is closed at exec is used by nobody then.
    let closed = unsafe {
        libc::syscall(
            libc::SYS_close_range,
            3,
            libc::c_uint::MAX,
            libc::CLOSE_RANGE_CLOEXEC,
        )
    };
    if closed == 0 {
        return Ok(());
    }
    // Before Linux 5.11.
    for file in 3..1024 {
        // SAFETY: a number that is no open file is an error, which is ignored.
        let file = unsafe { std::os::fd::BorrowedFd::borrow_raw(file) };
        let _ = rustix::io::fcntl_setfd(file, rustix::io::FdFlags::CLOEXEC);
    }
    Ok(())
}

/// Becomes another user for good: with none of the user ids 0, the kernel takes all capabilities too.
#[cfg(target_os = "linux")]
fn become_user(user: User) -> io::Result<()> {
    use rustix::thread::{set_thread_groups, set_thread_res_gid, set_thread_res_uid};
    set_thread_groups(&[])?;
    set_thread_res_gid(user.gid(), user.gid(), user.gid())?;
    set_thread_res_uid(user.uid(), user.uid(), user.uid())?;
    Ok(())
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
fn close_inherited() -> io::Result<()> {
    Ok(())
}

#[cfg(not(target_os = "linux"))]
fn be_ended_first() {}

#[cfg(not(target_os = "linux"))]
fn leave_session_keyring() -> io::Result<()> {
    Ok(())
}

#[cfg(not(target_os = "linux"))]
fn lower_session() -> io::Result<()> {
    Ok(())
}

#[cfg(not(target_os = "linux"))]
fn become_user(_: User) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
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
