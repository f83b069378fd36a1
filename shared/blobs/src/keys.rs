//! The layout of the bucket.

use domain::names::{ArtifactHash, CommitId};
use uuid::Uuid;

/// The tree of a commit, as a packed archive.
#[must_use]
pub fn source(owner: &str, commit: &CommitId) -> String {
    format!("sources/{owner}/{commit}.tar.gz")
}

/// What a commit needs to be built and what was found in it.
#[must_use]
pub fn source_plan(owner: &str, commit: &CommitId) -> String {
    format!("sources/{owner}/{commit}.json")
}

/// The bundle of an application.
#[must_use]
pub fn artifact(hash: &ArtifactHash) -> String {
    format!("artifacts/{hash}.tar.gz")
}

/// What a bundle is; written after it, so where this is, the bundle is whole.
#[must_use]
pub fn manifest(hash: &ArtifactHash) -> String {
    format!("artifacts/{hash}.json")
}

/// How a build failed in a run.
#[must_use]
pub fn build_failure(run: Uuid, hash: &ArtifactHash) -> String {
    format!("runs/{run}/builds/{hash}.json")
}

/// The full report of a run.
#[must_use]
pub fn report(run: Uuid) -> String {
    format!("runs/{run}/report.json")
}

/// What a preview or publish run built, for the transaction that ends it.
#[must_use]
pub fn release(run: Uuid) -> String {
    format!("runs/{run}/release.json")
}
