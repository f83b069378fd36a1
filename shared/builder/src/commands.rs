//! Each package manager is asked for the same things: install exactly what the lockfile says, run a script, drop what only development needs.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::manager::{ManagerKind, PackageManager};
use crate::plan::Plan;

/// A package manager's arguments and the folder they are for, relative to the root of the working copy.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Invocation {
    pub(crate) args: Vec<String>,
    pub(crate) folder: PathBuf,
}

fn invocation(args: &[&str], folder: &Path) -> Invocation {
    Invocation {
        args: args.iter().map(|arg| (*arg).to_owned()).collect(),
        folder: folder.to_path_buf(),
    }
}

/// Installs all dependencies, those of development too.
pub(crate) fn install(plan: &Plan, manager: &PackageManager) -> Invocation {
    let application = plan.application.as_str();
    let in_workspace = plan.work.install_folder.as_os_str().is_empty();
    let with_dependencies = format!("{{./{application}}}...");
    let mut args = match (manager.kind, plan.work.has_lockfile) {
        (ManagerKind::Npm, true) => vec!["ci"],
        (ManagerKind::Npm, false) => vec!["install"],
        (ManagerKind::Pnpm, true) => vec!["install", "--frozen-lockfile"],
        (ManagerKind::Pnpm, false) => vec!["install", "--no-frozen-lockfile"],
        (ManagerKind::YarnClassic, true) => {
            vec!["install", "--non-interactive", "--frozen-lockfile"]
        }
        (ManagerKind::YarnClassic, false) => vec!["install", "--non-interactive"],
        (ManagerKind::Yarn, true) => vec!["install", "--immutable"],
        (ManagerKind::Yarn, false) => vec!["install", "--no-immutable"],
    };
    if in_workspace {
        match manager.kind {
            ManagerKind::Npm => {
                args.extend(["--include-workspace-root", "--workspace", application])
            }
            ManagerKind::Pnpm => args.extend(["--filter", &with_dependencies]),
            ManagerKind::Yarn | ManagerKind::YarnClassic => {}
        }
    }
    invocation(&args, &plan.work.install_folder)
}

/// Runs a script of the application's package.json.
pub(crate) fn script(plan: &Plan, name: &str) -> Invocation {
    invocation(&["run", name], Path::new(plan.application.as_str()))
}

/// Removes the dependencies of development, without the network; `None` where the manager cannot do that.
pub(crate) fn prune(plan: &Plan, manager: &PackageManager) -> Option<Invocation> {
    let application = plan.application.as_str();
    let folder = plan.work.install_folder.as_path();
    let in_workspace = folder.as_os_str().is_empty();
    match manager.kind {
        ManagerKind::Npm if in_workspace => Some(invocation(
            &[
                "prune",
                "--omit=dev",
                "--offline",
                "--include-workspace-root",
                "--workspace",
                application,
            ],
            folder,
        )),
        ManagerKind::Npm => Some(invocation(&["prune", "--omit=dev", "--offline"], folder)),
        // `pnpm prune` does not know workspaces.
        ManagerKind::Pnpm if in_workspace => None,
        ManagerKind::Pnpm => Some(invocation(&["prune", "--prod", "--ignore-scripts"], folder)),
        ManagerKind::YarnClassic => Some(invocation(
            &[
                "install",
                "--production",
                "--offline",
                "--frozen-lockfile",
                "--ignore-scripts",
                "--non-interactive",
            ],
            folder,
        )),
        // Yarn 2 and 3 need a plugin for this.
        ManagerKind::Yarn if manager.version.starts_with(['2', '3']) => None,
        ManagerKind::Yarn => Some(invocation(
            &["workspaces", "focus", "--production"],
            Path::new(application),
        )),
    }
}

/// The settings of all package managers: nothing that phones home, nothing kept outside the room, no second version of themselves.
pub(crate) fn settings(
    room: &Path,
    node_home: &Path,
    manager: ManagerKind,
    online: bool,
) -> Vec<(OsString, OsString)> {
    let home = room.join("home");
    let mut settings: Vec<(OsString, OsString)> = [
        ("CI", "true"),
        ("LANG", "C.UTF-8"),
        ("NO_COLOR", "1"),
        ("NO_UPDATE_NOTIFIER", "1"),
        ("npm_config_update_notifier", "false"),
        ("npm_config_fund", "false"),
        ("npm_config_audit", "false"),
        ("npm_config_progress", "false"),
        ("COREPACK_ENABLE_STRICT", "0"),
        ("YARN_IGNORE_PATH", "1"),
        ("YARN_NODE_LINKER", "node-modules"),
        ("YARN_ENABLE_TELEMETRY", "0"),
        ("YARN_ENABLE_PROGRESS_BARS", "0"),
        ("YARN_ENABLE_NETWORK", if online { "1" } else { "0" }),
    ]
    .into_iter()
    .map(|(name, value)| (name.into(), value.into()))
    .collect();
    let folders = [
        ("HOME", home.clone()),
        ("TMPDIR", room.join("tmp")),
        ("npm_config_userconfig", home.join(".npmrc")),
        ("npm_config_globalconfig", home.join("no-global-npmrc")),
        ("npm_config_cache", home.join("npm-cache")),
        // Headers for native modules: node-gyp would fetch them from the network.
        ("npm_config_nodedir", node_home.to_path_buf()),
        ("YARN_CACHE_FOLDER", home.join("yarn-cache")),
        ("YARN_GLOBAL_FOLDER", home.join("yarn")),
    ];
    settings.extend(folders.map(|(name, path)| (name.into(), path.into())));
    // Each warns of the other's settings, which would bury what matters.
    let own: &[(&str, OsString)] = match manager {
        ManagerKind::Npm => &[("npm_config_loglevel", "error".into())],
        ManagerKind::Pnpm => &[
            ("npm_config_manage_package_manager_versions", "false".into()),
            ("npm_config_store_dir", home.join("pnpm-store").into()),
        ],
        ManagerKind::Yarn | ManagerKind::YarnClassic => &[],
    };
    settings.extend(own.iter().map(|(name, value)| (name.into(), value.clone())));
    settings
}
