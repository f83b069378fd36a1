//! A tree becomes plain files, links and folders below one folder, and nothing anywhere else.
//!
//! Every folder on the way is created here and is therefore real; files and links are created only where nothing is. So no entry
//! can be written through a link, whatever the order and the names in the tree.

use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, Write};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;

use gix_hash::{ObjectId, oid};
use gix_object::bstr::ByteSlice;
use gix_object::tree::EntryKind;

use crate::attempt::Attempt;
use crate::error::Failure;
use crate::names::{file_name, link_stays_inside};
use crate::pack::Pack;
use crate::refusal::{Exceeded, Refusal, shown};
use crate::tree::{Entry, entries};

/// Writes the tree into `folder`, which is created if it is not there. Where the server `filters`, files that are not in the pack
/// were left out for their size.
pub(crate) fn write_tree(
    pack: &mut Pack,
    tree: ObjectId,
    folder: &Path,
    filters: bool,
    attempt: &Attempt,
) -> Result<(), Failure> {
    fs::create_dir_all(folder).map_err(on_disk)?;
    let mut writer = Writer {
        pack,
        filters,
        attempt,
        entries: 0,
        bytes: 0,
    };
    writer.folder(&tree, folder, "", 0)
}

struct Writer<'a> {
    pack: &'a mut Pack,
    filters: bool,
    attempt: &'a Attempt,
    entries: usize,
    bytes: u64,
}

impl Writer<'_> {
    /// Writes what a folder holds; `parent` is its path in the repository, with a slash at its end.
    fn folder(
        &mut self,
        tree: &oid,
        folder: &Path,
        parent: &str,
        depth: usize,
    ) -> Result<(), Failure> {
        for entry in entries(self.pack, tree)? {
            self.attempt.check()?;
            let name = self.admit(&entry, parent)?;
            let path = format!("{parent}{name}");
            let place = folder.join(name);
            match entry.kind {
                EntryKind::Tree => {
                    let limit = self.attempt.limits.depth;
                    if depth == limit {
                        let path = shown(&path);
                        return Err(Exceeded::Depth { path, limit }.into());
                    }
                    create(&path, || DirBuilder::new().mode(0o755).create(&place))?;
                    self.folder(&entry.id, &place, &format!("{path}/"), depth + 1)?;
                }
                EntryKind::Blob => self.file(&entry.id, &place, &path, 0o644)?,
                EntryKind::BlobExecutable => self.file(&entry.id, &place, &path, 0o755)?,
                EntryKind::Link => self.link(&entry.id, &place, &path, depth)?,
                EntryKind::Commit => return Err(Refusal::Submodule(shown(&path)).into()),
            }
        }
        Ok(())
    }

    /// Counts an entry and checks its name.
    fn admit<'e>(&mut self, entry: &'e Entry, parent: &str) -> Result<&'e str, Failure> {
        let limits = &self.attempt.limits;
        self.entries += 1;
        if self.entries > limits.entries {
            return Err(Exceeded::Entries(limits.entries).into());
        }
        let whole = || shown(&format!("{parent}{}", entry.name.as_bstr()));
        let name = file_name(entry.name.as_bstr(), entry.kind == EntryKind::Link)
            .map_err(|why| Refusal::Name { path: whole(), why })?;
        if parent.len() + name.len() > limits.path_bytes {
            let limit = limits.path_bytes;
            return Err(Exceeded::Path {
                path: whole(),
                limit,
            }
            .into());
        }
        Ok(name)
    }

    fn file(&mut self, id: &oid, place: &Path, path: &str, mode: u32) -> Result<(), Failure> {
        let content = self.blob(id, path)?;
        create(path, || {
            let mut file = OpenOptions::new()
                .write(true)
                .create_new(true)
                .mode(mode)
                .open(place)?;
            file.write_all(&content)
        })
    }

    fn link(&mut self, id: &oid, place: &Path, path: &str, depth: usize) -> Result<(), Failure> {
        let target = self.blob(id, path)?;
        let limit = self.attempt.limits.path_bytes;
        if target.len() > limit {
            let path = shown(path);
            return Err(Exceeded::Path { path, limit }.into());
        }
        if !link_stays_inside(depth, target.as_bstr()) {
            return Err(Refusal::Link(shown(path)).into());
        }
        let target = std::ffi::OsStr::from_bytes(&target);
        create(path, || std::os::unix::fs::symlink(target, place))
    }

    fn blob(&mut self, id: &oid, path: &str) -> Result<Vec<u8>, Failure> {
        let limits = &self.attempt.limits;
        let too_large = || {
            let path = Some(shown(path));
            let limit = limits.file_bytes;
            Exceeded::File { path, limit }
        };
        let Some((kind, content)) = self.pack.read(id)? else {
            return Err(if self.filters {
                too_large().into()
            } else {
                Refusal::Damaged.into()
            });
        };
        if kind != gix_object::Kind::Blob {
            return Err(Refusal::Damaged.into());
        }
        if content.len() as u64 > limits.file_bytes {
            return Err(too_large().into());
        }
        self.bytes += content.len() as u64;
        if self.bytes > limits.tree_bytes {
            return Err(Exceeded::Tree(limits.tree_bytes).into());
        }
        Ok(content)
    }
}

/// Creates something that must not be there yet.
fn create(path: &str, make: impl FnOnce() -> io::Result<()>) -> Result<(), Failure> {
    make().map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => Refusal::Duplicate(shown(path)).into(),
        _ => on_disk(error),
    })
}

fn on_disk(error: io::Error) -> Failure {
    Failure::fault("write the files of a repository", error)
}
