//! What reading one repository may cost at most, whatever its owner or its server does.

use std::time::Duration;

/// One MiB, in bytes.
pub(crate) const MIB: u64 = 1024 * 1024;

/// What a server may send before the pack starts, in bytes: a hundred thousand references fit, in case it ignores the filter.
pub(crate) const LISTING_BYTES: u64 = 16 * MIB;

/// How many annotated tags may stand between a tag and its commit: git allows any number, people use one.
pub(crate) const TAG_CHAIN: usize = 16;

/// The limits of one call of [`Git`](crate::Git).
#[derive(Debug, Clone)]
pub struct GitLimits {
    /// From the call to its answer, resolving names and writing files included.
    pub time: Duration,
    /// What the server may send, in bytes: packs are compressed, so this is less than the tree.
    pub received_bytes: u64,
    /// All files of the tree together, in bytes, so that a small pack cannot fill the disk or the memory.
    pub tree_bytes: u64,
    /// Files, links and folders in the tree.
    pub entries: usize,
    /// Folders inside each other.
    pub depth: usize,
    /// One file, in bytes.
    pub file_bytes: u64,
    /// One path from the root of the repository, and the target of one symbolic link, in bytes.
    pub path_bytes: usize,
    /// A file that [`Git::read_file`](crate::Git::read_file) returns, in bytes: it is kept in memory and parsed.
    pub read_bytes: u64,
}

impl Default for GitLimits {
    fn default() -> Self {
        Self {
            time: Duration::from_secs(60),
            received_bytes: 200 * MIB,
            tree_bytes: 500 * MIB,
            entries: 20_000,
            depth: 32,
            file_bytes: 50 * MIB,
            path_bytes: 1024,
            read_bytes: MIB / 4,
        }
    }
}
