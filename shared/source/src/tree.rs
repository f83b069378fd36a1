//! From a tag to its commit, and from a commit to one file, through objects that are all checked for what they claim to be.

use gix_hash::{ObjectId, oid};
use gix_object::tree::EntryKind;
use gix_object::{CommitRefIter, Kind, TagRefIter, TreeRefIter};

use crate::error::Failure;
use crate::limits::TAG_CHAIN;
use crate::pack::{HASH, Pack};
use crate::refusal::Refusal;

/// The commit of a tag, and the commit's root folder.
pub(crate) struct Tagged {
    pub(crate) commit: ObjectId,
    pub(crate) tree: ObjectId,
}

/// One entry of a folder.
pub(crate) struct Entry {
    pub(crate) name: Vec<u8>,
    pub(crate) kind: EntryKind,
    pub(crate) id: ObjectId,
}

/// Follows a tag, annotated or not, to its commit.
pub(crate) fn tagged(pack: &mut Pack, tag: ObjectId) -> Result<Tagged, Failure> {
    let mut id = tag;
    for _ in 0..TAG_CHAIN {
        let (kind, content) = pack.read(&id)?.ok_or(Refusal::Damaged)?;
        match kind {
            Kind::Tag => {
                id = TagRefIter::from_bytes(&content, HASH)
                    .target_id()
                    .map_err(|_| Refusal::Damaged)?;
            }
            Kind::Commit => {
                let tree = CommitRefIter::from_bytes(&content, HASH)
                    .tree_id()
                    .map_err(|_| Refusal::Damaged)?;
                return Ok(Tagged { commit: id, tree });
            }
            Kind::Tree | Kind::Blob => return Err(Refusal::NoCommit.into()),
        }
    }
    Err(Refusal::NoCommit.into())
}

/// All entries of a folder.
pub(crate) fn entries(pack: &mut Pack, tree: &oid) -> Result<Vec<Entry>, Failure> {
    let (kind, content) = pack.read(tree)?.ok_or(Refusal::Damaged)?;
    if kind != Kind::Tree {
        return Err(Refusal::Damaged.into());
    }
    TreeRefIter::from_bytes(&content, HASH)
        .map(|entry| {
            let entry = entry.map_err(|_| Refusal::Damaged)?;
            Ok(Entry {
                name: entry.filename.to_vec(),
                kind: entry.mode.kind(),
                id: entry.oid.to_owned(),
            })
        })
        .collect()
}

/// The id of the plain file at `path`, written with `/`. A folder or a submodule is no file; a link is refused, as what it leads
/// to may be anything.
pub(crate) fn find_file(
    pack: &mut Pack,
    root: ObjectId,
    path: &str,
) -> Result<Option<ObjectId>, Failure> {
    let mut folder = root;
    let mut parts = path.split('/').peekable();
    while let Some(part) = parts.next() {
        let found = entries(pack, &folder)?
            .into_iter()
            .find(|entry| entry.name == part.as_bytes());
        match (found, parts.peek().is_some()) {
            (Some(entry), true) if entry.kind == EntryKind::Tree => folder = entry.id,
            (Some(entry), false) => match entry.kind {
                EntryKind::Blob | EntryKind::BlobExecutable => return Ok(Some(entry.id)),
                EntryKind::Link => return Err(Refusal::LinkedFile(path.to_owned()).into()),
                EntryKind::Tree | EntryKind::Commit => return Ok(None),
            },
            _ => return Ok(None),
        }
    }
    Ok(None)
}
