//! Git without trust: a tag becomes a commit, a file or a folder of plain files, and nothing that a repository or its server
//! does can reach further than that.
//!
//! * Addresses that users give are hostile: https on port 443 or ssh on port 22, to a public address that was resolved and checked
//!   once, without redirects and proxies. Addresses that the operator maps ([`RepositoryMap`]) are trusted.
//! * Packs are hostile: every size is bounded before memory or disk is spent on it ([`GitLimits`]).
//! * Trees are hostile: no name, link or submodule makes anything appear outside the folder that was asked for.
//!
//! No git program reads what a repository holds, so there are no hooks, no filters and no attributes. `git upload-pack` serves
//! repositories on this machine, `ssh` carries the protocol; both only send bytes.

mod address;
mod attempt;
mod error;
mod git;
mod known;
mod limits;
mod map;
mod names;
mod pack;
mod refusal;
mod remote;
mod session;
mod sharing;
mod tree;
mod unreachable;
mod wire;
mod write;

pub use error::{Fault, SourceError};
pub use git::Git;
pub use limits::GitLimits;
pub use map::{InvalidMapping, RepositoryMap};
pub use refusal::{Exceeded, Refusal};
pub use unreachable::Unreachable;
