//! An application is installed from the root of the repository exactly when the lockfile there covers it.

use std::path::{Path, PathBuf};

use files::{Dir, Kind};
use serde_json::Value;

use crate::finding::PlanFinding;
use crate::limits::WORKSPACE_DEPTH;
use crate::manager::{Detected, ManagerKind};
use crate::package_json::PackageJson;
use crate::source_files;

/// The folder that the install runs in, relative to the root of the repository: the application's, or the root (an empty path).
///
/// A lockfile at the root which does not cover the application only chooses the package manager (contract, section 10.3).
pub(crate) fn install_folder(
    tree: &Path,
    application: &Path,
    detected: &mut Detected,
    root: Option<&PackageJson>,
) -> Result<PathBuf, PlanFinding> {
    let Some(lockfile) = detected.lockfile.clone() else {
        return Ok(application.to_path_buf());
    };
    if lockfile.parent() == Some(application) {
        return Ok(application.to_path_buf());
    }
    let text = source_files::read_text(tree, &lockfile)?.unwrap_or_default();
    let name = application.to_string_lossy();
    let covered = match detected.kind {
        ManagerKind::Npm => serde_json::from_str::<Value>(&text)
            .is_ok_and(|lock| lock["packages"].get(name.as_ref()).is_some()),
        ManagerKind::Pnpm => text
            .lines()
            .skip_while(|line| *line != "importers:")
            .any(|line| {
                line.trim_end().strip_suffix(':').is_some_and(|key| {
                    key.strip_prefix("  ").map(|k| k.trim_matches('\'')) == Some(name.as_ref())
                })
            }),
        ManagerKind::Yarn | ManagerKind::YarnClassic => {
            root.is_some_and(|root| covers(&root.workspaces, &name))
        }
    };
    if covered {
        return Ok(PathBuf::new());
    }
    detected.lockfile = None;
    Ok(application.to_path_buf())
}

/// Whether the patterns of `workspaces` cover a folder at the root of the repository.
fn covers(patterns: &[String], folder: &str) -> bool {
    let normal = |pattern: &str| {
        pattern
            .trim_start_matches("./")
            .trim_end_matches('/')
            .to_owned()
    };
    let (out, of): (Vec<_>, Vec<_>) = patterns.iter().partition(|p| p.starts_with('!'));
    of.iter().any(|p| matches(&normal(p), folder))
        && !out.iter().any(|p| matches(&normal(&p[1..]), folder))
}

/// Matches one folder name: a workspace pattern for a folder at the root has one segment, or `**`.
fn matches(pattern: &str, name: &str) -> bool {
    if pattern == "**" {
        return true;
    }
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = name.strip_prefix(first) else {
        return false;
    };
    let mut open = false;
    for part in parts {
        open = part.is_empty();
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.is_empty() || open
}

/// Every package.json of the repository outside `node_modules`, with its folder.
pub(crate) fn members(tree: &Path) -> Result<Vec<(PathBuf, PackageJson)>, PlanFinding> {
    let mut members = Vec::new();
    let mut folders = vec![PathBuf::new()];
    while let Some(folder) = folders.pop() {
        if let Some(package) = PackageJson::read(tree, &folder)? {
            members.push((folder.clone(), package));
        }
        if folder.components().count() >= WORKSPACE_DEPTH {
            continue;
        }
        let Ok(items) = Dir::open(tree).and_then(|tree| tree.open_dir(&folder)) else {
            continue;
        };
        for name in items.names().unwrap_or_default() {
            let hidden = name.to_string_lossy().starts_with('.') || name == "node_modules";
            if !hidden && items.kind(Path::new(&name)) == Some(Kind::Folder) {
                folders.push(folder.join(name));
            }
        }
    }
    members.sort_by(|a, b| a.0.cmp(&b.0));
    Ok(members)
}

#[cfg(test)]
mod tests {
    #[test]
    fn workspace_patterns_cover_as_npm_reads_them() {
        let covers = |patterns: &[&str], folder: &str| {
            let patterns: Vec<_> = patterns.iter().map(|p| (*p).to_owned()).collect();
            super::covers(&patterns, folder)
        };
        assert!(covers(&["service", "event"], "service"));
        assert!(covers(&["./service/"], "service"));
        assert!(covers(&["*"], "service"));
        assert!(covers(&["**"], "service"));
        assert!(covers(&["serv*"], "service"));
        assert!(covers(&["s*i*e"], "service"));
        assert!(!covers(&["packages/*"], "service"));
        assert!(!covers(&["*", "!service"], "service"));
        assert!(!covers(&["serv"], "service"));
        assert!(!covers(&[], "service"));
    }
}
