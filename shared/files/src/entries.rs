//! Lists what lies beneath a folder, within limits: a hostile tree may hold millions of files and be thousands of folders deep.

use std::ffi::OsStr;
use std::io;
use std::path::{Component, Path, PathBuf};

use crate::dir::{Dir, Kind};

/// A file or link beneath a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its path, relative to the folder.
    pub path: PathBuf,
    /// Its kind.
    pub kind: EntryKind,
}

/// Kind of an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EntryKind {
    /// A regular file.
    File {
        /// True if its owner may execute it.
        executable: bool,
        /// Its size in bytes when it was listed.
        bytes: u64,
    },
    /// A symbolic link.
    Link {
        /// Its target, as it is written in it.
        target: PathBuf,
    },
}

/// How much a tree may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WalkLimits {
    /// Files, links and folders together.
    pub entries: usize,
    /// Folders above one another.
    pub depth: usize,
}

/// Why a tree could not be listed.
#[derive(Debug, thiserror::Error)]
pub enum WalkError {
    /// The tree holds more than the limit.
    #[error("there are more than {0} files and folders")]
    TooMany(usize),
    /// The tree is deeper than the limit.
    #[error("`{}` lies more than {limit} folders deep", path.display())]
    TooDeep {
        /// The folder, shortened to its beginning.
        path: PathBuf,
        /// The limit.
        limit: usize,
    },
    /// The disk or the permissions of a folder do not allow it.
    #[error("{0}")]
    Io(#[from] io::Error),
}

/// Lists every file and link beneath `root/start`, except for names that `skip` holds for, in the order of their paths.
/// Pipes, sockets and devices are left out.
///
/// # Errors
/// The tree is beyond `limits`, or a folder cannot be read.
pub fn walk(
    root: &Dir,
    start: &Path,
    limits: WalkLimits,
    skip: impl Fn(&OsStr) -> bool,
) -> Result<Vec<Entry>, WalkError> {
    let mut entries = Vec::new();
    let mut seen = 0;
    let mut folders = vec![(start.to_path_buf(), 0)];
    while let Some((path, depth)) = folders.pop() {
        let folder = root.open_dir(&path)?;
        for name in folder.each_name()? {
            let name = name?;
            if skip(&name) {
                continue;
            }
            seen += 1;
            if seen > limits.entries {
                return Err(WalkError::TooMany(limits.entries));
            }
            let name = Path::new(&name);
            let metadata = folder.metadata(name)?;
            let kind = match metadata.kind {
                Kind::Folder if depth == limits.depth => {
                    return Err(WalkError::TooDeep {
                        path: path.iter().take(3).collect(),
                        limit: limits.depth,
                    });
                }
                Kind::Folder => {
                    folders.push((path.join(name), depth + 1));
                    continue;
                }
                Kind::Link => EntryKind::Link {
                    target: folder.read_link(name)?,
                },
                Kind::File => EntryKind::File {
                    executable: metadata.executable,
                    bytes: metadata.bytes,
                },
                Kind::Other => continue,
            };
            entries.push(Entry {
                path: path.join(name),
                kind,
            });
        }
    }
    entries.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(entries)
}

/// True if a link at `path` (relative to a root) stays beneath that root.
///
/// Only targets that go up first and down afterwards are accepted: behind a name, which may itself be a link, `..` can lead anywhere.
#[must_use]
pub fn link_stays_inside(path: &Path, target: &Path) -> bool {
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
