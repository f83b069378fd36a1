//! The adapter of `BuildEngine` for one machine: builds run in this process's sandbox, two at a time, and each is done once however
//! many runs wait for it.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use blobs::{Blobs, keys};
use builder::{
    BuildEngine, BuildError, BuildFailure, BuildOrder, BuildRequest, FailedBuild, OrderError,
    TRIES, Toolchain,
};
use domain::names::ArtifactHash;
use store::rows::Message;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use work::{Desk, Fault};

use crate::stalls;

/// Builds that run at the same time: each keeps a core busy.
const AT_A_TIME: usize = 2;

/// Builds on this machine.
#[derive(Clone)]
pub(crate) struct LocalBuilds(Arc<Shared>);

struct Shared {
    desk: Desk,
    blobs: Blobs,
    toolchain: Arc<Toolchain>,
    scratch: PathBuf,
    places: Semaphore,
    /// Who waits for which build.
    waiting: Mutex<HashMap<ArtifactHash, Vec<BuildOrder>>>,
    under_way: TaskTracker,
    end: CancellationToken,
}

impl LocalBuilds {
    /// An engine with nothing to do.
    #[must_use]
    pub(crate) fn new(
        desk: Desk,
        blobs: Blobs,
        toolchain: Arc<Toolchain>,
        scratch: PathBuf,
    ) -> Self {
        Self(Arc::new(Shared {
            desk,
            blobs,
            toolchain,
            scratch,
            places: Semaphore::new(AT_A_TIME),
            waiting: Mutex::default(),
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
        let first = {
            let mut waiting = self.0.waiting.lock().expect("no panic while it is held");
            let orders = waiting.entry(order.hash.clone()).or_default();
            let first = orders.is_empty();
            if !orders.contains(&order) {
                orders.push(order.clone());
            }
            first
        };
        if first {
            let shared = self.0.clone();
            let end = shared.end.clone();
            let serve = async move { stalls::named("a build", shared.serve(order)).await };
            self.0.under_way.spawn(end.run_until_cancelled_owned(serve));
        }
        Ok(())
    }
}

impl Shared {
    async fn serve(&self, order: BuildOrder) {
        let _place = self
            .places
            .acquire()
            .await
            .expect("the places are never closed");
        let mut result = self.build(&order).await;
        for _ in 1..TRIES {
            let Err(Failure::Fault(fault)) = &result else {
                break;
            };
            tracing::warn!(%fault, application = %order.application, "a build met a fault and is tried again");
            tokio::time::sleep(Duration::from_secs(1)).await;
            result = self.build(&order).await;
        }
        let orders = {
            let mut waiting = self.waiting.lock().expect("no panic while it is held");
            waiting.remove(&order.hash).unwrap_or_default()
        };
        for order in orders {
            if let Err(fault) = self.tell(&order, &result).await {
                tracing::error!(%fault, run = %order.run, "the end of a build could not be told; the sweep looks at the run again");
            }
        }
    }

    async fn build(&self, order: &BuildOrder) -> Result<(), Failure> {
        let folder = tempfile::tempdir_in(&self.scratch).map_err(Fault::of)?;
        let archive = folder.path().join("source.tar.gz");
        let source = keys::source(order.owner.as_str(), &order.commit);
        if !self
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
        let mut progress = |progress: builder::Progress<'_>| {
            tracing::debug!(%application, ?progress, "building");
        };
        let built =
            match builder::build_archive(archive, &request, &self.toolchain, &mut progress).await {
                Ok(built) => built,
                Err(BuildError::Verdict(failure)) => return Err(self.failed(&failure).await),
                Err(BuildError::Fault(fault)) => return Err(Fault::of(fault).into()),
            };
        if let Some(log) = read_log(&built.log).await {
            let key = keys::build_log(&order.hash);
            self.blobs.put(&key, log).await.map_err(Fault::from)?;
        }
        self.blobs
            .put_file(&keys::artifact(&order.hash), &built.archive)
            .await
            .map_err(Fault::from)?;
        // The manifest is written last: where it is, the artifact is whole.
        self.blobs
            .put_json(&keys::manifest(&order.hash), &built.manifest)
            .await
            .map_err(Fault::from)?;
        Ok(())
    }

    /// What its author gets to read of a build that failed.
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
                        self.blobs.put(&key, log.clone()).await?;
                    }
                    failed.clone()
                }
                Failure::Fault(fault) => {
                    tracing::error!(%fault, run = %order.run, "a build met a fault {TRIES} times");
                    FailedBuild::by_our_fault()
                }
            };
            let key = keys::build_failure(order.run, &order.hash);
            self.blobs.put_json(&key, &failed).await?;
        }
        let ended = Message::BuildEnded { run: order.run };
        Ok(self.desk.send(ended, Duration::ZERO).await?)
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
