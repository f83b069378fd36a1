//! What preview and publish have in common, as stages: fetched, checked, built, stored. Nobody builds what was not validated.

use std::sync::Arc;

use domain::connector::Release;
use domain::connector_staged::ConnectorStagedRecord;
use domain::run::Run;
use store::keys;
use work::{Fault, Verdict};

use crate::platform::Platform;
use crate::workers::builds::{Outcome, outcomes};
use crate::workers::drive::{Progress, step};
use crate::workers::fetch::{FetchError, fetch};
use crate::workers::{checked, report, verdict};

/// Takes a draft from its tag to a release, as far as its builds have come.
pub(crate) async fn pipeline(platform: &Arc<Platform>, run: &mut Run) -> Result<Progress, Fault> {
    let record: Option<ConnectorStagedRecord> =
        platform.desk.store.get(&keys::staged(run.subject)).await?;
    let Some(record) = record.filter(|record| record.run == Some(run.id)) else {
        return Ok(Progress::Ended(superseded()));
    };
    let repository = &record.staged.repository;
    step(platform, run, "fetch").await?;
    let now = platform.desk.clock.now();
    let fetched = match fetch(platform, &run.owner, repository).await {
        Ok(fetched) => fetched,
        Err(FetchError::Verdict(reason)) => {
            return Ok(Progress::Ended(verdict::unreachable(&reason, now)));
        }
        Err(FetchError::Fault(fault)) => return Err(fault),
    };
    let (Some(spec), true) = (&fetched.spec, fetched.findings.is_empty()) else {
        return Ok(Progress::Ended(verdict::refused(&fetched, now)));
    };
    // Builds are ordered before the checks of the source begin, so that they go on side by side.
    let outcomes = outcomes(platform, run, &fetched).await?;
    step(platform, run, "check").await?;
    let source = checked::source(platform, run, &fetched, spec).await?;
    // For whoever looks while the builds go on.
    run.entries = verdict::so_far(&fetched, &source, platform.desk.clock.now());
    step(platform, run, "build").await?;
    let Some(outcomes) = outcomes else {
        return Ok(Progress::Waiting);
    };
    let mut results = vec![verdict::specification(&fetched)];
    results.extend(source.results.iter().cloned());
    for (name, outcome) in &outcomes {
        if let Outcome::Built(artifact, _) = outcome {
            let mut bundle =
                checked::bundle(platform, run, name, artifact, &source.waivers).await?;
            // What the source has shown is not told again of its copy.
            bundle.findings.retain(|one| !source.has(&one.finding));
            results.push(bundle);
        }
    }
    let now = platform.desk.clock.now();
    let mut verdict = verdict::judge(&fetched, &outcomes, &results, now);
    if checked::for_certification(run) {
        let required = &platform.standards.policy(true).requires;
        verdict::require(
            &mut verdict,
            required,
            (&record.staged, spec),
            &fetched,
            now,
        );
    }
    report::store(
        platform,
        run,
        repository,
        &fetched,
        (&source, &results),
        &verdict,
    )
    .await?;
    if verdict.passed
        && let Some(release) = verdict::release(repository, fetched, outcomes)
    {
        platform
            .blobs
            .put_json(&blobs::keys::release(run.id), &release)
            .await?;
    }
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
