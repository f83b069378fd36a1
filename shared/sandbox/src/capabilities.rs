//! What this machine can enforce, found out by trying it, once.

use std::sync::OnceLock;

use crate::bwrap::Bubblewrap;
use crate::confine::{self, Confinement};
use crate::paths::Paths;
use crate::user::User;
use crate::view::View;

/// What this machine can enforce; what it cannot is left open, and the operator is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Capabilities {
    /// The version of Landlock's interface, if the kernel has it. Used where `process_isolation` is missing.
    pub landlock: Option<i32>,
    /// Commands see only their own files, processes and `/proc` (bubblewrap works).
    pub process_isolation: bool,
    /// `Network::None` is enforced.
    pub network_isolation: bool,
    /// The limits on memory and on processes are enforced.
    pub usage_limits: bool,
}

impl Capabilities {
    /// Whether commands are kept to their readable and writable paths.
    pub fn file_rules(&self) -> bool {
        self.process_isolation || self.landlock.is_some()
    }
}

/// What this machine can enforce. The first call starts a few short processes (some 50 ms), later ones cost nothing.
pub fn capabilities() -> Capabilities {
    let means = Means::of_this_machine();
    Capabilities {
        landlock: means.landlock,
        process_isolation: means.namespaces.is_some(),
        network_isolation: means.namespaces.as_ref().is_some_and(|bwrap| bwrap.network),
        usage_limits: cfg!(target_os = "linux"),
    }
}

/// The means by which commands are confined; tests take some away.
#[derive(Debug, Clone)]
pub(crate) struct Means {
    /// bubblewrap, if it works.
    pub(crate) namespaces: Option<Bubblewrap>,
    /// Landlock's interface version.
    pub(crate) landlock: Option<i32>,
    /// The user that commands run as; `None` where that is the platform's own, as only root can change it.
    pub(crate) user: Option<User>,
    /// True if this user can be shown paths in folders that are closed to it.
    pub(crate) views: bool,
}

impl Means {
    pub(crate) fn of_this_machine() -> &'static Means {
        static FOUND: OnceLock<Means> = OnceLock::new();
        FOUND.get_or_init(|| {
            let user = Some(User::DEFAULT).filter(|user| can_become(*user));
            let landlock = crate::landlock_rules::version();
            Means {
                namespaces: crate::bwrap::find(user, landlock),
                landlock,
                views: user.is_some_and(can_show),
                user,
            }
        })
    }
}

/// True if the platform is root and a command can run as this user: a container may lack the right or the user.
fn can_become(user: User) -> bool {
    rustix::process::geteuid().is_root()
        && confine::tried(
            nothing(),
            Confinement {
                user: Some(user),
                ..Confinement::default()
            },
        )
}

fn can_show(user: User) -> bool {
    View::of(&Paths::default(), user).is_ok_and(|view| {
        confine::tried(
            nothing(),
            Confinement {
                user: Some(user),
                view: Some(view),
                ..Confinement::default()
            },
        )
    })
}

/// A command that does nothing.
fn nothing() -> std::process::Command {
    let mut command = std::process::Command::new("/bin/sh");
    command.args(["-c", ":"]).env_clear().current_dir("/");
    command
}
