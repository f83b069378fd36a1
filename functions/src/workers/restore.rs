//! After a restart every Deployment serves again at its old address, from the revision that served. Where a run goes on, the run's worker
//! brings that revision back before it begins, so that nobody else moves the routes that it moves.

use std::sync::Arc;

use domain::deployment::{DeploymentRecord, RevisionRecord};
use futures_util::future::join_all;
use store::keys;
use store::keys::lists;
use uuid::Uuid;
use work::Fault;

use crate::platform::Platform;
use crate::workers::launches::prepare;

/// The Deployments that have a revision that serves.
///
/// # Errors
/// The table does not answer.
pub async fn serving(platform: &Platform) -> Result<Vec<DeploymentRecord>, Fault> {
    Ok(platform
        .desk
        .store
        .due(lists::SERVING, "\u{10ffff}", u64::MAX)
        .await?)
}

/// Starts the revision that serves of one Deployment, and routes to it.
///
/// # Errors
/// What an application met, or that a run goes on; whoever calls tries again later.
pub async fn restore(platform: &Arc<Platform>, deployment: Uuid) -> Result<(), Fault> {
    let Some(hold) = platform.desk.hold(deployment).await? else {
        return Err(Fault("a run of it goes on".to_owned()));
    };
    // The listing may be old by now: only what is read under the hold counts.
    let record: Option<DeploymentRecord> = platform
        .desk
        .store
        .get(&keys::deployment(deployment))
        .await?;
    let restored = match record {
        Some(record) => serve(platform, &record).await,
        None => Ok(()),
    };
    hold.release().await?;
    restored
}

/// Has the revision that serves started and routed, for the worker of a run of this Deployment. What does not start stays away: the
/// run may be what mends it.
pub(crate) async fn bring_back(platform: &Arc<Platform>, record: &DeploymentRecord) {
    if let Err(fault) = serve(platform, record).await {
        tracing::warn!(deployment = %record.deployment.id, %fault, "what served did not come back");
    }
}

/// Starts every application of the revision that serves, and routes to those that come up.
async fn serve(platform: &Platform, record: &DeploymentRecord) -> Result<(), Fault> {
    let Some(serving) = record.serving else {
        return Ok(());
    };
    let id = record.deployment.id;
    let revision: Option<RevisionRecord> = platform
        .desk
        .store
        .get(&keys::revision(id, serving))
        .await?;
    let revision =
        revision.ok_or_else(|| Fault(format!("the revision {serving} of {id} is gone")))?;
    let prepared = prepare(platform, record, &revision.target, serving).await?;
    let started = join_all(
        prepared
            .iter()
            .map(|one| platform.hosting.resume(&one.launch)),
    )
    .await;
    let failed: Vec<String> = started
        .into_iter()
        .filter_map(Result::err)
        .map(|error| error.to_string())
        .collect();
    if failed.len() < prepared.len() {
        platform
            .hosting
            .switch(id, serving)
            .await
            .map_err(Fault::of)?;
    }
    if failed.is_empty() {
        Ok(())
    } else {
        Err(Fault(failed.join("; ")))
    }
}
