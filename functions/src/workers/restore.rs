//! After a restart every Deployment serves again at its old address, from the revision that served. Where a run goes on, the run's worker
//! brings that revision back before it begins, so that nobody else moves the routes that it moves.

use std::sync::Arc;

use domain::deployment::{DeploymentRecord, RevisionRecord};
use futures_util::future::join_all;
use hosting::StartError;
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
    let restored = restore_held(platform, deployment).await;
    hold.release().await?;
    restored
}

async fn restore_held(platform: &Platform, deployment: Uuid) -> Result<(), Fault> {
    let record: Option<DeploymentRecord> = platform
        .desk
        .store
        .get(&keys::deployment(deployment))
        .await?;
    let Some(record) = record else {
        return Ok(());
    };
    let Some(revision) = serving_revision(platform, &record).await? else {
        return match record.serving {
            Some(serving) => Err(Fault(format!(
                "the revision {serving} of {deployment} is gone"
            ))),
            None => Ok(()),
        };
    };
    let refused = serve(platform, &record, &revision).await?;
    if refused.is_empty() {
        Ok(())
    } else {
        Err(Fault(refused.join("; ")))
    }
}

/// The revision that serves; none if no revision has served yet, or if its row is gone because an undeploy has removed it.
pub(crate) async fn serving_revision(
    platform: &Platform,
    record: &DeploymentRecord,
) -> Result<Option<RevisionRecord>, Fault> {
    let Some(serving) = record.serving else {
        return Ok(None);
    };
    let key = keys::revision(record.deployment.id, serving);
    Ok(platform.desk.store.get(&key).await?)
}

/// Starts and routes to the revision that serves, for the worker of a run of this Deployment. What does not start stays away: the run
/// may be what mends it.
pub(crate) async fn bring_back(
    platform: &Platform,
    record: &DeploymentRecord,
    revision: &RevisionRecord,
) {
    let why = match serve(platform, record, revision).await {
        Ok(refused) if refused.is_empty() => return,
        Ok(refused) => refused.join("; "),
        Err(fault) => fault.to_string(),
    };
    tracing::warn!(deployment = %record.deployment.id, why, "the serving revision did not come back");
}

/// Starts every application of the revision that serves, and routes to those that come up. Returns why others do not, if it is their own
/// doing.
///
/// # Errors
/// A fault of ours at any application, or at the switch.
pub(crate) async fn serve(
    platform: &Platform,
    record: &DeploymentRecord,
    revision: &RevisionRecord,
) -> Result<Vec<String>, Fault> {
    let (id, serving) = (record.deployment.id, revision.number);
    let prepared = prepare(platform, record, &revision.target, serving).await?;
    let started = join_all(
        prepared
            .iter()
            .map(|one| platform.hosting.resume(&one.launch)),
    )
    .await;
    let (mut refused, mut faults) = (Vec::new(), Vec::new());
    for error in started.into_iter().filter_map(Result::err) {
        match error {
            StartError::Verdict(failure) => refused.push(failure.to_string()),
            StartError::Fault(fault) => faults.push(Fault::of(fault).0),
        }
    }
    if refused.len() + faults.len() < prepared.len() {
        let switched = platform.hosting.switch(id, serving).await;
        faults.extend(switched.err().map(|fault| Fault::of(fault).0));
    }
    if faults.is_empty() {
        Ok(refused)
    } else {
        Err(Fault(faults.join("; ")))
    }
}
