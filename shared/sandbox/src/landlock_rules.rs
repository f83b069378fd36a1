//! Landlock: where there are no namespaces, the kernel refuses what is outside the listed paths.
//!
//! `/proc` stays readable, because Node needs it: a Landlock domain cannot look into a process outside itself (the
//! environment, memory, open files and root of others need the right to trace them), so that only names and command
//! lines of other processes show.

#[cfg(target_os = "linux")]
pub(crate) use linux::{Rules, rules, scope, version};

#[cfg(not(target_os = "linux"))]
pub(crate) use elsewhere::{Rules, rules, scope, version};

#[cfg(target_os = "linux")]
mod linux {
    use std::io;

    use landlock::{
        ABI, Access, AccessFs, LandlockStatus, PathBeneath, Ruleset, RulesetAttr,
        RulesetCreatedAttr, RulesetError, Scope, path_beneath_rules,
    };

    use crate::paths::Paths;
    use crate::view::View;

    /// The newest interface whose rights this file was written for; an older kernel enforces what it knows.
    const RIGHTS: ABI = ABI::V10;

    /// Rules whose files are open already, so that a forked child only has to apply them.
    pub(crate) type Rules = landlock::RulesetCreated;

    /// The kernel's interface version. Tried on a thread of its own, as a restriction cannot be taken back.
    pub(crate) fn version() -> Option<i32> {
        let tried = std::thread::spawn(|| {
            Ruleset::default()
                .handle_access(AccessFs::Execute)?
                .create()?
                .restrict_self()
        });
        match tried.join().ok()?.ok()?.landlock {
            LandlockStatus::Available {
                effective_abi,
                kernel_abi,
            } => Some(kernel_abi.unwrap_or(effective_abi as i32)),
            LandlockStatus::NotEnabled | LandlockStatus::NotImplemented => None,
        }
    }

    /// The rules for these paths, and for the files that a view puts into the place of the machine's own.
    pub(crate) fn rules(paths: &Paths, view: Option<&View>) -> io::Result<Rules> {
        create(paths, view).map_err(io::Error::other)
    }

    /// Rules that only keep signals and abstract Unix sockets inside, for a command whose files are kept by namespaces: rules about files
    /// would forbid bubblewrap to mount.
    pub(crate) fn scope() -> io::Result<Rules> {
        let create = || Ruleset::default().scope(Scope::from_all(RIGHTS))?.create();
        create().map_err(io::Error::other)
    }

    fn create(paths: &Paths, view: Option<&View>) -> Result<Rules, RulesetError> {
        let look = AccessFs::from_read(RIGHTS);
        let change = AccessFs::from_all(RIGHTS)
            & !(AccessFs::MakeChar | AccessFs::MakeBlock | AccessFs::IoctlDev);
        let shown = view.iter().flat_map(|view| &view.account_files);
        let shown = shown.map(|file| Ok(PathBeneath::new(file, AccessFs::ReadFile)));
        Ruleset::default()
            .handle_access(AccessFs::from_all(RIGHTS))?
            .scope(Scope::from_all(RIGHTS))?
            .create()?
            .add_rules(path_beneath_rules(&paths.read, look))?
            .add_rules(path_beneath_rules(&paths.write, change))?
            .add_rules(path_beneath_rules(
                ["/proc", "/dev/random", "/dev/urandom"],
                AccessFs::ReadFile | AccessFs::ReadDir,
            ))?
            .add_rules(path_beneath_rules(
                ["/dev/null", "/dev/zero", "/dev/full", "/dev/tty"],
                AccessFs::ReadFile | AccessFs::WriteFile | AccessFs::Truncate,
            ))?
            .add_rules(shown)
    }
}

#[cfg(not(target_os = "linux"))]
mod elsewhere {
    use std::convert::Infallible;
    use std::io;

    use crate::paths::Paths;
    use crate::view::View;

    /// There are no rules elsewhere.
    pub(crate) type Rules = Infallible;

    pub(crate) fn version() -> Option<i32> {
        None
    }

    pub(crate) fn scope() -> io::Result<Rules> {
        Err(io::ErrorKind::Unsupported.into())
    }

    pub(crate) fn rules(_: &Paths, _: Option<&View>) -> io::Result<Rules> {
        Err(io::ErrorKind::Unsupported.into())
    }
}
