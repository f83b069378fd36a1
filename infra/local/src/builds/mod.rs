//! The adapter of `BuildEngine` for one machine: builds run in this process's sandbox, a few at a time and in an order that is fair among Projects,
//! and each is done once however many runs wait for it.
//!
//! The limits are three places, and two for one Project (see `fair_queue`). Two builds keep two cores busy; the third place is there so that a Project
//! with nothing running begins at once beside one that has ordered many long builds. It waits only for the builds of at least two other
//! Projects, each of which ends within the time limit of a build.

mod orders;

use std::panic::AssertUnwindSafe;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use async_trait::async_trait;
use blobs::{Blobs, keys};
use builder::{
    BuildEngine, BuildError, BuildFailure, BuildOrder, BuildRequest, BuildUnderWay, FailedBuild,
    OrderError, Progress, TRIES, Toolchain,
};
use domain::names::ArtifactHash;
use files::TemporaryFolder;
use futures_util::FutureExt;
use store::rows::Message;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use uuid::Uuid;
use work::{Desk, Fault};

use self::orders::Orders;
use crate::fair_queue::Limits;
use crate::stalls;

const LIMITS: Limits = Limits {
    places: 3,
    per_project: 2,
};

/// Time between a fault of the platform and the next try of the same build.
const RETRY: Duration = Duration::from_secs(1);

/// Builds on this machine.
#[derive(Clone)]
pub(crate) struct LocalBuilds(Arc<Shared>);

/// Dependencies of the builds.
pub(crate) struct Parts {
    pub(crate) desk: Desk,
    pub(crate) blobs: Blobs,
    pub(crate) toolchain: Arc<Toolchain>,
    pub(crate) scratch: PathBuf,
    /// Wall time of a whole build.
    pub(crate) limit: Duration,
}

struct Shared {
    parts: Parts,
    orders: Mutex<Orders>,
    under_way: TaskTracker,
    end: CancellationToken,
}

impl LocalBuilds {
    /// Creates an engine with nothing to do.
    #[must_use]
    pub(crate) fn new(parts: Parts) -> Self {
        Self(Arc::new(Shared {
            parts,
            orders: Mutex::new(Orders::new(LIMITS)),
            under_way: TaskTracker::new(),
            end: CancellationToken::new(),
        }))
    }

    /// Ends the builds that are under way; the runs that wait order them again at the next start.
    pub(crate) async fn stop(&self) {
        self.0.end.cancel();
        self.0.under_way.close();
        self.0.under_way.wait().await;
    }
}

#[async_trait]
impl BuildEngine for LocalBuilds {
    async fn order(&self, order: BuildOrder) -> Result<(), OrderError> {
        self.0.orders().add(order);
        self.0.begin();
        Ok(())
    }

    fn under_way(&self, run: Uuid) -> Vec<BuildUnderWay> {
        self.0.orders().under_way(run)
    }

    fn withdraw(&self, run: Uuid) {
        self.0.orders().withdraw(run);
    }
}

/// The place of a running build, which is free for the next one when this is dropped, also by a panic.
struct Place {
    shared: Arc<Shared>,
    hash: ArtifactHash,
}

impl Drop for Place {
    fn drop(&mut self) {
        self.shared.orders().free(&self.hash);
        self.shared.begin();
    }
}

impl Shared {
    fn orders(&self) -> MutexGuard<'_, Orders> {
        self.orders.lock().expect("no panic while it is held")
    }

    /// Begins every build that has a place.
    fn begin(self: &Arc<Self>) {
        while !self.end.is_cancelled() {
            let Some(hash) = self.orders().begin() else {
                break;
            };
            let serve = stalls::named("a build", self.clone().serve(hash));
            let end = self.end.clone();
            self.under_way.spawn(end.run_until_cancelled_owned(serve));
        }
    }

    async fn serve(self: Arc<Self>, hash: ArtifactHash) {
        let place = Place {
            shared: self.clone(),
            hash: hash.clone(),
        };
        let Some((order, stop)) = self.orders().wanted(&hash) else {
            return;
        };
        let build = unless_it_panics(self.build(&order));
        let Some(result) = stop.run_until_cancelled(build).await else {
            return;
        };
        if let Err(Failure::Fault(fault)) = &result
            && self.orders().pause(&hash)
        {
            drop(place);
            tracing::warn!(%fault, application = %order.application, "a build met a fault and is tried again");
            tokio::time::sleep(RETRY).await;
            self.orders().add_again(&hash);
            self.begin();
            return;
        }
        self.orders().ended(&hash);
        drop(place);
        loop {
            let Some(orders) = self.orders().take(&hash) else {
                break;
            };
            for order in orders {
                if let Err(fault) = self.tell(&order, &result).await {
                    tracing::error!(%fault, run = %order.run, "the end of a build could not be told; the sweep looks at the run again");
                }
            }
        }
    }

    async fn build(&self, order: &BuildOrder) -> Result<(), Failure> {
        let folder =
            TemporaryFolder::create_in(&self.parts.scratch, "build-").map_err(Fault::of)?;
        let archive = folder.path().join("source.tar.gz");
        let source = keys::source(order.owner.as_str(), &order.commit);
        if !self
            .parts
            .blobs
            .get_file(&source, &archive)
            .await
            .map_err(Fault::from)?
        {
            return Err(Fault(format!("the source {source} is not stored")).into());
        }
        let request = BuildRequest {
            tree: folder.path().join("tree"),
            application: order.application.clone(),
            kind: order.kind,
            environment: order.environment.clone(),
        };
        let application = order.application.clone();
        let mut progress = |progress: Progress<'_>| {
            tracing::debug!(%application, ?progress, "building");
            if let Progress::Started(step) = progress {
                self.orders().at_step(&order.hash, step);
            }
        };
        let (limit, toolchain) = (self.parts.limit, &self.parts.toolchain);
        let building =
            builder::build_archive_within(limit, archive, &request, toolchain, &mut progress);
        let built = match building.await {
            Ok(built) => built,
            Err(BuildError::Verdict(failure)) => return Err(self.failed(&failure).await),
            Err(BuildError::Fault(fault)) => return Err(Fault::of(fault).into()),
        };
        if let Some(log) = read_log(&built.log).await {
            let key = keys::build_log(&order.hash);
            self.parts.blobs.put(&key, log).await.map_err(Fault::from)?;
        }
        self.parts
            .blobs
            .put_file(&keys::artifact(&order.hash), &built.archive)
            .await
            .map_err(Fault::from)?;
        // The manifest is written last: where it is, the artifact is whole.
        self.parts
            .blobs
            .put_json(&keys::manifest(&order.hash), &built.manifest)
            .await
            .map_err(Fault::from)?;
        Ok(())
    }

    /// Returns the part of a failed build that its author may read.
    async fn failed(&self, failure: &BuildFailure) -> Failure {
        let failed = FailedBuild {
            step: failure.step,
            message: checks::secrets::masked(&failure.to_string()),
        };
        Failure::Verdict(failed, read_log(&failure.log).await)
    }

    async fn tell(&self, order: &BuildOrder, result: &Result<(), Failure>) -> Result<(), Fault> {
        if let Err(failure) = result {
            let failed = match failure {
                Failure::Verdict(failed, log) => {
                    if let Some(log) = log {
                        let key = keys::failed_build_log(order.run, &order.hash);
                        self.parts.blobs.put(&key, log.clone()).await?;
                    }
                    failed.clone()
                }
                Failure::Fault(fault) => {
                    tracing::error!(%fault, run = %order.run, "a build met a fault {TRIES} times");
                    FailedBuild::by_our_fault()
                }
            };
            let key = keys::build_failure(order.run, &order.hash);
            self.parts.blobs.put_json(&key, &failed).await?;
        }
        let ended = Message::BuildEnded { run: order.run };
        Ok(self.parts.desk.send(ended, Duration::ZERO).await?)
    }
}

/// The output of a build, without what looks like a credential; nothing where the log is gone, which is no reason to fail.
async fn read_log(log: &Path) -> Option<String> {
    let path = log.to_owned();
    let read = move || builder::read_log(&path).map(|text| checks::secrets::masked(&text));
    match tokio::task::spawn_blocking(read).await {
        Ok(Ok(text)) => Some(text),
        Ok(Err(error)) => {
            tracing::warn!(%error, log = %log.display(), "the log of a build cannot be read");
            None
        }
        Err(panic) => {
            tracing::error!(%panic, log = %log.display(), "the log of a build could not be masked");
            None
        }
    }
}

/// A build that panics has met a fault: the runs that wait for it are told, and its place is free for the next one.
async fn unless_it_panics(build: impl Future<Output = Result<(), Failure>>) -> Result<(), Failure> {
    let result = AssertUnwindSafe(build).catch_unwind().await;
    result.unwrap_or_else(|_| Err(Fault("the build panicked".to_owned()).into()))
}

#[derive(Debug)]
enum Failure {
    /// With what the build wrote.
    Verdict(FailedBuild, Option<String>),
    Fault(Fault),
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_build_that_panics_met_a_fault() {
        let result = unless_it_panics(async { panic!("an unexpected lockfile") }).await;
        assert!(matches!(result, Err(Failure::Fault(_))), "{result:?}");
    }
}
