//! The operator may serve a repository from another place than its URL says, and nobody learns from where: the mapped URL is in
//! no message and no debug output, as it may hold a token.

use std::fmt;

use domain::names::RepositoryUrl;

use crate::refusal::Refusal;
use crate::remote::{Remote, has_tricky_part};

/// URL prefixes and what stands in their place, as git's `url.<base>.insteadOf`.
#[derive(Clone, Default)]
pub struct RepositoryMap(Vec<Entry>);

#[derive(Clone)]
struct Entry {
    prefix: String,
    target: String,
}

/// A mapping that is not `PREFIX=GIT_URL`. Shows the prefix only.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidMapping {
    /// No `=`.
    #[error(
        "a mapping of repositories is written PREFIX=GIT_URL, as in https://github.com/acme/=file:///srv/repos/"
    )]
    Form,
    /// The part before `=` is no beginning of a repository URL.
    #[error(
        "a mapping starts with a repository URL or its beginning (https://…, git@… or ssh://git@…), and this with {0}"
    )]
    Prefix(String),
    /// The part behind `=` is no git URL.
    #[error(
        "what {0} is mapped to must be a git URL (https, http, ssh or file) or an absolute path, without query; a password needs https"
    )]
    Target(String),
}

impl RepositoryMap {
    /// Reads mappings of the form `PREFIX=GIT_URL`, where the prefix is the beginning of repository URLs up to a `/` or `:`, or a
    /// whole one. The longest prefix wins; of two equal ones the later.
    ///
    /// # Errors
    /// Says what the first bad mapping must look like.
    pub fn parse<S: AsRef<str>>(mappings: &[S]) -> Result<Self, InvalidMapping> {
        let entries = mappings
            .iter()
            .map(|mapping| Entry::parse(mapping.as_ref()));
        Ok(Self(entries.collect::<Result<_, _>>()?))
    }

    /// The operator's place for this URL, if it is mapped.
    pub(crate) fn apply(&self, url: &RepositoryUrl) -> Result<Option<Remote>, Refusal> {
        let url = url.as_str();
        let longest = self
            .0
            .iter()
            .filter_map(|entry| Some((entry, entry.rest(url)?)))
            .max_by_key(|(entry, _)| entry.prefix.len());
        let Some((entry, rest)) = longest else {
            return Ok(None);
        };
        // The user writes the rest: it must not climb out of what the operator mapped.
        if has_tricky_part(rest) {
            return Err(Refusal::UrlPath);
        }
        Remote::of_operator(&join(&entry.target, rest))
            .map(Some)
            .ok_or(Refusal::UrlPath)
    }
}

impl Entry {
    fn parse(mapping: &str) -> Result<Self, InvalidMapping> {
        let (prefix, target) = mapping.split_once('=').ok_or(InvalidMapping::Form)?;
        if !["https://", "git@", "ssh://git@"]
            .iter()
            .any(|start| prefix.starts_with(start))
        {
            return Err(InvalidMapping::Prefix(prefix.to_owned()));
        }
        // A prefix may map to the bare beginning of a URL, which is whole only together with a name.
        if Remote::of_operator(&join(target, "name")).is_none() {
            return Err(InvalidMapping::Target(prefix.to_owned()));
        }
        Ok(Self {
            prefix: prefix.to_owned(),
            target: target.to_owned(),
        })
    }

    /// What follows the prefix, if it ends where a part of the URL ends: `https://github.com` is no prefix of
    /// `https://github.com.example.org/`.
    fn rest<'u>(&self, url: &'u str) -> Option<&'u str> {
        let rest = url.strip_prefix(&self.prefix)?;
        let whole_part = self.prefix.ends_with(['/', ':'])
            || rest.is_empty()
            || rest == ".git"
            || rest.starts_with('/');
        whole_part.then_some(rest)
    }
}

/// Puts exactly one separator between the two.
fn join(target: &str, rest: &str) -> String {
    if rest.is_empty() || rest == ".git" {
        return format!("{target}{rest}");
    }
    let rest = rest.trim_start_matches('/');
    if target.ends_with(['/', ':']) {
        format!("{target}{rest}")
    } else {
        format!("{target}/{rest}")
    }
}

impl fmt::Debug for RepositoryMap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.0.iter().map(|entry| &entry.prefix))
            .finish()
    }
}

#[cfg(test)]
mod tests;
