//! A pack from a stranger: every object's size is known and allowed before it is unpacked, and an object has the id that its
//! content hashes to.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::Path;

use files::TemporaryFolder;
use gix_error::ErrorExt;
use gix_hash::oid;
use gix_object::Kind;
use gix_pack::data::input::{BytesToEntriesIter, Entry, EntryDataMode, Mode};
use gix_pack::{Bundle, data, index};
use gix_utils::progress::Discard;

use crate::attempt::Attempt;
use crate::error::Failure;
use crate::refusal::{Exceeded, Refusal};

/// The object ids that this crate reads.
pub(crate) const HASH: gix_hash::Kind = gix_hash::Kind::Sha1;

/// A pack in a temporary folder, which goes away with it.
pub(crate) struct Pack {
    bundle: Bundle,
    inflate: gix_zlib::Inflate,
    _folder: TemporaryFolder,
}

impl Pack {
    /// Takes a whole pack from the wire, no object of which may be larger than `object_bytes`.
    pub(crate) fn receive(
        from: &mut dyn BufRead,
        object_bytes: u64,
        attempt: &Attempt,
    ) -> Result<Self, Failure> {
        let on_disk = |error: io::Error| Failure::fault("store what a git server sent", error);
        let folder =
            TemporaryFolder::create_in(&std::env::temp_dir(), "slipway-pack-").map_err(on_disk)?;
        let (pack, index) = (
            folder.path().join("pack.pack"),
            folder.path().join("pack.idx"),
        );
        let tee = Tee {
            from,
            to: File::create_new(&pack).map_err(on_disk)?,
            attempt,
        };
        let mut index_file = File::create_new(&index).map_err(on_disk)?;
        write_index(tee, &pack, &mut index_file, object_bytes, attempt)
            .map_err(|_| attempt.failure(|| Refusal::Damaged.into()))?;
        let opened = (data::File::at(&pack, HASH), index::File::at(&index, HASH));
        let (Ok(pack), Ok(index)) = opened else {
            return Err(Refusal::Damaged.into());
        };
        let allocation = usize::try_from(attempt.limits.tree_bytes).unwrap_or(usize::MAX);
        Ok(Self {
            bundle: Bundle {
                pack: pack.with_alloc_limit_bytes(Some(allocation)),
                index,
            },
            inflate: gix_zlib::Inflate::default(),
            _folder: folder,
        })
    }

    /// One object, or nothing where the pack does not hold it.
    pub(crate) fn read(&mut self, id: &oid) -> Result<Option<(Kind, Vec<u8>)>, Failure> {
        let mut content = Vec::new();
        let found = self
            .bundle
            .find(
                id,
                &mut content,
                &mut self.inflate,
                &mut gix_pack::cache::Never,
            )
            .map_err(|_| Refusal::Damaged)?;
        Ok(found.map(|(data, _)| data.kind).map(|kind| (kind, content)))
    }
}

fn write_index(
    tee: Tee<'_>,
    pack: &Path,
    index: &mut File,
    object_bytes: u64,
    attempt: &Attempt,
) -> gix_error::Result<()> {
    const BUFFER: usize = 64 * 1024;
    let entries = BytesToEntriesIter::new_from_header(
        BufReader::with_capacity(BUFFER, tee),
        Mode::Verify,
        EntryDataMode::KeepAndCrc32,
        HASH,
    )?;
    let version = entries.version();
    let mut inflate = gix_zlib::Inflate::default();
    let mut total = 0;
    let mut measured = entries.map(|entry| {
        let entry = entry?;
        let size = unpacked_size(&entry, &mut inflate).unwrap_or(u64::MAX);
        total += size.min(object_bytes);
        let exceeded = if size > object_bytes {
            Exceeded::File {
                path: None,
                limit: object_bytes,
            }
        } else if total > attempt.limits.tree_bytes {
            Exceeded::Tree(attempt.limits.tree_bytes)
        } else {
            return Ok(entry);
        };
        attempt.note(exceeded);
        Err(gix_error::message("an object is too large").raise())
    });
    index::write_data_iter_to_stream(
        index::Version::default(),
        || {
            let pack = data::File::at(pack, HASH).map_err(io::Error::other)?;
            Ok((resolve, pack))
        },
        &mut measured,
        Some(1),
        &mut Discard,
        index,
        attempt.interrupt(),
        HASH,
        Some(usize::try_from(attempt.limits.tree_bytes).unwrap_or(usize::MAX)),
        version,
    )?;
    Ok(())
}

fn resolve(range: data::EntryRange, pack: &data::File) -> Option<&[u8]> {
    pack.entry_slice(range)
}

/// The size of the object that an entry becomes. A delta of a few bytes can become gigabytes: its size stands in its first bytes.
fn unpacked_size(entry: &Entry, inflate: &mut gix_zlib::Inflate) -> Option<u64> {
    if !entry.header.is_delta() {
        return Some(entry.decompressed_size);
    }
    // Two numbers of at most ten bytes each.
    let mut start = [0; 20];
    inflate.reset();
    let (_, _, written) = inflate
        .prefix(entry.compressed.as_deref()?, &mut start)
        .ok()?;
    let mut bytes = start.get(..written)?.iter();
    let _base = variable_length_number(&mut bytes)?;
    variable_length_number(&mut bytes)
}

/// Seven bits a byte, the lowest first, the eighth saying that more follow.
fn variable_length_number<'b>(bytes: &mut impl Iterator<Item = &'b u8>) -> Option<u64> {
    let mut number = 0_u64;
    for shift in (0..64).step_by(7) {
        let byte = bytes.next()?;
        number |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

/// Writes what is read to a file, and stops when the attempt ends.
struct Tee<'r> {
    from: &'r mut dyn BufRead,
    to: File,
    attempt: &'r Attempt,
}

impl Read for Tee<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if let Err(failure) = self.attempt.check() {
            self.attempt.note(failure);
            return Err(io::ErrorKind::TimedOut.into());
        }
        let count = self.from.read(buffer)?;
        self.to.write_all(&buffer[..count]).inspect_err(|error| {
            self.attempt.note(Failure::fault(
                "store what a git server sent",
                io::Error::from(error.kind()),
            ));
        })?;
        Ok(count)
    }
}

#[cfg(test)]
mod tests;
