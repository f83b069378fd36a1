//! What this machine can enforce, found out by trying it, once.

use std::path::PathBuf;
use std::sync::OnceLock;

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
        network_isolation: means.namespaces.is_some() && means.network,
        usage_limits: cfg!(target_os = "linux"),
    }
}

/// The means by which commands are confined; tests take some away.
#[derive(Debug, Clone)]
pub(crate) struct Means {
    /// Where bubblewrap is, if it works.
    pub(crate) namespaces: Option<PathBuf>,
    /// Whether it can make a network namespace too.
    pub(crate) network: bool,
    /// Landlock's interface version.
    pub(crate) landlock: Option<i32>,
}

impl Means {
    pub(crate) fn of_this_machine() -> &'static Means {
        static FOUND: OnceLock<Means> = OnceLock::new();
        FOUND.get_or_init(|| {
            let namespaces = crate::bwrap::find();
            Means {
                network: namespaces
                    .as_deref()
                    .is_some_and(crate::bwrap::isolates_network),
                namespaces,
                landlock: crate::landlock_rules::version(),
            }
        })
    }
}
