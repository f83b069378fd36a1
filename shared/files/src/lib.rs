//! Folders that a build, a script or an application can write to.
//!
//! Strangers can replace any name in such a folder by a link at any moment, so a path into it means nothing. Everything here starts
//! from a [`Dir`], a descriptor that was opened before the strangers' code ran, and stays beneath it without following a link: neither a
//! symbolic link nor one of `/proc`. On Linux the kernel guarantees this (`openat2` with `RESOLVE_BENEATH`, `RESOLVE_NO_SYMLINKS` and
//! `RESOLVE_NO_MAGICLINKS`); elsewhere, and on kernels before 5.6, each component is opened by itself with `O_NOFOLLOW`.
//!
//! [`TemporaryFolder`] is the only type that owns a folder of files: dropping it hands the folder to a thread that removes it, so
//! that no caller waits for a hundred thousand files to go.

mod copy;
mod dir;
mod entries;
mod remove;
mod remover;
mod resolve;
mod temporary;
#[cfg(test)]
mod tests;
mod usage;

pub use copy::{copy_entries, copy_tree};
pub use dir::{Dir, Kind, Metadata, Owner};
pub use entries::{Entry, EntryKind, WalkError, WalkLimits, link_stays_inside, walk};
pub use remover::wait_until_removed;
pub use temporary::{TemporaryFolder, discard, empty};
pub use usage::disk_usage;
