//! After a restart every Deployment serves again at its old address, from the revision that served.

use std::sync::Arc;

use domain::deployment::{DeploymentRecord, RevisionRecord};
use futures_util::future::join_all;
use store::keys;
use store::keys::lists;
use work::Fault;

use crate::platform::Platform;
use crate::workers::launches::prepare;

/// The Deployments that have a revision that serves.
///
/// # Errors
/// The table does not answer.
pub async fn serving(platform: &Platform) -> Result<Vec<DeploymentRecord>, Fault> {
    Ok(platform.desk.store.due(lists::SERVING, "\u{10ffff}", usize::MAX).await?)
}

/// Starts the revision that served of one Deployment, and routes to it.
///
/// # Errors
/// What an application met; whoever calls tries again later.
pub async fn restore(platform: &Arc<Platform>, record: &DeploymentRecord) -> Result<(), Fault> {
    let Some(serving) = record.serving else {
        return Ok(());
    };
    let id = record.deployment.id;
    let revision: Option<RevisionRecord> = platform.desk.store.get(&keys::revision(id, serving)).await?;
    let revision = revision.ok_or_else(|| Fault(format!("the revision {serving} of {id} is gone")))?;
    let prepared = prepare(platform, record, &revision.target, serving).await?;
    let started = join_all(prepared.iter().map(|one| platform.hosting.start(&one.launch))).await;
    let failed: Vec<String> =
        started.into_iter().filter_map(Result::err).map(|error| error.to_string()).collect();
    // What does start serves; the others are tried again.
    platform.hosting.switch(id, serving).await.map_err(Fault::of)?;
    if failed.is_empty() { Ok(()) } else { Err(Fault(failed.join("; "))) }
}
