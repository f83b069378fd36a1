//! What is not accepted of a URL or a tree, and which limit a repository exceeds: with the path where there is one, and a remedy.

use std::fmt;

use crate::limits::MIB;

/// What is not accepted. Paths are escaped and cut, as they are chosen by strangers.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// Another port than the protocol's own.
    #[error("port {0} is not allowed. Use https on port 443, or ssh on port 22.")]
    Port(u16),
    /// The host is, or resolves to, an address inside some network.
    #[error(
        "{0} does not have a public address. Use a repository on a public host; the operator can map a local one with \
         `--map-repository`."
    )]
    NotPublic(String),
    /// A path that could mean another place than it says.
    #[error(
        "its path has a part that is '.', '..' or starts with '-'. Give the plain path of the repository."
    )]
    UrlPath,
    /// The tag points at a file or a folder.
    #[error("the tag does not point at a commit. Tag a commit with `git tag`.")]
    NoCommit,
    /// SHA-256 object ids.
    #[error(
        "it uses SHA-256 object ids, which are not supported. Create it with `git init --object-format=sha1`."
    )]
    Sha256,
    /// A link that leads, or could lead, out of the repository.
    #[error(
        "{0} is a symbolic link that leaves the repository, is absolute, or has '..' after a name. Link to a relative path inside \
         the repository, or copy the file."
    )]
    Link(String),
    /// A file that must be a plain one.
    #[error("{0} is a symbolic link. Make it a plain file.")]
    LinkedFile(String),
    /// A repository inside the repository.
    #[error(
        "{0} is a git submodule, and submodules are not fetched. Copy its files into the repository, or use a package."
    )]
    Submodule(String),
    /// A name that no file may have.
    #[error("{path} is not a usable path: {why}. Rename it.")]
    Name {
        /// The path, escaped.
        path: String,
        /// What is wrong, as a clause.
        why: &'static str,
    },
    /// Two entries of one folder that are the same file here.
    #[error("{0} occurs twice in its folder. Rename one of the two.")]
    Duplicate(String),
    /// Objects that do not decode, or that are missing.
    #[error(
        "the objects that its server sent are damaged or incomplete. Run `git fsck` in the repository and push again."
    )]
    Damaged,
}

/// Which limit is exceeded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Exceeded {
    /// Bytes on the wire.
    #[error("its server sends more than {}. Remove large files from the tagged commit.", Size(*.0))]
    Received(u64),
    /// All objects together, unpacked.
    #[error("its files have more than {} together. Remove large files from the tagged commit.", Size(*.0))]
    Tree(u64),
    /// Files, links and folders.
    #[error(
        "it has more than {0} files and folders. Remove what the applications do not need, such as node_modules."
    )]
    Entries(usize),
    /// Nesting.
    #[error("{path} is more than {limit} folders deep. Move it up.")]
    Depth {
        /// The path, escaped.
        path: String,
        /// The limit.
        limit: usize,
    },
    /// One file, whose path is unknown while it is still packed.
    #[error("{} is larger than {}. Remove it from the tagged commit.", .path.as_deref().unwrap_or("one of its files"), Size(*.limit))]
    File {
        /// The path, escaped.
        path: Option<String>,
        /// The limit, in bytes.
        limit: u64,
    },
    /// One path or link target.
    #[error("{path} is a path, or links to one, of more than {limit} bytes. Shorten it.")]
    Path {
        /// The path, escaped and cut.
        path: String,
        /// The limit, in bytes.
        limit: usize,
    },
}

/// A path of a stranger's tree, fit for a message: escaped, and cut where a screen would be flooded.
pub(crate) fn shown(path: &str) -> String {
    const CHARS: usize = 200;
    let escaped: String = path
        .chars()
        .take(CHARS)
        .flat_map(char::escape_debug)
        .collect();
    if path.chars().nth(CHARS).is_some() {
        format!("{escaped}…")
    } else {
        escaped
    }
}

struct Size(u64);

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            bytes if bytes >= MIB && bytes % MIB == 0 => write!(f, "{} MiB", bytes / MIB),
            bytes if bytes >= 1024 && bytes % 1024 == 0 => write!(f, "{} KiB", bytes / 1024),
            bytes => write!(f, "{bytes} bytes"),
        }
    }
}
