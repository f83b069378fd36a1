//! A deploy run that does not end well leaves everything as it found it: the revision before serves, by its own schedules, and nothing of
//! the new one runs. Until the run has ended, nothing is done that cannot be undone: the revision before keeps running beside the new one.

use domain::deployment::{DeploymentRecord, RevisionRecord};
use domain::lifecycle::run::RunState;
use domain::run::Run;
use store::keys;
use uuid::Uuid;
use work::Fault;

use crate::platform::Platform;
use crate::workers::restore::{serve, serving_revision};
use crate::workers::schedules;

/// The step in which schedules and routes change. Before it, there is nothing to set back.
pub(crate) const SWITCH: &str = "switch";

/// Sets everything back that a run has changed, and stops what it has started. Idempotent, also from halfway.
///
/// # Errors
/// A fault of ours. The new revision is stopped only when the routes are back, so that an application always serves.
pub(crate) async fn undo(
    platform: &Platform,
    run: &Run,
    record: &DeploymentRecord,
    before: Option<&RevisionRecord>,
) -> Result<(), Fault> {
    if run.steps.iter().any(|step| step.name == SWITCH) {
        if let Some(before) = before {
            let refused = serve(platform, record, before).await?;
            if !refused.is_empty() {
                let why = refused.join("; ");
                tracing::warn!(run = %run.id, why, "applications of the revision before did not come back");
            }
        }
        let (new, old) = (&record.target, before.map(|before| &before.target));
        schedules::change(platform, record, Some(new), old).await?;
    }
    platform
        .hosting
        .stop(record.deployment.id, record.revision)
        .await
        .map_err(Fault::of)
}

/// Undoes a run that ends without its worker.
pub(crate) async fn abandon(platform: &Platform, run: &Run) -> Result<(), Fault> {
    let key = keys::deployment(run.subject);
    let record: Option<DeploymentRecord> = platform.desk.store.get(&key).await?;
    let ours = |record: &DeploymentRecord| record.run == Some(run.id);
    let Some(record) = record.filter(ours) else {
        return Ok(());
    };
    let before = serving_revision(platform, &record).await?;
    undo(platform, run, &record, before.as_ref()).await
}

/// Ends the revisions before the one that serves, once a run has ended well. Whoever comes later ends them again, which does no harm:
/// the numbers of revisions only grow.
pub(crate) async fn retire(platform: &Platform, run: Uuid) -> Result<(), Fault> {
    let store = &platform.desk.store;
    let run: Option<Run> = store.get(&keys::run(run)).await?;
    let Some(run) = run.filter(|run| run.state == RunState::Succeeded) else {
        return Ok(());
    };
    let record: Option<DeploymentRecord> = store.get(&keys::deployment(run.subject)).await?;
    match record.and_then(|record| record.serving) {
        Some(serving) => platform
            .hosting
            .retire(run.subject, serving)
            .await
            .map_err(Fault::of),
        None => Ok(()),
    }
}
