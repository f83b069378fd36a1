//! A file of a commit never changes: what was read once is kept in memory, up to a number of bytes, under the id that the tag has.
//!
//! Where a tag points is asked anew each time, so a server that no longer gives out a repository is noticed, and one repository never
//! answers for another.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};

use domain::names::{CommitId, RepositoryUrl};
use gix_hash::ObjectId;

/// Bytes that are kept of all files together: some thousand connect.yaml, of which the largest real one has 20 KiB.
const KEPT_BYTES: usize = 16 * 1024 * 1024;
/// What a file costs beside its content, in bytes: its key twice, and the maps.
const OVERHEAD_BYTES: usize = 512;

/// Which file.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Place {
    pub(crate) url: RepositoryUrl,
    /// What the tag names: a commit, or an annotated tag.
    pub(crate) named: ObjectId,
    pub(crate) path: String,
}

/// The commit, and the file's content where it has one.
pub(crate) type File = (CommitId, Option<Vec<u8>>);

/// The files that were read; the oldest go first.
#[derive(Debug, Default)]
pub(crate) struct Known(Mutex<Files>);

#[derive(Debug, Default)]
struct Files {
    files: HashMap<Place, File>,
    order: VecDeque<Place>,
    bytes: usize,
}

impl Known {
    pub(crate) fn get(&self, place: &Place) -> Option<File> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.files.get(place).cloned()
    }

    pub(crate) fn keep(&self, place: Place, file: &File) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.files.insert(place.clone(), file.clone()).is_some() {
            return; // another caller read it at the same time
        }
        known.bytes += size(&place, file);
        known.order.push_back(place);
        while known.bytes > KEPT_BYTES {
            let Some(oldest) = known.order.pop_front() else {
                return;
            };
            if let Some(file) = known.files.remove(&oldest) {
                known.bytes -= size(&oldest, &file);
            }
        }
    }
}

fn size(place: &Place, (_, content): &File) -> usize {
    let content = content.as_ref().map_or(0, Vec::len);
    OVERHEAD_BYTES + 2 * place.path.len() + 2 * place.url.as_str().len() + content
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(number: u8) -> Place {
        Place {
            url: RepositoryUrl::parse("https://git.test/x.git").expect("a URL"),
            named: ObjectId::from_bytes_or_panic(&[number; 20]),
            path: "connect.yaml".to_owned(),
        }
    }

    fn file(bytes: usize) -> File {
        let commit = CommitId::parse(&"a".repeat(40)).expect("an id");
        (commit, Some(vec![b'#'; bytes]))
    }

    #[test]
    fn the_oldest_files_go_where_there_are_too_many_bytes() {
        let known = Known::default();
        for number in 0..5 {
            known.keep(place(number), &file(KEPT_BYTES / 4 - 1024));
            known.keep(place(number), &file(KEPT_BYTES / 4 - 1024));
        }
        let kept: Vec<u8> = (0..5)
            .filter(|number| known.get(&place(*number)).is_some())
            .collect();
        assert_eq!(kept, [1, 2, 3, 4]);
    }

    #[test]
    fn another_repository_does_not_know_the_file() {
        let known = Known::default();
        known.keep(place(1), &file(1));
        let url = RepositoryUrl::parse("https://git.test/y.git").expect("a URL");
        assert_eq!(known.get(&Place { url, ..place(1) }), None);
    }
}
