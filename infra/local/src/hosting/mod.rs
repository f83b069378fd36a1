//! Applications run as sandboxed processes of this machine: a revision starts beside the one that serves and takes its place at once.
//!
//! What is running lives in memory only: after a restart the caller starts and switches every Deployment again. The processes of a
//! killed `slipway` end with it (see `sandbox`); their folders go when the next one opens the same data folder.

mod artifacts;
mod client;
mod command;
mod instance;
mod logs;
mod options;
mod output;
mod port;
mod process;
mod reach;
mod registry;
mod runtime;
mod script;
mod supervise;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use hosting::{
    CallError, Fault, Hosting, Kind, Launch, LogError, LogPage, LogQuery, ScriptOutcome, StartError,
};
use jiff::tz::TimeZone;
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::TaskTracker;
use uuid::Uuid;

use self::artifacts::ArtifactStore;
pub(crate) use self::client::exchange_and_keep;
pub(crate) use self::instance::{Instance, Visit};
use self::logs::LogStore;
pub use self::options::{Artifacts, Layout, NodeRuntime, Options, Timing};
use self::registry::Registry;
use self::runtime::RuntimeFiles;
use crate::stalls;

/// What the tasks of all applications share. They hold no `ProcessHosting`, so that dropping the last of those ends them.
pub(crate) struct Shared {
    pub(crate) options: Options,
    pub(crate) logs: LogStore,
    artifacts: ArtifactStore,
    runtime: RuntimeFiles,
    tasks: TaskTracker,
    root: CancellationToken,
}

/// The adapter of [`Hosting`] for one machine. Clones are the same hosting; dropping the last one kills every application.
#[derive(Clone)]
pub struct ProcessHosting {
    shared: Arc<Shared>,
    registry: Arc<Registry>,
    _end: Arc<DropGuard>,
}

impl ProcessHosting {
    /// Opens the data folder, and removes what a process that was killed left in it. Only one process may have it open.
    ///
    /// # Errors
    /// Where the folder cannot be written to.
    pub fn open(options: Options) -> Result<Self, Fault> {
        let data = std::path::absolute(&options.data)
            .map_err(|cause| Fault::because("the data folder has no absolute path", cause))?;
        let options = Options { data, ..options };
        process::clear(&options.runs())?;
        let today = (options.clock)().0.to_zoned(TimeZone::UTC).date();
        let logs = LogStore::open(options.data.join("logs"), today)?;
        let artifacts = ArtifactStore::open(options.data.join("apps"), options.artifacts.clone())?;
        let runtime = RuntimeFiles::write(&options.data.join("runtime"))?;
        let root = CancellationToken::new();
        let end = Arc::new(root.clone().drop_guard());
        let shared = Shared {
            options,
            logs,
            artifacts,
            runtime,
            tasks: TaskTracker::new(),
            root,
        };
        Ok(Self {
            shared: Arc::new(shared),
            registry: Arc::default(),
            _end: end,
        })
    }

    /// Stops every application as an undeploy would, and returns when all are gone and all logs written.
    pub async fn shutdown(&self) {
        self.shared.root.cancel();
        self.shared.tasks.close();
        self.shared.tasks.wait().await;
        self.shared.logs.flush().await;
    }

    /// The instance of this launch, with its task.
    fn run(&self, launch: &Launch, make: impl FnOnce() -> Instance) -> Arc<Instance> {
        let (instance, fresh) = self.registry.instance(launch, make);
        if fresh {
            let task = supervise::run(self.shared.clone(), instance.clone());
            let name = "the supervision of an application";
            self.shared.tasks.spawn(stalls::named(name, task));
        }
        instance
    }

    /// Lets instances without routes finish their requests in the background, and stops them then.
    fn drain(&self, instances: Vec<Arc<Instance>>) {
        for instance in instances {
            let shared = self.shared.clone();
            self.shared.tasks.spawn(async move {
                instance.drain(&shared.options.timing).await;
                shared.artifacts.tidy();
            });
        }
    }

    /// Stops all at the same time: each may take its whole grace.
    async fn end(&self, instances: Vec<Arc<Instance>>) {
        for instance in &instances {
            instance.end.cancel();
        }
        for instance in &instances {
            instance.stop().await;
        }
        self.shared.artifacts.tidy();
    }

    /// The application that serves now, held until the visit is dropped.
    pub(crate) fn enter(&self, application: Uuid) -> Option<Visit> {
        self.registry.enter(application)
    }

    /// Returns the kind of the application that serves now. Does not count as a visit.
    pub(crate) fn kind_of(&self, application: Uuid) -> Option<Kind> {
        Some(self.registry.instance_of(application)?.launch.kind)
    }

    /// Where the process of an application listens at the moment; `None` while it is down, or where nothing is routed. For diagnosis.
    #[must_use]
    pub fn port_of(&self, application: Uuid) -> Option<u16> {
        self.registry.instance_of(application)?.port()
    }
}

impl std::fmt::Debug for ProcessHosting {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ProcessHosting").finish_non_exhaustive()
    }
}

#[async_trait]
impl Hosting for ProcessHosting {
    async fn start(&self, launch: &Launch) -> Result<(), StartError> {
        let make = || Instance::new(launch, &self.shared.root);
        self.run(launch, make).settled().await
    }

    async fn resume(&self, launch: &Launch) -> Result<(), StartError> {
        let asleep = self.shared.options.timing.sleeps_after(launch).is_some();
        if !asleep {
            return self.start(launch).await;
        }
        let make = || Instance::asleep(launch, &self.shared.root);
        self.run(launch, make).settled().await
    }

    async fn run_script(&self, launch: &Launch, script: &str) -> Result<ScriptOutcome, Fault> {
        script::run(&self.shared, launch, script).await
    }

    async fn switch(&self, deployment: Uuid, revision: u64) -> Result<(), Fault> {
        self.registry.switch(deployment, revision)
    }

    async fn retire(&self, deployment: Uuid, revision: u64) -> Result<(), Fault> {
        self.drain(self.registry.retire(deployment, revision));
        Ok(())
    }

    async fn stop(&self, deployment: Uuid, revision: u64) -> Result<(), Fault> {
        let taken = self.registry.take(deployment, Some(revision));
        let (visited, idle) = taken.into_iter().partition(|it| it.is_visited());
        self.drain(visited);
        self.end(idle).await;
        Ok(())
    }

    async fn remove(&self, deployment: Uuid) -> Result<(), Fault> {
        self.end(self.registry.take(deployment, None)).await;
        Ok(())
    }

    async fn call(
        &self,
        application: Uuid,
        request: http::Request<Bytes>,
        limit: Duration,
    ) -> Result<http::Response<Bytes>, CallError> {
        reach::call(self, application, request, limit).await
    }

    async fn logs(&self, query: &LogQuery) -> Result<LogPage, LogError> {
        self.shared.logs.page(query).await
    }
}
