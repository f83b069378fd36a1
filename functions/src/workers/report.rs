//! The full report of a run: every finding with its place, as JSON, as SARIF for editors and code hosts, the bill of materials, and what
//! each build wrote.

use std::collections::BTreeMap;

use builder::StepTime;
use checks::{CheckResult, SourceChecks};
use domain::connector::Repository;
use domain::names::{ApplicationName, ArtifactHash, CommitId};
use domain::report::ReportEntry;
use domain::run::Run;
use domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use work::{Fault, Verdict};

use crate::platform::Platform;
use crate::workers::builds::Outcome;
use crate::workers::fetch::Fetched;

/// What a run has seen when it ends, as far as it came.
#[derive(Default)]
pub(crate) struct Seen<'a> {
    pub(crate) fetched: Option<&'a Fetched>,
    pub(crate) source: Option<&'a SourceChecks>,
    pub(crate) results: &'a [CheckResult],
    pub(crate) outcomes: Option<&'a BTreeMap<ApplicationName, Outcome>>,
}

/// One file of a full report, and where it is.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct StoredFile {
    pub(crate) name: String,
    pub(crate) media_type: String,
    pub(crate) bytes: u64,
    pub(crate) application: Option<ApplicationName>,
    pub(crate) key: String,
}

/// The document.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct FullReport<'a> {
    run: Uuid,
    action: &'static str,
    repository: &'a Repository,
    commit: Option<&'a CommitId>,
    created_at: Timestamp,
    passed: bool,
    entries: &'a [ReportEntry],
    advisories: &'a [checks::sca::Source],
    checks: &'a [CheckResult],
    builds: Vec<Build<'a>>,
}

/// What came of the build of an application.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Build<'a> {
    application: &'a ApplicationName,
    passed: bool,
    /// Of an artifact that was there before, those of the build that made it.
    steps: &'a [StepTime],
}

/// Stores it, in place of what an earlier try of the run stored.
pub(crate) async fn store(
    platform: &Platform,
    run: &Run,
    repository: &Repository,
    seen: &Seen<'_>,
    verdict: &Verdict,
) -> Result<(), Fault> {
    let now = platform.desk.clock.now();
    let report = FullReport {
        run: run.id,
        action: run.kind.as_str(),
        repository,
        commit: seen.fetched.map(|fetched| &fetched.commit),
        created_at: now,
        passed: verdict.passed,
        entries: &verdict.entries,
        advisories: seen.source.map_or(&[], |source| &source.advisories),
        checks: seen.results,
        builds: seen.outcomes.into_iter().flatten().map(build).collect(),
    };
    let sarif = checks::sarif(seen.results, env!("CARGO_PKG_VERSION"));
    let mut files = Vec::new();
    let json = blobs::keys::report(run.id);
    files.push(document(platform, "report.json", "application/json", json, &report).await?);
    let key = blobs::keys::sarif(run.id);
    files.push(
        document(
            platform,
            "report.sarif",
            "application/sarif+json",
            key,
            &sarif,
        )
        .await?,
    );
    if let Some(source) = seen.source {
        let (url, tag) = (repository.url.to_string(), repository.tag.to_string());
        let (serial, now) = (run.id.to_string(), now.to_string());
        let bom = checks::sca::cyclonedx(&url, &tag, &source.inventories, &serial, &now);
        let key = blobs::keys::bill_of_materials(run.id);
        let kind = "application/vnd.cyclonedx+json";
        files.push(document(platform, "bom.json", kind, key, &bom).await?);
    }
    for (name, outcome) in seen.outcomes.into_iter().flatten() {
        let hash = seen.fetched.and_then(|fetched| fetched.address(name));
        if let Some(hash) = hash {
            files.extend(log(platform, run, name, hash, outcome).await?);
        }
    }
    let key = blobs::keys::report_files(run.id);
    Ok(platform.blobs.put_json(&key, &files).await?)
}

/// The files of a run's full report; none where it has none, as a run that the platform could not finish.
pub(crate) async fn files(platform: &Platform, run: Uuid) -> Result<Vec<StoredFile>, Fault> {
    let key = blobs::keys::report_files(run);
    let files: Option<Vec<StoredFile>> = platform.blobs.get_json(&key).await?;
    Ok(files.unwrap_or_default())
}

fn build<'a>((application, outcome): (&'a ApplicationName, &'a Outcome)) -> Build<'a> {
    Build {
        application,
        passed: matches!(outcome, Outcome::Built(..)),
        steps: match outcome {
            Outcome::Built(_, manifest) => &manifest.steps,
            Outcome::Failed(_) => &[],
        },
    }
}

async fn document(
    platform: &Platform,
    name: &str,
    media_type: &str,
    key: String,
    document: &impl Serialize,
) -> Result<StoredFile, Fault> {
    let text = serde_json::to_vec(document).map_err(Fault::of)?;
    let bytes = text.len() as u64;
    platform.blobs.put(&key, text).await?;
    Ok(StoredFile {
        name: name.to_owned(),
        media_type: media_type.to_owned(),
        bytes,
        application: None,
        key,
    })
}

/// What the build of an application wrote: where it failed in this run, else where its artifact was made, whenever that was.
async fn log(
    platform: &Platform,
    run: &Run,
    application: &ApplicationName,
    hash: &ArtifactHash,
    outcome: &Outcome,
) -> Result<Option<StoredFile>, Fault> {
    let key = match outcome {
        Outcome::Built(..) => blobs::keys::build_log(hash),
        Outcome::Failed(_) => blobs::keys::failed_build_log(run.id, hash),
    };
    let file = |bytes| StoredFile {
        name: format!("build-{application}.log"),
        media_type: "text/plain; charset=utf-8".to_owned(),
        bytes,
        application: Some(application.clone()),
        key: key.clone(),
    };
    Ok(platform.blobs.size(&key).await?.map(file))
}
