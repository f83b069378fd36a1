//! A build sees exactly the files that its hash covers: the same list is hashed and copied into the working copy.

use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};

use domain::names::ArtifactHash;
use files::{Dir, Entry, EntryKind, Kind, WalkError};
use sha2::{Digest, Sha256};

use crate::limits::SOURCE;
use crate::modules::Modules;

/// Files at the root of the repository that an install from there reads, or that applications commonly extend.
fn is_root_setting(name: &str) -> bool {
    matches!(
        name,
        "package.json"
            | "package-lock.json"
            | "npm-shrinkwrap.json"
            | "yarn.lock"
            | "pnpm-lock.yaml"
            | "pnpm-workspace.yaml"
            | ".pnpmfile.cjs"
            | ".npmrc"
            | ".yarnrc"
            | ".yarnrc.yml"
    ) || (name.starts_with("tsconfig") && name.ends_with(".json"))
}

/// Whether an install reads this file of the application itself.
fn is_install_setting(path: &Path) -> bool {
    let of_folder = [".yarn", "patches"];
    path.file_name()
        .and_then(OsStr::to_str)
        .is_some_and(is_root_setting)
        || path
            .iter()
            .any(|part| of_folder.iter().any(|folder| part == *folder))
}

/// Everything that goes into one application's build.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Inputs {
    /// In the order of their paths, which are relative to the root of the repository.
    pub(crate) entries: Vec<Entry>,
    /// How many bytes they have together.
    pub(crate) bytes: u64,
}

impl Inputs {
    /// Lists the application's folder, its shared modules and, for an install from the root, what that reads.
    pub(crate) fn list(
        tree: &Path,
        application: &Path,
        modules: &Modules,
        in_workspace: bool,
        members: &[PathBuf],
    ) -> Result<Self, WalkError> {
        let root = Dir::open(tree)?;
        let skip = |name: &OsStr| name == "node_modules" || name == ".git";
        let mut entries = files::walk(&root, application, SOURCE, skip)?;
        for path in &modules.paths {
            if root.kind(path) == Some(Kind::Folder) {
                entries.extend(files::walk(&root, path, SOURCE, skip)?);
            } else if let Some(entry) = single(&root, path)? {
                entries.push(entry);
            }
        }
        if in_workspace {
            for name in root.names()? {
                if name.to_str().is_some_and(is_root_setting) {
                    entries.extend(single(&root, Path::new(&name))?);
                }
            }
            if root.kind(Path::new(".yarn")) == Some(Kind::Folder) {
                entries.extend(files::walk(&root, Path::new(".yarn"), SOURCE, skip)?);
            }
            for member in members {
                entries.extend(single(&root, &member.join("package.json"))?);
            }
        }
        entries.sort_by(|a, b| a.path.cmp(&b.path));
        entries.dedup();
        let bytes = entries
            .iter()
            .map(|entry| match entry.kind {
                EntryKind::File { bytes, .. } => bytes,
                EntryKind::Link { .. } => 0,
            })
            .sum();
        Ok(Self { entries, bytes })
    }

    /// The first link that leaves the repository.
    pub(crate) fn stray_link(&self) -> Option<&Path> {
        self.entries.iter().find_map(|entry| match &entry.kind {
            EntryKind::Link { target } if !files::link_stays_inside(&entry.path, target) => {
                Some(entry.path.as_path())
            }
            _ => None,
        })
    }

    /// The part that an install reads, where no package of the repository runs code during an install: descriptions, lockfiles and
    /// settings, and shared modules whole, as some managers copy them.
    pub(crate) fn for_install(&self, application: &Path) -> Self {
        let entries = self
            .entries
            .iter()
            .filter(|entry| {
                let own = entry.path.strip_prefix(application);
                own.map_or(true, is_install_setting)
            })
            .cloned()
            .collect();
        Self { entries, bytes: 0 }
    }

    /// SHA-256 over `head` and every path, mode and content; each part is preceded by its length, so that no two lists read alike.
    pub(crate) fn hash(&self, tree: &Path, head: &[&str]) -> io::Result<ArtifactHash> {
        let root = Dir::open(tree)?;
        let mut hash = Sha256::new();
        for part in head {
            framed(&mut hash, part.as_bytes());
        }
        for entry in &self.entries {
            framed(&mut hash, entry.path.as_os_str().as_encoded_bytes());
            match &entry.kind {
                EntryKind::File { executable, .. } => {
                    framed(&mut hash, if *executable { b"x" } else { b"-" });
                    let mut content = Sha256::new();
                    io::copy(&mut root.open_file(&entry.path)?, &mut content)?;
                    hash.update(content.finalize());
                }
                EntryKind::Link { target } => {
                    framed(&mut hash, b"l");
                    framed(&mut hash, target.as_os_str().as_encoded_bytes());
                }
            }
        }
        Ok(finished(hash))
    }
}

/// One file or link as an entry; `None` if there is none.
fn single(root: &Dir, path: &Path) -> Result<Option<Entry>, WalkError> {
    let parent = path.parent().unwrap_or(Path::new(""));
    if root.kind(parent) != Some(Kind::Folder) {
        return Ok(None);
    }
    let name = path.file_name();
    let mut found = files::walk(root, parent, SOURCE, |other| Some(other) != name)?;
    found.retain(|entry| entry.path == path);
    Ok(found.pop())
}

/// The hash of texts.
pub(crate) fn hash_of(parts: &[&str]) -> ArtifactHash {
    let mut hash = Sha256::new();
    for part in parts {
        framed(&mut hash, part.as_bytes());
    }
    finished(hash)
}

fn finished(hash: Sha256) -> ArtifactHash {
    let hex: String = hash.finalize().iter().map(|b| format!("{b:02x}")).collect();
    ArtifactHash::parse(&hex).expect("64 hexadecimal digits")
}

fn framed(hash: &mut Sha256, part: &[u8]) {
    hash.update((part.len() as u64).to_le_bytes());
    hash.update(part);
}
