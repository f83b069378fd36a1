//! What the hosting is given: a folder, a clock, its artifacts, and its times.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use domain::limits;
use domain::names::ArtifactHash;
use domain::time::Timestamp;
use hosting::{Backoff, CrashLoop, Fault, Idle, Kind, Launch};
use tokio::sync::mpsc;

/// What is known of one artifact beside its files: the builder's manifest, and the machine's Node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    /// The application's folder (of a static application: of its files), relative to the artifact's tree; empty for the tree itself.
    pub folder: PathBuf,
    /// How it runs; static applications do not.
    pub node: Option<NodeRuntime>,
}

/// How a Node application runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NodeRuntime {
    /// The command line that starts it, for a shell in its folder.
    pub start: String,
    /// Folders within the tree to put before the system's in `PATH`, for the start and for scripts.
    pub path: Vec<PathBuf>,
    /// Folders of this machine with `node` (in the first one), `npm` and, for scripts, the package manager; `PATH` has them after `path`.
    pub commands: Vec<PathBuf>,
    /// Folders and files of this machine that these commands must be able to read.
    pub read: Vec<PathBuf>,
    /// `name` of its package.json.
    pub package_name: Option<String>,
    /// `version` of its package.json.
    pub package_version: Option<String>,
}

/// Where artifacts come from; the hosting keeps each one unpacked, once.
#[async_trait]
pub trait Artifacts: Send + Sync {
    /// Puts the artifact's tree at `into`, which does not exist yet. Must refuse what would leave it.
    ///
    /// # Errors
    /// Where the artifact is not there or not whole.
    async fn unpack(&self, artifact: &ArtifactHash, into: &Path) -> Result<(), Fault>;

    /// The artifact's layout; makes sure that its Node version is on this machine.
    ///
    /// # Errors
    /// Where the artifact is not there, or its Node version cannot be had.
    async fn layout(&self, artifact: &ArtifactHash) -> Result<Layout, Fault>;
}

/// Everything that a hosting is opened with.
#[derive(Clone)]
pub struct Options {
    /// Its folder; `apps`, `run`, `runtime` and `logs` are made in it.
    pub data: PathBuf,
    /// The time, for log entries.
    pub clock: Arc<dyn Fn() -> Timestamp + Send + Sync>,
    /// Where artifacts come from.
    pub artifacts: Arc<dyn Artifacts>,
    /// Its times.
    pub timing: Timing,
    /// Where applications that crash again and again are told.
    pub crash_loops: mpsc::UnboundedSender<CrashLoop>,
}

impl Options {
    /// One folder for each process, emptied when the hosting opens.
    pub(crate) fn runs(&self) -> PathBuf {
        self.data.join("run")
    }
}

/// The times of a hosting; tests shorten them.
#[derive(Debug, Clone)]
pub struct Timing {
    /// An application is healthy this long after its start, or its start has failed.
    pub start: Duration,
    /// The waits before restarts.
    pub backoff: Backoff,
    /// An application that served this long without a crash has its back-off begin anew.
    pub steady: Duration,
    /// From SIGTERM to SIGKILL.
    pub grace: Duration,
    /// An older revision may finish a request of a service or an event for this long, once it lost its route.
    pub drain: Duration,
    /// The same for a job, whose one request may take as long as an execution may.
    pub drain_job: Duration,
    /// A script is stopped after this.
    pub script: Duration,
    /// An application that may sleep does so after this time without a request; none: it never does.
    pub sleep: Option<Duration>,
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            start: Duration::from_secs(60),
            backoff: Backoff::default(),
            steady: Duration::from_secs(5 * 60),
            // As Cloud Run has it.
            grace: Duration::from_secs(10),
            drain: limits::APPLICATION_REQUEST,
            drain_job: limits::JOB_EXECUTION,
            script: Duration::from_secs(10 * 60),
            sleep: Some(Self::SLEEP),
        }
    }
}

impl Timing {
    /// As Cloud Run keeps an idle instance.
    pub const SLEEP: Duration = Duration::from_secs(15 * 60);

    /// After how long without a request the application sleeps, if it does.
    pub(crate) fn sleeps_after(&self, launch: &Launch) -> Option<Duration> {
        let may = launch.kind.is_dynamic() && launch.idle == Idle::Sleeps;
        self.sleep.filter(|_| may)
    }

    pub(crate) fn drain_of(&self, kind: Kind) -> Duration {
        if kind == Kind::Job {
            self.drain_job
        } else {
            self.drain
        }
    }
}
