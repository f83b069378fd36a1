//! What went wrong, for the person who gave the URL: one paragraph with a remedy. Internals, which may name what the operator
//! mapped, stay in `source()`.

use domain::names::{RepositoryUrl, Tag};

use crate::refusal::{Exceeded, Refusal};
use crate::unreachable::Unreachable;

/// An error of a part below, for the operator's log only.
pub(crate) type Internal = Box<dyn std::error::Error + Send + Sync>;

/// Why a repository could not be read. All but [`SourceError::Fault`] are the user's to mend.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SourceError {
    /// No git repository answers at the URL.
    #[error("Repository {repository} cannot be reached: {reason}")]
    NotReachable {
        /// As the user wrote it.
        repository: RepositoryUrl,
        /// What happened.
        reason: Unreachable,
        /// For the log.
        source: Option<Internal>,
    },
    /// The repository answers and does not have the tag.
    #[error(
        "Repository {repository} has no tag {tag}{}",
        if *branch {
            "; a branch of that name is not a tag. Tag a commit, as in `git tag v1.0.0`, and push the tag.".to_owned()
        } else {
            format!(". Push the tag with `git push origin {tag}`, or name one that exists.")
        }
    )]
    TagNotFound {
        /// As the user wrote it.
        repository: RepositoryUrl,
        /// As the user wrote it.
        tag: Tag,
        /// Whether a branch has this name.
        branch: bool,
    },
    /// The URL, or what the repository holds, is not accepted.
    #[error("Repository {repository} is refused: {reason}")]
    Refused {
        /// As the user wrote it.
        repository: RepositoryUrl,
        /// What is not accepted.
        reason: Refusal,
    },
    /// Reading it would cost more than the limits allow.
    #[error("Repository {repository} is too large: {limit}")]
    TooLarge {
        /// As the user wrote it.
        repository: RepositoryUrl,
        /// The limit, with its value.
        limit: Exceeded,
    },
    /// The platform's own failure; trying again may help.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// A failure of the platform or its machine: a full disk, a missing program.
#[derive(Debug, thiserror::Error)]
#[error(
    "The platform could not {doing}. The repository is not the cause; try again, or tell the operator."
)]
pub struct Fault {
    doing: &'static str,
    source: Internal,
}

/// A failure before it is known which repository it belongs to.
#[derive(Debug)]
pub(crate) enum Failure {
    Unreachable(Unreachable, Option<Internal>),
    NoTag { branch: bool },
    Refused(Refusal),
    TooLarge(Exceeded),
    Fault(Fault),
}

impl Failure {
    /// A failure of the machine while `doing`, a phrase that follows "could not".
    pub(crate) fn fault(doing: &'static str, source: impl Into<Internal>) -> Self {
        Self::Fault(Fault {
            doing,
            source: source.into(),
        })
    }

    /// Says of which repository and tag this is true.
    pub(crate) fn of(self, repository: &RepositoryUrl, tag: &Tag) -> SourceError {
        let repository = repository.clone();
        match self {
            Self::Unreachable(reason, source) => SourceError::NotReachable {
                repository,
                reason,
                source,
            },
            Self::NoTag { branch } => SourceError::TagNotFound {
                repository,
                tag: tag.clone(),
                branch,
            },
            Self::Refused(reason) => SourceError::Refused { repository, reason },
            Self::TooLarge(limit) => SourceError::TooLarge { repository, limit },
            Self::Fault(fault) => SourceError::Fault(fault),
        }
    }
}

impl From<Unreachable> for Failure {
    fn from(reason: Unreachable) -> Self {
        Self::Unreachable(reason, None)
    }
}

impl From<Refusal> for Failure {
    fn from(reason: Refusal) -> Self {
        Self::Refused(reason)
    }
}

impl From<Exceeded> for Failure {
    fn from(limit: Exceeded) -> Self {
        Self::TooLarge(limit)
    }
}
