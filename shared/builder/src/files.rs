//! Files of a repository are read and listed without ever following a link out of it.

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Component, Path, PathBuf};

use crate::finding::PlanFinding;
use crate::limits::DESCRIPTION_BYTES;

/// A file or link below a root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    /// Relative to the root.
    pub(crate) path: PathBuf,
    pub(crate) kind: Kind,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Kind {
    File { executable: bool, bytes: u64 },
    Link { target: PathBuf },
}

/// What stands at a path below `tree`, if no part of the path is a link.
pub(crate) fn plain(tree: &Path, relative: &Path) -> Option<fs::Metadata> {
    let mut path = tree.to_path_buf();
    for part in relative {
        path.push(part);
        if fs::symlink_metadata(&path).ok()?.is_symlink() {
            return None;
        }
    }
    fs::symlink_metadata(path).ok()
}

/// Whether a folder stands at a path below `tree`, and no part of the path is a link.
pub(crate) fn is_folder(tree: &Path, relative: &Path) -> bool {
    plain(tree, relative).is_some_and(|metadata| metadata.is_dir())
}

/// The text of a plain file below `tree`; `None` if there is none.
pub(crate) fn read_text(tree: &Path, relative: &Path) -> Result<Option<String>, PlanFinding> {
    let path = tree.join(relative);
    let refuse =
        |what: &str, remedy: &str| PlanFinding::new(relative.to_string_lossy(), what, remedy);
    if fs::symlink_metadata(&path).is_err() {
        return Ok(None);
    }
    let Some(metadata) = plain(tree, relative).filter(fs::Metadata::is_file) else {
        return Err(refuse(
            "This is not a plain file.",
            "Replace the link or folder by the file itself.",
        ));
    };
    if metadata.len() > DESCRIPTION_BYTES {
        return Err(refuse(
            "This file is larger than 32 MiB.",
            "Commit the file that the package manager wrote, without additions.",
        ));
    }
    fs::read_to_string(&path).map(Some).map_err(|_| {
        refuse(
            "This file cannot be read as UTF-8 text.",
            "Save it as UTF-8.",
        )
    })
}

/// Every file and link below `root/start` for which `skip` does not hold, in the order of their paths.
pub(crate) fn walk(
    root: &Path,
    start: &Path,
    skip: impl Fn(&OsStr) -> bool,
) -> io::Result<Vec<Entry>> {
    let mut entries = Vec::new();
    let mut folders = vec![start.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for item in fs::read_dir(root.join(&folder))? {
            let item = item?;
            if skip(&item.file_name()) {
                continue;
            }
            let path = folder.join(item.file_name());
            let metadata = item.metadata()?;
            let kind = if metadata.is_dir() {
                folders.push(path);
                continue;
            } else if metadata.is_symlink() {
                Kind::Link {
                    target: fs::read_link(item.path())?,
                }
            } else if metadata.is_file() {
                Kind::File {
                    executable: metadata.permissions().mode() & 0o100 != 0,
                    bytes: metadata.len(),
                }
            } else {
                continue; // Sockets and pipes that a test left behind are nothing to keep.
            };
            entries.push(Entry { path, kind });
        }
    }
    entries.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(entries)
}

/// Whether a link at `path` (relative to a root) stays below that root.
///
/// Only targets that go up first and down afterwards are accepted: behind a name, which may itself be a link, `..` can lead anywhere.
pub(crate) fn link_stays_inside(path: &Path, target: &Path) -> bool {
    let mut depth = path.components().count().saturating_sub(1);
    let mut down = false;
    for component in target.components() {
        match component {
            Component::ParentDir if down || depth == 0 => return false,
            Component::ParentDir => depth -= 1,
            Component::Normal(_) => down = true,
            Component::CurDir => {}
            Component::RootDir | Component::Prefix(_) => return false,
        }
    }
    true
}

/// `base/relative` with `.` and `..` resolved by their text; `None` if it leaves the root.
pub(crate) fn resolve(base: &Path, relative: &Path) -> Option<PathBuf> {
    let mut path = base.to_path_buf();
    for component in relative.components() {
        match component {
            Component::Normal(name) => path.push(name),
            Component::CurDir => {}
            Component::ParentDir => {
                if !path.pop() {
                    return None;
                }
            }
            Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    Some(path)
}

/// Copies one entry from below `from` to the same place below `to`, replacing what is there.
pub(crate) fn copy(entry: &Entry, from: &Path, to: &Path) -> io::Result<()> {
    let target = to.join(&entry.path);
    if let Some(parent) = target.parent() {
        fs::create_dir_all(parent)?;
    }
    match fs::remove_file(&target) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    match &entry.kind {
        Kind::File { .. } => fs::copy(from.join(&entry.path), &target).map(|_| ()),
        Kind::Link { target: link } => std::os::unix::fs::symlink(link, &target),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_that_could_leave_the_tree_is_told_apart() {
        let stays =
            |path: &str, target: &str| link_stays_inside(Path::new(path), Path::new(target));
        assert!(stays("a/node_modules/.bin/tsc", "../typescript/bin/tsc"));
        assert!(stays("a/node_modules/common", "../../common"));
        assert!(!stays("a/b", "../../etc"));
        assert!(!stays("a", "/etc/passwd"));
        assert!(!stays("a/b/c", "x/../../../.."));
    }
}
