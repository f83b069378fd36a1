//! Unpacking an archive writes only below its target, and either all of it or nothing.

#![expect(
    clippy::disallowed_methods,
    reason = "the files that are named by a path here are the platform's own"
)]

use std::collections::HashSet;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io;
use std::path::{Component, Path, PathBuf};

use files::{Dir, TemporaryFolder};
use flate2::read::GzDecoder;
use tar::{Archive, EntryType};

use crate::limits::{ARTIFACT_BYTES, ARTIFACT_ENTRIES};

/// Why an archive was not unpacked.
#[derive(Debug, thiserror::Error)]
pub enum UnpackError {
    /// It is damaged, or the disk does not take it.
    #[error("the archive could not be unpacked: {0}")]
    Io(#[from] io::Error),
    /// It holds something that an artifact never holds.
    #[error("the archive was refused: `{}` {reason}", path.display())]
    Refused {
        /// The entry.
        path: PathBuf,
        /// What is wrong with it.
        reason: &'static str,
    },
}

/// Unpacks an artifact into the folder `into`, which must not exist yet and appears only when it is complete.
///
/// # Errors
/// A damaged archive, an entry that could be written elsewhere or is neither file, folder nor link, and more than a gigabyte.
pub fn unpack(archive: &Path, into: &Path) -> Result<(), UnpackError> {
    let parent = into.parent().unwrap_or(Path::new("."));
    let name = into
        .file_name()
        .ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
    fs::create_dir_all(parent)?;
    let temporary = TemporaryFolder::create_in(parent, ".unpacking-")?;
    let content = temporary.dir().create_dir_all(Path::new("content"))?;
    extract(archive, &content, 0, |_| true)?;
    let parent = Dir::open(parent)?;
    Ok(temporary
        .dir()
        .rename(OsStr::new("content"), &parent, name)?)
}

/// Unpacks what `keep` wants, without the first `strip` parts of each path.
pub(crate) fn extract(
    archive: &Path,
    into: &Dir,
    strip: usize,
    keep: impl Fn(&Path) -> bool,
) -> Result<(), UnpackError> {
    let mut archive = Archive::new(GzDecoder::new(io::BufReader::new(File::open(archive)?)));
    let mut seen = Seen::default();
    for entry in archive.entries()? {
        let mut entry = entry?;
        let full = entry.path()?.into_owned();
        let path: PathBuf = full
            .components()
            .filter(|c| *c != Component::CurDir)
            .skip(strip)
            .collect();
        let kind = entry.header().entry_type();
        if kind.is_pax_global_extensions() || path.as_os_str().is_empty() || !keep(&path) {
            continue;
        }
        let link = entry.link_name()?.map(std::borrow::Cow::into_owned);
        seen.check(&path, kind, link.as_deref(), entry.size())
            .map_err(|reason| UnpackError::Refused { path: full, reason })?;
        if let (false, Some(parent)) = (kind.is_dir(), path.parent()) {
            into.create_dir_all(parent)?;
        }
        match link {
            _ if kind.is_dir() => drop(into.create_dir_all(&path)?),
            Some(target) => into.create_link(&path, &target)?,
            None => {
                let executable = entry.header().mode()? & 0o100 != 0;
                io::copy(&mut entry, &mut into.create_file(&path, executable)?)?;
            }
        }
    }
    Ok(())
}

/// What was unpacked so far.
#[derive(Default)]
struct Seen {
    entries: usize,
    bytes: u64,
    paths: HashSet<PathBuf>,
    links: HashSet<PathBuf>,
}

impl Seen {
    fn check(
        &mut self,
        path: &Path,
        kind: EntryType,
        link: Option<&Path>,
        bytes: u64,
    ) -> Result<(), &'static str> {
        self.entries += 1;
        self.bytes = self.bytes.saturating_add(bytes);
        if self.entries > ARTIFACT_ENTRIES || self.bytes > ARTIFACT_BYTES {
            return Err("is beyond what an archive may hold");
        }
        if path
            .components()
            .any(|part| !matches!(part, Component::Normal(_)))
        {
            return Err("leads out of the target");
        }
        if path.ancestors().any(|above| self.links.contains(above)) {
            return Err("lies behind a link");
        }
        match (kind, link) {
            (EntryType::Directory, _) => return Ok(()),
            (EntryType::Regular | EntryType::Continuous, _) => {}
            (EntryType::Symlink, Some(target)) if files::link_stays_inside(path, target) => {
                self.links.insert(path.to_path_buf());
            }
            (EntryType::Symlink, _) => return Err("is a link that leads out of the target"),
            _ => return Err("is neither file, folder nor symbolic link"),
        }
        if self.paths.insert(path.to_path_buf()) {
            Ok(())
        } else {
            Err("is there twice")
        }
    }
}

#[cfg(test)]
#[allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "a test reads and removes its own folders"
)]
mod tests {
    use super::*;

    fn archive(
        fill: impl FnOnce(&mut tar::Builder<flate2::write::GzEncoder<File>>),
    ) -> tempfile::TempDir {
        let room = tempfile::tempdir().unwrap();
        let file = File::create(room.path().join("a.tar.gz")).unwrap();
        let mut tar = tar::Builder::new(flate2::write::GzEncoder::new(
            file,
            flate2::Compression::fast(),
        ));
        fill(&mut tar);
        tar.into_inner().unwrap().finish().unwrap();
        room
    }

    fn entry(tar: &mut tar::Builder<impl io::Write>, kind: EntryType, name: &str, link: &str) {
        let mut header = tar::Header::new_gnu();
        // Written by hand, as the crate itself refuses to write hostile names.
        header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
        header.as_old_mut().linkname[..link.len()].copy_from_slice(link.as_bytes());
        header.set_entry_type(kind);
        header.set_mode(0o644);
        header.set_size(0);
        header.set_cksum();
        tar.append(&header, io::empty()).unwrap();
    }

    fn unpacked(entries: &[(EntryType, &str, &str)]) -> String {
        let room = archive(|tar| {
            for (kind, name, link) in entries {
                entry(tar, *kind, name, link);
            }
        });
        let into = room.path().join("into");
        let result = unpack(&room.path().join("a.tar.gz"), &into);
        assert_eq!(result.is_ok(), into.exists(), "all or nothing");
        result.map_or_else(|error| error.to_string(), |()| "ok".to_owned())
    }

    #[test]
    fn an_archive_that_would_write_elsewhere_is_refused_as_a_whole() {
        use EntryType::{Char, Link, Regular, Symlink};
        assert_eq!(
            unpacked(&[(Regular, "a/b", ""), (Symlink, "a/c", "../a/b")]),
            "ok"
        );
        for hostile in [
            &[(Regular, "good", ""), (Regular, "../evil", "")][..],
            &[(Regular, "/evil", "")],
            &[(Symlink, "out", "/etc")],
            &[(Symlink, "out", "../..")],
            &[(Symlink, "a/in", "../b"), (Regular, "a/in/x", "")],
            &[(Link, "hard", "/etc/passwd")],
            &[(Char, "device", "")],
            &[(Regular, "twice", ""), (Symlink, "twice", "other")],
        ] {
            assert!(
                unpacked(hostile).starts_with("the archive was refused"),
                "{hostile:?}"
            );
        }
    }
}
