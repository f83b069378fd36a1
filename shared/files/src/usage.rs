//! Measures what lies beneath a folder while a stranger writes to it.

use std::io;
use std::path::Path;

use crate::dir::{Dir, Kind};

/// Bytes that every file and folder counts at least, as an empty one takes an inode too: the block of common file systems.
const ENTRY_BYTES: u64 = 4096;

/// Folders above one another. Each is an open file while it is measured, and no tool makes as many.
const DEPTH: usize = 500;

/// Returns how many bytes of the disk all that lies beneath a folder takes. Measuring stops above `limit`. A tree that is more than 500 folders
/// deep takes `u64::MAX`: nobody needs it, and measuring it would cost an open file for each level. What disappears meanwhile is not
/// counted; links are not followed.
///
/// # Errors
/// The folder itself cannot be read.
pub fn disk_usage(folder: &Dir, limit: u64) -> io::Result<u64> {
    let mut bytes: u64 = 0;
    let mut levels = vec![(folder.try_clone()?, folder.each_name()?)];
    while let Some((level, names)) = levels.last_mut() {
        let Some(name) = names.next() else {
            levels.pop();
            continue;
        };
        let Ok(name) = name else {
            continue;
        };
        let Ok(metadata) = level.metadata(Path::new(&name)) else {
            continue;
        };
        bytes = bytes.saturating_add(metadata.disk_bytes.max(ENTRY_BYTES));
        if bytes > limit {
            break;
        }
        if metadata.kind != Kind::Folder {
            continue;
        }
        let inner = level.open_dir(Path::new(&name));
        if levels.len() > DEPTH {
            return Ok(u64::MAX);
        }
        if let Ok(inner) = inner
            && let Ok(names) = inner.each_name()
        {
            levels.push((inner, names));
        }
    }
    Ok(bytes)
}
