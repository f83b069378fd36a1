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

/// What the checks found in the source of a commit; `stamp` names what it was judged by.
#[must_use]
pub fn source_checks(owner: &str, commit: &CommitId, stamp: &str) -> String {
    format!("sources/{owner}/{commit}.checks.{stamp}.json")
}

/// The advisories that were fetched last, as a zip archive.
pub const ADVISORIES: &str = "advisories/osv.zip";

/// What was fetched there, and when; written after it.
pub const ADVISORIES_STATE: &str = "advisories/osv.json";

/// What was seen in a part of a Project's sources, as the checks of that version see it; `digest` names the part's files.
#[must_use]
pub fn seen(owner: &str, digest: &str, version: &str) -> String {
    format!("checks/{owner}/{digest}.{version}.json")
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

/// A bundle as the code of a Lambda function, with the executable of that digest.
#[must_use]
pub fn function(hash: &ArtifactHash, executable: &str) -> String {
    format!("artifacts/{hash}.function.{executable}.zip")
}

/// The executable of that digest, for builds.
#[must_use]
pub fn builder(executable: &str) -> String {
    format!("builders/{executable}")
}

/// What is in a bundle, as the checks of that version see it.
#[must_use]
pub fn bundle_facts(hash: &ArtifactHash, version: &str) -> String {
    format!("artifacts/{hash}.facts.{version}.json")
}

/// The output of the build of a bundle.
#[must_use]
pub fn build_log(hash: &ArtifactHash) -> String {
    format!("artifacts/{hash}.log")
}

/// How a build failed in a run.
#[must_use]
pub fn build_failure(run: Uuid, hash: &ArtifactHash) -> String {
    format!("runs/{run}/builds/{hash}.json")
}

/// What a build is told.
#[must_use]
pub fn build_order(run: Uuid, hash: &ArtifactHash) -> String {
    format!("runs/{run}/builds/{hash}.order.json")
}

/// The builds that were begun in a run for one bundle.
#[must_use]
pub fn build_attempts(run: Uuid, hash: &ArtifactHash) -> String {
    format!("runs/{run}/builds/{hash}.attempts.json")
}

/// The output of a build that failed in a run.
#[must_use]
pub fn failed_build_log(run: Uuid, hash: &ArtifactHash) -> String {
    format!("runs/{run}/builds/{hash}.log")
}

/// Which files the full report of a run has; written last, so where this is, all of them are.
#[must_use]
pub fn report_files(run: Uuid) -> String {
    format!("runs/{run}/files.json")
}

/// The full report of a run.
#[must_use]
pub fn report(run: Uuid) -> String {
    format!("runs/{run}/report.json")
}

/// The findings of a run in SARIF 2.1.0.
#[must_use]
pub fn sarif(run: Uuid) -> String {
    format!("runs/{run}/report.sarif")
}

/// The bill of materials of a run in CycloneDX 1.6.
#[must_use]
pub fn bill_of_materials(run: Uuid) -> String {
    format!("runs/{run}/bom.json")
}

/// The static applications that a deploy run had built with their values, for the transaction that ends it.
#[must_use]
pub fn sites(run: Uuid) -> String {
    format!("runs/{run}/sites.json")
}

/// What a preview or publish run built, for the transaction that ends it.
#[must_use]
pub fn release(run: Uuid) -> String {
    format!("runs/{run}/release.json")
}
