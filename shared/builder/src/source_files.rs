//! Reads the files of a repository without following a link.

use std::io;
use std::path::{Component, Path, PathBuf};

use files::{Dir, Kind};

use crate::finding::PlanFinding;
use crate::limits::DESCRIPTION_BYTES;

/// The kind of what stands at a path below `tree`; `None` if nothing is there, or a part of the path before its end is a link.
pub(crate) fn kind(tree: &Path, relative: &Path) -> Option<Kind> {
    Dir::open(tree).ok()?.kind(relative)
}

/// True if a file or folder, and no link, stands at a path below `tree`.
pub(crate) fn is_plain(tree: &Path, relative: &Path) -> bool {
    matches!(kind(tree, relative), Some(Kind::File | Kind::Folder))
}

/// True if a folder, and no link, stands at a path below `tree`.
pub(crate) fn is_folder(tree: &Path, relative: &Path) -> bool {
    kind(tree, relative) == Some(Kind::Folder)
}

/// The text of a plain file below `tree`; `None` if there is none.
pub(crate) fn read_text(tree: &Path, relative: &Path) -> Result<Option<String>, PlanFinding> {
    let refuse =
        |what: &str, remedy: &str| PlanFinding::new(relative.to_string_lossy(), what, remedy);
    let folder = Dir::open(tree).and_then(|tree| match relative.parent() {
        Some(parent) => tree.open_dir(parent),
        None => Ok(tree),
    });
    let not_plain = || {
        refuse(
            "This is not a plain file.",
            "Replace the link or folder by the file itself.",
        )
    };
    let name = Path::new(relative.file_name().unwrap_or_default());
    let folder = match folder {
        Err(error) if error.kind() == io::ErrorKind::InvalidData => return Err(not_plain()),
        Err(_) => return Ok(None),
        Ok(folder) => folder,
    };
    match folder.kind(name) {
        None => return Ok(None),
        Some(Kind::File) => {}
        Some(_) => return Err(not_plain()),
    }
    let content = folder.read(name, DESCRIPTION_BYTES).map_err(|error| {
        if error.kind() == io::ErrorKind::FileTooLarge {
            return refuse(
                "This file is larger than 32 MiB.",
                "Commit the file that the package manager wrote, without additions.",
            );
        }
        refuse("This file cannot be read.", "Check its permissions.")
    })?;
    String::from_utf8(content).map(Some).map_err(|_| {
        refuse(
            "This file cannot be read as UTF-8 text.",
            "Save it as UTF-8.",
        )
    })
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
