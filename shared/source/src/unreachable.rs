//! The ways in which a repository does not answer, each with what to do about it. No text names what the operator mapped.

use std::time::Duration;

/// Why no git repository answered. `server` is the host in the user's URL, or words for the one that the operator mapped.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Unreachable {
    /// DNS knows no address.
    #[error("the name of {server} does not resolve. Check the URL for a typing error.")]
    UnknownHost {
        /// Who was asked.
        server: String,
    },
    /// Nobody listens, or no route leads there.
    #[error("{server} does not accept connections. Check the host in the URL, or try again later.")]
    Connect {
        /// Who was asked.
        server: String,
    },
    /// TLS failed because of the server's certificate.
    #[error(
        "the TLS certificate of {server} is not trusted. It must be valid, for this name, and from a public authority."
    )]
    Certificate {
        /// Who was asked.
        server: String,
    },
    /// HTTP 401, 403, 404 or 410: public hosts do not tell a private repository from one that does not exist.
    #[error(
        "{server} says that it does not exist or is private (HTTP {status}). Check the URL. For a private repository use the SSH \
         form, git@host:owner/name.git, and give the platform's account read access."
    )]
    Denied {
        /// Who answered.
        server: String,
        /// The HTTP status.
        status: u16,
    },
    /// The SSH server refused the platform's key, or the repository for that key.
    #[error(
        "{server} says that it does not exist, or that the platform's SSH key may not read it. Check the URL, and give the \
         platform's account read access."
    )]
    DeniedSsh {
        /// Who answered.
        server: String,
    },
    /// The SSH host key is not among those that the operator recorded.
    #[error(
        "the SSH host key of {server} is not one that the platform knows. Use the HTTPS form of the URL, or ask the operator to \
         record the key."
    )]
    HostKey {
        /// Who answered.
        server: String,
    },
    /// An HTTP redirect; following it would leave the checked address.
    #[error(
        "{server} redirects to another address, and redirects are not followed. Give the address that it redirects to; often that \
         is the same one with .git at its end."
    )]
    Redirected {
        /// Who answered.
        server: String,
    },
    /// Another HTTP status than 200.
    #[error("{server} answered HTTP {status}. Try again later.")]
    Status {
        /// Who answered.
        server: String,
        /// The HTTP status.
        status: u16,
    },
    /// Something else than git answers.
    #[error("what answers there is not a git repository. Give the URL that `git clone` takes.")]
    NotGit,
    /// Only the old protocols, in which a server lists everything that it has.
    #[error(
        "its server does not speak version 2 of the git protocol. Any server since git 2.18 does."
    )]
    OldProtocol,
    /// The operator's mapping leads to a folder that is not there or holds no repository.
    #[error("there is no git repository. Check the spelling of the URL.")]
    Missing,
    /// The time limit struck.
    #[error("reading it took longer than {} s. Try again; if it is large, remove large files from the tagged commit.", .0.as_secs_f64())]
    TimedOut(Duration),
    /// The connection broke.
    #[error("its server broke off in the middle of an answer. Try again.")]
    Broken,
}
