//! One application of one revision: what it is, whether it is up, who visits it. Its task is in `supervise`.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use hosting::logs::LineMask;
use hosting::{Fault, Launch, StartError, StartFailure};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tokio_util::task::task_tracker::TaskTrackerToken;

use super::artifacts::Tree;
use super::options::Timing;
use super::port;

/// How far an instance has come.
#[derive(Debug, Clone)]
pub(crate) enum Phase {
    /// It was never healthy yet.
    Starting,
    /// It was healthy once; a crash since is its task's business.
    Up,
    /// It never became healthy, by its own doing.
    Refused(Box<StartFailure>),
    /// It never became healthy, by ours.
    Faulty(String),
    /// It was stopped, and nothing of it runs.
    Stopped,
}

/// Where the process that runs now listens.
struct Listening {
    port: u16,
    /// Where it records its ports, as it may listen anew.
    ports: PathBuf,
}

pub(crate) struct Instance {
    pub(crate) launch: Launch,
    pub(crate) mask: LineMask,
    /// Ends the instance's task.
    pub(crate) end: CancellationToken,
    phase: watch::Sender<Phase>,
    tree: Mutex<Option<Arc<Tree>>>,
    listening: Mutex<Option<Listening>>,
    visits: TaskTracker,
}

impl Instance {
    pub(crate) fn new(launch: &Launch, root: &CancellationToken) -> Self {
        let visits = TaskTracker::new();
        visits.close();
        Self {
            mask: LineMask::new(launch),
            launch: launch.clone(),
            end: root.child_token(),
            phase: watch::Sender::new(Phase::Starting),
            tree: Mutex::default(),
            listening: Mutex::default(),
            visits,
        }
    }

    pub(crate) fn phase(&self) -> Phase {
        self.phase.borrow().clone()
    }

    pub(crate) fn set_phase(&self, phase: Phase) {
        self.phase.send_replace(phase);
    }

    /// The unpacked artifact, from the start to the end of the instance.
    pub(crate) fn tree(&self) -> Option<Arc<Tree>> {
        self.held_tree().clone()
    }

    pub(crate) fn hold_tree(&self, tree: Option<Arc<Tree>>) {
        *self.held_tree() = tree;
    }

    fn held_tree(&self) -> MutexGuard<'_, Option<Arc<Tree>>> {
        self.tree.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Where its process listens on 127.0.0.1; `None` while it is down.
    pub(crate) fn port(&self) -> Option<u16> {
        self.listening().as_ref().map(|listening| listening.port)
    }

    /// The process is healthy on this port and records its ports in this folder.
    pub(crate) fn listens(&self, port: u16, ports: PathBuf) {
        *self.listening() = Some(Listening { port, ports });
    }

    /// The process is gone, or about to go: from now on its port may be anybody's.
    pub(crate) fn listens_no_more(&self) {
        *self.listening() = None;
    }

    /// Reads the port again: an application may close its listener and open another.
    pub(crate) fn refresh_port(&self) {
        if let Some(listening) = self.listening().as_mut()
            && let Some(port) = port::serving(&listening.ports)
        {
            listening.port = port;
        }
    }

    fn listening(&self) -> MutexGuard<'_, Option<Listening>> {
        self.listening
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until the start has come to its end.
    pub(crate) async fn settled(&self) -> Result<(), StartError> {
        let mut phase = self.phase.subscribe();
        let settled = phase
            .wait_for(|phase| !matches!(phase, Phase::Starting))
            .await;
        match settled.as_deref() {
            Ok(Phase::Refused(failure)) => Err(StartError::Verdict(failure.clone())),
            Ok(Phase::Faulty(what)) => Err(Fault::new(what.clone()).into()),
            Ok(Phase::Up | Phase::Starting) => Ok(()),
            Ok(Phase::Stopped) | Err(_) => {
                Err(Fault::new("the application was stopped while it started").into())
            }
        }
    }

    /// Ends it, and waits until nothing of it is left.
    pub(crate) async fn stop(&self) {
        self.end.cancel();
        let mut phase = self.phase.subscribe();
        let ended = |phase: &Phase| !matches!(phase, Phase::Starting | Phase::Up);
        // The sender is a field of this very value: it cannot be gone.
        let _ = phase.wait_for(ended).await;
    }

    /// Lets the visitors that are still there finish, up to the limit, and ends it then. Its route is gone already.
    pub(crate) async fn drain(&self, timing: &Timing) {
        let limit = timing.drain_of(self.launch.kind);
        tokio::select! {
            () = self.visits.wait() => {}
            () = tokio::time::sleep(limit) => {}
            () = self.end.cancelled() => {}
        }
        self.stop().await;
    }
}

/// Somebody uses the instance: it drains no further while this lives.
pub(crate) struct Visit {
    instance: Arc<Instance>,
    _counted: TaskTrackerToken,
}

impl Visit {
    /// Must be made while the routes are held, so that no instance loses its route between being found and being counted.
    pub(crate) fn new(instance: &Arc<Instance>) -> Self {
        Self {
            instance: instance.clone(),
            _counted: instance.visits.token(),
        }
    }

    pub(crate) fn instance(&self) -> &Instance {
        &self.instance
    }
}
