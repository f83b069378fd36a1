//! The three things that are done with a repository, each by one blocking job that ends with its time limit or its caller.

use std::path::Path;
use std::sync::Arc;

use domain::names::{CommitId, RepositoryUrl, Tag};
use gix_hash::ObjectId;

use crate::attempt::{Attempt, EndOnDrop};
use crate::error::{Failure, SourceError};
use crate::known::{File, Known, Place};
use crate::limits::GitLimits;
use crate::map::RepositoryMap;
use crate::refusal::{Exceeded, Refusal};
use crate::remote::Remote;
use crate::session::{Files, Session, Target};
use crate::sharing::Sharing;
use crate::tree::{find_file, tagged};
use crate::unreachable::Unreachable;
use crate::wire::{Clients, Wire};
use crate::write::write_tree;

/// Reads repositories. Cheap to clone; clones share their HTTP connections and what they know.
#[derive(Debug, Clone)]
pub struct Git {
    map: RepositoryMap,
    limits: GitLimits,
    clients: Arc<Clients>,
    known: Arc<Known>,
    reading: Arc<Sharing<(RepositoryUrl, Tag, String), File>>,
}

impl Git {
    /// Reads what `map` leads to within `limits`, for each call anew.
    #[must_use]
    pub fn new(map: RepositoryMap, limits: GitLimits) -> Self {
        Self {
            map,
            limits,
            clients: Arc::default(),
            known: Arc::default(),
            reading: Arc::default(),
        }
    }

    /// The commit that a tag, annotated or not, points at. Nothing is fetched, so that it is a commit shows only when it is read.
    ///
    /// # Errors
    /// As [`SourceError`] says.
    pub async fn resolve_tag(
        &self,
        url: &RepositoryUrl,
        tag: &Tag,
    ) -> Result<CommitId, SourceError> {
        self.run(url, tag, |_, target, _| commit_id(target.peeled))
            .await
    }

    /// The commit of a tag, and the file at `path` (with `/`) in it, or nothing where it has none. The file may have
    /// [`GitLimits::read_bytes`]. The tag is resolved after the call and not before; a file that is known is not fetched again.
    ///
    /// # Errors
    /// As [`SourceError`] says.
    pub async fn read_file(
        &self,
        url: &RepositoryUrl,
        tag: &Tag,
        path: &str,
    ) -> Result<(CommitId, Option<Vec<u8>>), SourceError> {
        let key = (url.clone(), tag.clone(), path.to_owned());
        let read = async || self.read_alone(url, tag, path).await;
        self.reading.answer(&key, read).await
    }

    async fn read_alone(
        &self,
        url: &RepositoryUrl,
        tag: &Tag,
        path: &str,
    ) -> Result<File, SourceError> {
        let (known, url_read, path) = (Arc::clone(&self.known), url.clone(), path.to_owned());
        self.run(url, tag, move |session, target, attempt| {
            let place = Place {
                url: url_read,
                named: target.named,
                path,
            };
            if let Some(file) = known.get(&place) {
                return Ok(file);
            }
            let file = fetched_file(session, target, &place.path, attempt)?;
            known.keep(place, &file);
            Ok(file)
        })
        .await
    }

    /// Writes all files of a tag's commit into the folder `into`, which must be empty or not there: plain files with their
    /// executable bit, links that stay inside, no `.git`. After an error the folder is incomplete; throw it away.
    ///
    /// # Errors
    /// As [`SourceError`] says.
    pub async fn fetch_tree(
        &self,
        url: &RepositoryUrl,
        tag: &Tag,
        into: &Path,
    ) -> Result<CommitId, SourceError> {
        let into = into.to_owned();
        self.run(url, tag, move |session, target, attempt| {
            let files = Files::UpTo(attempt.limits.file_bytes);
            let mut pack = session.fetch_commit(target.named, files)?;
            let tagged = tagged(&mut pack, target.named)?;
            write_tree(&mut pack, tagged.tree, &into, session.filters(), attempt)?;
            commit_id(tagged.commit)
        })
        .await
    }

    /// Finds the tag and does `job` with it, on a thread that may block.
    async fn run<T, J>(&self, url: &RepositoryUrl, tag: &Tag, job: J) -> Result<T, SourceError>
    where
        T: Send + 'static,
        J: FnOnce(&mut Session, Target, &Attempt) -> Result<T, Failure> + Send + 'static,
    {
        let failed = |failure: Failure| failure.of(url, tag);
        let remote = match self
            .map
            .apply(url)
            .map_err(|reason| failed(reason.into()))?
        {
            Some(mapped) => mapped,
            None => Remote::of_user(url).map_err(|reason| failed(reason.into()))?,
        };
        let attempt = Attempt::start(self.limits.clone());
        let _end = EndOnDrop(Arc::clone(&attempt));
        let (clients, name) = (Arc::clone(&self.clients), tag.clone());
        let blocking = tokio::task::spawn_blocking(move || {
            let wire = Wire::open(&remote, &clients, &attempt)?;
            let mut session = Session::open(wire, Arc::clone(&attempt))?;
            let target = session.find_tag(&name)?;
            let result = job(&mut session, target, &attempt)?;
            tracing::debug!(tag = %name, received_bytes = attempt.received(), "read a repository");
            Ok(result)
        });
        let outcome = match tokio::time::timeout(self.limits.time, blocking).await {
            Ok(Ok(outcome)) => outcome,
            Ok(Err(panic)) => Err(Failure::fault("read the repository", panic)),
            Err(_) => Err(Unreachable::TimedOut(self.limits.time).into()),
        };
        outcome.map_err(failed)
    }
}

/// The file of a tag that is not known yet.
fn fetched_file(
    session: &mut Session,
    target: Target,
    path: &str,
    attempt: &Attempt,
) -> Result<File, Failure> {
    let mut pack = session.fetch_commit(target.named, Files::None)?;
    let tagged = tagged(&mut pack, target.named)?;
    let commit = commit_id(tagged.commit)?;
    let Some(id) = find_file(&mut pack, tagged.tree, path)? else {
        return Ok((commit, None));
    };
    let content = match pack.read(&id)? {
        Some((_, content)) => content,
        None => read_separately(session, id, path)?,
    };
    let limit = attempt.limits.read_bytes;
    if content.len() as u64 > limit {
        return Err(too_large(path, limit));
    }
    Ok((commit, Some(content)))
}

/// A server that left out all files sends one when it is asked for by its id.
fn read_separately(session: &mut Session, id: ObjectId, path: &str) -> Result<Vec<u8>, Failure> {
    let mut pack = session.fetch_file(id).map_err(|failure| match failure {
        Failure::TooLarge(Exceeded::File { limit, .. }) => too_large(path, limit),
        other => other,
    })?;
    let (_, content) = pack.read(&id)?.ok_or(Refusal::Damaged)?;
    Ok(content)
}

fn too_large(path: &str, limit: u64) -> Failure {
    let path = Some(path.to_owned());
    Exceeded::File { path, limit }.into()
}

fn commit_id(id: ObjectId) -> Result<CommitId, Failure> {
    CommitId::parse(&id.to_string()).map_err(|error| Failure::fault("read a commit id", error))
}
