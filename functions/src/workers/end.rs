//! The end of a run and what it changes are one transaction: nobody sees the one without the other.

use std::sync::Arc;

use domain::connector_staged::ConnectorStagedRecord;
use domain::deployment::{DeploymentBuild, DeploymentRecord};
use domain::lifecycle::run::Event;
use domain::report::Report;
use domain::run::{Run, RunKind};
use store::{Commit, CommitError, keys};
use work::{Fault, Verdict};

use crate::platform::Platform;
use crate::workers::{deploy, preview, publish, undeploy};

// Users may change the draft while its preview runs; each of their writes costs one more try.
const TRIES: u32 = 10;

/// Ends a run.
pub(crate) async fn end(
    platform: &Arc<Platform>,
    mut run: Run,
    verdict: Verdict,
) -> Result<(), Fault> {
    let event = if verdict.passed {
        Event::Succeed
    } else {
        Event::Fail
    };
    // A run that expires was perhaps never claimed.
    let claimed = run.state.on(Event::Claim).map_err(Fault::of)?.0;
    (run.state, _) = claimed.on(event).map_err(Fault::of)?;
    run.entries.clone_from(&verdict.entries);
    if let Some(step) = run.steps.last_mut() {
        step.ended_at = Some(platform.desk.clock.now());
    }
    run.version += 1;
    commit(platform, &run, &verdict).await?;
    // A run that expires does not wait for its builds any longer.
    platform.builds.withdraw(run.id);
    Ok(())
}

async fn commit(platform: &Arc<Platform>, run: &Run, verdict: &Verdict) -> Result<(), Fault> {
    for _ in 0..TRIES {
        let commit = Commit::new().update(run);
        let Some(commit) = change(platform, run, verdict, commit).await? else {
            platform.desk.commit(Commit::new().update(run)).await?;
            return Ok(());
        };
        match platform.desk.commit(commit).await {
            Ok(()) => return Ok(()),
            Err(CommitError::Refused(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(Fault(format!(
        "the end of run {} was refused {TRIES} times",
        run.id
    )))
}

/// What the end changes beside the run; none where the resource is gone or has another run.
async fn change(
    platform: &Arc<Platform>,
    run: &Run,
    verdict: &Verdict,
    commit: Commit,
) -> Result<Option<Commit>, Fault> {
    match run.kind {
        RunKind::Preview | RunKind::Publish { .. } => {
            let key = keys::staged(run.subject);
            let record: Option<ConnectorStagedRecord> = platform.desk.store.get(&key).await?;
            let Some(mut record) = record.filter(|record| record.run == Some(run.id)) else {
                return Ok(None);
            };
            record.run = None;
            record.last_modified_at = platform.desk.clock.now();
            record.staged.version += 1;
            let commit = match run.kind {
                RunKind::Publish { certification } => {
                    publish::ended(platform, record, run, certification, verdict, commit).await?
                }
                _ => preview::ended(platform, record, run.id, verdict, commit).await?,
            };
            Ok(Some(commit))
        }
        RunKind::Deploy | RunKind::Undeploy { .. } => {
            let key = keys::deployment(run.subject);
            let record: Option<DeploymentRecord> = platform.desk.store.get(&key).await?;
            let Some(mut record) = record.filter(|record| record.run == Some(run.id)) else {
                return Ok(None);
            };
            record.run = None;
            record.last_modified_at = platform.desk.clock.now();
            record.deployment.details.build = Some(DeploymentBuild {
                id: run.id,
                report: Some(Report {
                    entries: verdict.entries.clone(),
                }),
            });
            let commit = match run.kind {
                RunKind::Deploy => deploy::ended(platform, record, run, verdict, commit).await?,
                _ => undeploy::ended(record, verdict, commit)?,
            };
            Ok(Some(commit))
        }
    }
}
