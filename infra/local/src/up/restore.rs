//! After a restart the Deployments come back first, then whatever was under way goes on; what does not start is tried again.

use std::sync::Arc;
use std::time::Duration;

use functions::Platform;
use functions::scheduled::sweep;
use functions::workers::restore::{restore as restore_one, serving};
use futures_util::StreamExt;
use futures_util::stream::iter;
use tokio::time::sleep;

/// Deployments that start at the same time, so that a machine with many does not start all at once.
const AT_A_TIME: usize = 4;
const FIRST_RETRY: Duration = Duration::from_secs(1);
const LAST_RETRY: Duration = Duration::from_secs(60);

pub(super) async fn restore(platform: Arc<Platform>) {
    // Runs under way look for their own messages: none waits for the Deployments.
    if let Err(fault) = sweep::after_restart(&platform).await {
        tracing::error!(%fault, "what was under way could not be read; the next sweep tries again");
    }
    let mut wait = FIRST_RETRY;
    while let Err(failed) = all(&platform).await {
        tracing::warn!(
            failed,
            "Deployments did not come back and are started again"
        );
        sleep(wait).await;
        wait = (wait * 2).min(LAST_RETRY);
    }
}

/// Starts every Deployment that serves; how many did not start is the error.
async fn all(platform: &Arc<Platform>) -> Result<(), usize> {
    let records = match serving(platform).await {
        Ok(records) => records,
        Err(fault) => {
            tracing::error!(%fault, "the Deployments cannot be read");
            return Err(0);
        }
    };
    let failed = iter(records).map(|record| async move {
        let id = record.deployment.id;
        match restore_one(platform, id).await {
            Ok(()) => 0,
            Err(fault) => {
                tracing::warn!(deployment = %id, %fault, "a Deployment did not come back");
                1
            }
        }
    });
    let failed: Vec<usize> = failed.buffer_unordered(AT_A_TIME).collect().await;
    match failed.iter().sum() {
        0 => Ok(()),
        failed => Err(failed),
    }
}
