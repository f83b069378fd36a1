//! The full report of a run: every finding with its place, as JSON, as SARIF for editors and code hosts, and the bill of materials.

use checks::{CheckResult, SourceChecks};
use domain::connector::Repository;
use domain::names::CommitId;
use domain::report::ReportEntry;
use domain::run::Run;
use domain::time::Timestamp;
use serde::Serialize;
use work::{Fault, Verdict};

use crate::platform::Platform;
use crate::workers::fetch::Fetched;

/// The document.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct FullReport<'a> {
    run: uuid::Uuid,
    repository: &'a Repository,
    commit: &'a CommitId,
    created_at: Timestamp,
    passed: bool,
    entries: &'a [ReportEntry],
    advisories: &'a [checks::sca::Source],
    checks: &'a [CheckResult],
}

/// Stores it, in place of what an earlier try of the run stored.
pub(crate) async fn store(
    platform: &Platform,
    run: &Run,
    repository: &Repository,
    fetched: &Fetched,
    (source, results): (&SourceChecks, &[CheckResult]),
    verdict: &Verdict,
) -> Result<(), Fault> {
    let now = platform.desk.clock.now();
    let report = FullReport {
        run: run.id,
        repository,
        commit: &fetched.commit,
        created_at: now,
        passed: verdict.passed,
        entries: &verdict.entries,
        advisories: &source.advisories,
        checks: results,
    };
    let all = results.iter().flat_map(|result| &result.findings);
    let findings: Vec<checks::Finding> = all.map(|one| one.finding.clone()).collect();
    let sarif = checks::sarif(&findings, env!("CARGO_PKG_VERSION"));
    let (url, tag) = (repository.url.to_string(), repository.tag.to_string());
    let serial = run.id.to_string();
    let bom = checks::sca::cyclonedx(&url, &tag, &source.inventories, &serial, &now.to_string());
    let blobs = &platform.blobs;
    blobs
        .put_json(&blobs::keys::report(run.id), &report)
        .await?;
    blobs.put_json(&blobs::keys::sarif(run.id), &sarif).await?;
    blobs
        .put_json(&blobs::keys::bill_of_materials(run.id), &bom)
        .await?;
    Ok(())
}
