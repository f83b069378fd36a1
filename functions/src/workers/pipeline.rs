//! What preview and publish have in common, as stages: fetched, checked, built, stored. Nobody builds what was not validated.

use std::collections::BTreeMap;
use std::sync::Arc;

use checks::{CheckResult, SourceChecks};
use domain::connector::{Release, Repository};
use domain::connector_staged::{ConnectorStaged, ConnectorStagedRecord};
use domain::names::ApplicationName;
use domain::run::{Run, RunSource};
use store::keys;
use work::{Fault, Verdict};

use crate::platform::Platform;
use crate::workers::builds::{Outcome, outcomes};
use crate::workers::drive::{Progress, step};
use crate::workers::fetch::{FetchError, Fetched, fetch};
use crate::workers::report::Seen;
use crate::workers::{checked, report, verdict};

/// Takes a draft from its tag to a release, as far as its builds have come.
pub(crate) async fn pipeline(platform: &Arc<Platform>, run: &mut Run) -> Result<Progress, Fault> {
    let record: Option<ConnectorStagedRecord> =
        platform.desk.store.get(&keys::staged(run.subject)).await?;
    let Some(record) = record.filter(|record| record.run == Some(run.id)) else {
        return Ok(Progress::Ended(superseded()));
    };
    let repository = &record.staged.repository;
    let fetched = match fetched(platform, run, repository).await {
        Ok(fetched) => fetched,
        Err(FetchError::Verdict(reason)) => {
            let verdict = verdict::unreachable(&reason, platform.desk.clock.now());
            return told(platform, run, repository, &Seen::default(), verdict).await;
        }
        Err(FetchError::Fault(fault)) => return Err(fault),
    };
    let (Some(spec), true) = (&fetched.spec, fetched.findings.is_empty()) else {
        let results = [verdict::specification(&fetched)];
        let seen = Seen {
            fetched: Some(&fetched),
            results: &results,
            ..Seen::default()
        };
        let verdict = verdict::refused(&fetched, platform.desk.clock.now());
        return told(platform, run, repository, &seen, verdict).await;
    };
    // Builds are ordered before the checks of the source begin, so that they go on side by side.
    let outcomes = outcomes(platform, run, &fetched).await?;
    let source = checked::source(platform, run, &fetched, spec).await?;
    // For whoever looks while the builds go on.
    run.entries = verdict::so_far(&fetched, &outcomes, &source, platform.desk.clock.now());
    step(platform, run, "build").await?;
    if outcomes.len() < fetched.applications.len() {
        return Ok(Progress::Waiting);
    }
    let results = results(platform, run, &fetched, &outcomes, &source).await?;
    let verdict = judged(platform, run, &record.staged, &fetched, &outcomes, &results);
    if verdict.passed
        && let Some(release) = verdict::release(repository, &fetched, &outcomes)
    {
        let key = blobs::keys::release(run.id);
        platform.blobs.put_json(&key, &release).await?;
    }
    let seen = Seen {
        fetched: Some(&fetched),
        source: Some(&source),
        results: &results,
        outcomes: Some(&outcomes),
    };
    told(platform, run, repository, &seen, verdict).await
}

/// The commit of the run, which is the same each time that the run is looked at; the first entries are there before and after.
async fn fetched(
    platform: &Arc<Platform>,
    run: &mut Run,
    repository: &Repository,
) -> Result<Fetched, FetchError> {
    if let Some(source) = &run.source {
        return fetch(platform, &run.owner, repository, Some(&source.commit)).await;
    }
    run.entries = vec![verdict::begun(repository, platform.desk.clock.now())];
    step(platform, run, "fetch").await?;
    let fetched = fetch(platform, &run.owner, repository, None).await?;
    run.source = Some(RunSource {
        repository: repository.clone(),
        commit: fetched.commit.clone(),
    });
    run.entries = checks::entries(&verdict::specification(&fetched), platform.desk.clock.now());
    step(platform, run, "check").await?;
    Ok(fetched)
}

/// All checks of the source and of the bundles.
async fn results(
    platform: &Arc<Platform>,
    run: &Run,
    fetched: &Fetched,
    outcomes: &BTreeMap<ApplicationName, Outcome>,
    source: &SourceChecks,
) -> Result<Vec<CheckResult>, Fault> {
    let mut results = vec![verdict::specification(fetched)];
    results.extend(source.results.iter().cloned());
    for (name, outcome) in outcomes {
        if let Outcome::Built(artifact, _) = outcome {
            let mut bundle =
                checked::bundle(platform, run, name, artifact, &source.waivers).await?;
            // What the source has shown is not told again of its copy.
            bundle.findings.retain(|one| !source.has(&one.finding));
            results.push(bundle);
        }
    }
    Ok(results)
}

/// The verdict; what is to come before a certifier is held to the checklist too.
fn judged(
    platform: &Platform,
    run: &Run,
    staged: &ConnectorStaged,
    fetched: &Fetched,
    outcomes: &BTreeMap<ApplicationName, Outcome>,
    results: &[CheckResult],
) -> Verdict {
    let now = platform.desk.clock.now();
    let mut verdict = verdict::judge(fetched, outcomes, results, now);
    if checked::for_certification(run) {
        let required = &platform.standards.policy(true).requires;
        verdict::require(&mut verdict, required, staged, fetched, now);
    }
    verdict
}

/// The end, once its full report is stored.
async fn told(
    platform: &Platform,
    run: &Run,
    repository: &Repository,
    seen: &Seen<'_>,
    verdict: Verdict,
) -> Result<Progress, Fault> {
    report::store(platform, run, repository, seen, &verdict).await?;
    Ok(Progress::Ended(verdict))
}

// The draft was given another repository meanwhile, which began another life of its preview.
fn superseded() -> Verdict {
    Verdict {
        passed: false,
        entries: Vec::new(),
    }
}

/// The release that a run has stored.
pub(crate) async fn stored(platform: &Platform, run: uuid::Uuid) -> Result<Release, Fault> {
    let release = platform.blobs.get_json(&blobs::keys::release(run)).await?;
    release.ok_or_else(|| Fault(format!("the release of run {run} is not stored")))
}
