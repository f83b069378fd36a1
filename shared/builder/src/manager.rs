//! One package manager in one exact version installs an application: `packageManager` decides, then the lockfile.

use std::fmt;
use std::path::{Path, PathBuf};

use nodejs_semver::Version;
use serde::{Deserialize, Serialize};

use crate::finding::PlanFinding;
use crate::package_json::PackageJson;
use crate::source_files;

/// The package managers that a build can use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ManagerKind {
    /// npm.
    Npm,
    /// Yarn 1.
    YarnClassic,
    /// Yarn 2 and later, always with a `node_modules` folder.
    Yarn,
    /// pnpm.
    Pnpm,
}

/// A package manager in an exact version.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct PackageManager {
    /// Which one.
    pub kind: ManagerKind,
    /// Its exact version.
    pub version: String,
}

/// Which manager, and where its lockfile stands relative to the root of the repository.
#[derive(Debug)]
pub(crate) struct Detected {
    pub(crate) kind: ManagerKind,
    /// `None`: the version that comes with the chosen Node.js (npm only).
    pub(crate) version: Option<String>,
    pub(crate) lockfile: Option<PathBuf>,
}

/// The lockfiles in the order in which they win where a folder has several.
const LOCKFILES: [(&str, ManagerKind); 4] = [
    ("npm-shrinkwrap.json", ManagerKind::Npm),
    ("package-lock.json", ManagerKind::Npm),
    ("yarn.lock", ManagerKind::YarnClassic),
    ("pnpm-lock.yaml", ManagerKind::Pnpm),
];

/// A lockfile that was found.
struct Lock {
    path: PathBuf,
    kind: ManagerKind,
    /// The release that reads and writes this format.
    version: Option<&'static str>,
}

/// Detects the manager of the application in `folder`; `root` is the package.json at the root of the repository.
pub(crate) fn detect(
    tree: &Path,
    folder: &Path,
    package: &PackageJson,
    root: Option<&PackageJson>,
) -> Result<Detected, PlanFinding> {
    let field = match named(package)? {
        Some(named) => Some(named),
        None => root.map(named).transpose()?.flatten(),
    };
    let lock = match lock_in(tree, folder, field.as_ref().map(|f| f.0))? {
        Some(lock) => Some(lock),
        None => lock_in(tree, Path::new(""), field.as_ref().map(|f| f.0))?,
    };
    Ok(match (field, lock) {
        (Some((kind, version)), lock) => Detected {
            kind,
            version: Some(version),
            lockfile: lock.map(|lock| lock.path),
        },
        (None, Some(lock)) => Detected {
            kind: lock.kind,
            version: lock.version.map(str::to_owned),
            lockfile: Some(lock.path),
        },
        (None, None) => Detected {
            kind: ManagerKind::Npm,
            version: None,
            lockfile: None,
        },
    })
}

/// The manager that the field `packageManager` names.
fn named(package: &PackageJson) -> Result<Option<(ManagerKind, String)>, PlanFinding> {
    let Some(field) = package.package_manager.as_deref() else {
        return Ok(None);
    };
    let refuse = |what: String| {
        PlanFinding::new(
            &package.file,
            what,
            "Write npm@, yarn@ or pnpm@ and an exact version, as in \"npm@10.9.9\", or leave the field out.",
        )
        .at(package.line_of(&["packageManager"]))
    };
    let (name, version) = field.split_once('@').unwrap_or((field, ""));
    let version = version.split('+').next().unwrap_or_default();
    let version = Version::parse(version).map_err(|_| {
        refuse(format!(
            "`packageManager` is \"{}\", which names no exact version.",
            field.escape_debug()
        ))
    })?;
    let kind = match name {
        "npm" => ManagerKind::Npm,
        "yarn" if version.major() < 2 => ManagerKind::YarnClassic,
        "yarn" => ManagerKind::Yarn,
        "pnpm" => ManagerKind::Pnpm,
        other => {
            return Err(refuse(format!(
                "`packageManager` names \"{}\", which is not offered here.",
                other.escape_debug()
            )));
        }
    };
    Ok(Some((kind, version.to_string())))
}

/// The lockfile in a folder; where a manager is named, only its own.
fn lock_in(
    tree: &Path,
    folder: &Path,
    named: Option<ManagerKind>,
) -> Result<Option<Lock>, PlanFinding> {
    for (name, kind) in LOCKFILES {
        let of_yarn = |k| matches!(k, ManagerKind::Yarn | ManagerKind::YarnClassic);
        if named.is_some_and(|n| n != kind && !(of_yarn(n) && of_yarn(kind))) {
            continue;
        }
        let path = folder.join(name);
        let Some(text) = source_files::read_text(tree, &path)? else {
            continue;
        };
        let (kind, version) = match kind {
            ManagerKind::YarnClassic | ManagerKind::Yarn => yarn_of(&text),
            ManagerKind::Pnpm => (kind, Some(pnpm_of(&text))),
            ManagerKind::Npm => (kind, None),
        };
        return Ok(Some(Lock {
            path,
            kind,
            version,
        }));
    }
    Ok(None)
}

/// The Yarn of a yarn.lock: only Yarn 2 and later write `__metadata`.
fn yarn_of(lock: &str) -> (ManagerKind, Option<&'static str>) {
    let Some(metadata) = lock.lines().skip_while(|l| *l != "__metadata:").nth(1) else {
        return (ManagerKind::YarnClassic, Some("1.22.22"));
    };
    let format = metadata
        .trim()
        .strip_prefix("version: ")
        .and_then(|v| v.trim_matches('"').parse::<u32>().ok());
    let version = match format {
        Some(..=4) => "2.4.2",
        Some(5..=6) => "3.8.7",
        Some(7..=8) => "4.5.3",
        _ => "4.18.1",
    };
    (ManagerKind::Yarn, Some(version))
}

/// The pnpm of a pnpm-lock.yaml, by its `lockfileVersion`.
fn pnpm_of(lock: &str) -> &'static str {
    let format = lock
        .lines()
        .find_map(|l| l.strip_prefix("lockfileVersion:"))
        .map(|v| v.trim().trim_matches(['\'', '"']));
    match format.and_then(|v| v.split('.').next()) {
        Some("5") => "7.33.7",
        Some("6") => "8.15.9",
        _ => "10.34.9",
    }
}

impl ManagerKind {
    /// What its users call it, and what its command is called.
    #[must_use]
    pub fn command(self) -> &'static str {
        match self {
            Self::Npm => "npm",
            Self::YarnClassic | Self::Yarn => "yarn",
            Self::Pnpm => "pnpm",
        }
    }

    /// The package in the npm registry that carries it.
    pub(crate) fn package(self) -> &'static str {
        match self {
            Self::Npm => "npm",
            Self::YarnClassic => "yarn",
            Self::Yarn => "@yarnpkg/cli-dist",
            Self::Pnpm => "pnpm",
        }
    }
}

impl fmt::Display for PackageManager {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.kind.command(), self.version)
    }
}
