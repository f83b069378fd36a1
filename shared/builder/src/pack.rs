//! The same files always give the same archive, byte for byte: sorted, without owners and times.

#![expect(
    clippy::disallowed_methods,
    reason = "the files that are named by a path here are the platform's own"
)]

use std::fs::File;
use std::io::{self, BufWriter, Read};
use std::path::{Path, PathBuf};

use files::{Dir, Entry, EntryKind, WalkError};
use flate2::Compression;
use flate2::write::GzEncoder;
use tar::{Builder, EntryType, Header};

use crate::limits::{ARTIFACT_BYTES, ARTIFACT_ENTRIES, TREE};

/// Higher levels take three times as long for a tenth of the size.
const COMPRESSION: Compression = Compression::new(3);

/// The time of every file: the one that npm gives to the files of its packages (26 October 1985), as zero confuses some tools.
const TIME: u64 = 499_162_500;

/// What was packed.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Packed {
    pub(crate) entries: u64,
    pub(crate) bytes: u64,
    /// Links that were left out, as they lead out of the tree and would lead nowhere on another machine.
    pub(crate) left_out: Vec<PathBuf>,
}

/// Why nothing was packed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PackError {
    #[error("{0}")]
    Io(#[from] io::Error),
    /// The build left something that cannot be packed.
    #[error("{0}")]
    Unusable(String),
    #[error("the result has {entries} files of {} MiB together", bytes >> 20)]
    TooLarge { entries: usize, bytes: u64 },
}

/// Packs everything beneath `root`, but for caches and git's own files, into a new file.
pub(crate) fn pack(root: &Dir, archive: &Path) -> Result<Packed, PackError> {
    let all = files::walk(root, Path::new(""), TREE, |name| name == ".git")?;
    let of_cache = |entry: &Entry| {
        entry
            .path
            .to_string_lossy()
            .contains("node_modules/.cache/")
    };
    let mut packed = Packed::default();
    let mut entries = Vec::new();
    for entry in all.into_iter().filter(|entry| !of_cache(entry)) {
        match &entry.kind {
            EntryKind::Link { target } if !files::link_stays_inside(&entry.path, target) => {
                packed.left_out.push(entry.path);
                continue;
            }
            EntryKind::Link { .. } => {}
            EntryKind::File { bytes, .. } => packed.bytes += bytes,
        }
        entries.push(entry);
    }
    if packed.bytes > ARTIFACT_BYTES || entries.len() > ARTIFACT_ENTRIES {
        return Err(PackError::TooLarge {
            entries: entries.len(),
            bytes: packed.bytes,
        });
    }
    packed.entries = entries.len() as u64;
    let mut tar = Builder::new(GzEncoder::new(
        BufWriter::new(File::create(archive)?),
        COMPRESSION,
    ));
    for entry in &entries {
        append(&mut tar, root, entry)?;
    }
    let file = tar
        .into_inner()?
        .finish()?
        .into_inner()
        .map_err(io::IntoInnerError::into_error)?;
    file.sync_all()?;
    Ok(packed)
}

fn append(tar: &mut Builder<impl io::Write>, root: &Dir, entry: &Entry) -> Result<(), PackError> {
    let mut header = Header::new_gnu();
    header.set_mtime(TIME);
    match &entry.kind {
        EntryKind::File { executable, .. } => {
            let file = root.open_file(&entry.path).map_err(unusable)?;
            let bytes = file.metadata()?.len();
            header.set_mode(if *executable { 0o755 } else { 0o644 });
            header.set_size(bytes);
            let mut content = Counted { file, read: 0 };
            tar.append_data(&mut header, &entry.path, (&mut content).take(bytes))?;
            // A shorter one would shift everything behind it in the archive.
            if content.read < bytes {
                let path = entry.path.display();
                return Err(PackError::Unusable(format!(
                    "`{path}` changed while it was packed"
                )));
            }
        }
        EntryKind::Link { target } => {
            header.set_entry_type(EntryType::Symlink);
            header.set_mode(0o777);
            header.set_size(0);
            tar.append_link(&mut header, &entry.path, target)?;
        }
    }
    Ok(())
}

/// A file, and how much of it was read.
struct Counted {
    file: File,
    read: u64,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(buffer)?;
        self.read += read as u64;
        Ok(read)
    }
}

impl From<WalkError> for PackError {
    fn from(error: WalkError) -> Self {
        match error {
            WalkError::Io(error) => unusable(error),
            beyond => Self::Unusable(beyond.to_string()),
        }
    }
}

fn unusable(error: io::Error) -> PackError {
    if is_of_the_build(&error) {
        PackError::Unusable(error.to_string())
    } else {
        PackError::Io(error)
    }
}

/// True if the scripts of a build bring this error about: a file is gone, took another kind or name, or lost its permissions.
pub(crate) fn is_of_the_build(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::NotFound
            | io::ErrorKind::NotADirectory
            | io::ErrorKind::IsADirectory
            | io::ErrorKind::InvalidData
            | io::ErrorKind::InvalidFilename
            | io::ErrorKind::PermissionDenied
    )
}

#[cfg(test)]
#[allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "a test reads and removes its own folders"
)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn two_trees_of_the_same_files_give_the_same_bytes_whatever_their_times() {
        let archive = |names: &[&str]| {
            let room = tempfile::tempdir().unwrap();
            let tree = room.path().join("tree");
            fs::create_dir_all(tree.join("node_modules/.bin")).unwrap();
            for name in names {
                fs::write(tree.join(name), name).unwrap();
            }
            std::os::unix::fs::symlink("../../b", tree.join("node_modules/.bin/b")).unwrap();
            std::os::unix::fs::symlink("/usr/bin/python3", tree.join("node_modules/.bin/python"))
                .unwrap();
            let packed = pack(&Dir::open(&tree).unwrap(), &room.path().join("x")).unwrap();
            assert_eq!(packed.left_out, [Path::new("node_modules/.bin/python")]);
            assert_eq!(packed.entries, 3);
            fs::read(room.path().join("x")).unwrap()
        };
        assert_eq!(archive(&["a", "b"]), archive(&["b", "a"]));
    }
}
