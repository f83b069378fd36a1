//! One application of one revision: what it is, whether it is up or asleep, who visits it. Its task is in `supervise`.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use files::Dir;
use futures_util::FutureExt as _;
use hosting::logs::LineMask;
use hosting::{Fault, Launch, StartError, StartFailure};
use tokio::sync::{Notify, watch};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tokio_util::task::task_tracker::TaskTrackerToken;

use super::artifacts::Tree;
use super::client::Kept;
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

/// What a visitor finds.
#[derive(Debug, Clone)]
enum Presence {
    /// No process that answers; the first start, or the next after a crash, goes on.
    Away,
    /// No process, as nobody has asked for it.
    Asleep,
    /// Somebody has asked; it starts.
    Waking,
    /// A healthy process.
    Here {
        port: u16,
        /// Where it records its ports, as it may listen anew.
        ports: Arc<Dir>,
    },
}

pub(crate) struct Instance {
    pub(crate) launch: Launch,
    pub(crate) mask: LineMask,
    /// Ends the instance's task.
    pub(crate) end: CancellationToken,
    phase: watch::Sender<Phase>,
    tree: Mutex<Option<Arc<Tree>>>,
    presence: watch::Sender<Presence>,
    /// Wakes an instance that is asleep.
    wanted: Notify,
    /// Connections to the process that runs now.
    pub(crate) kept: Kept,
    visits: TaskTracker,
    /// Counts every visit that began.
    entered: AtomicU64,
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
            presence: watch::Sender::new(Presence::Away),
            wanted: Notify::new(),
            kept: Kept::default(),
            visits,
            entered: AtomicU64::new(0),
        }
    }

    /// One that is taken as healthy, and whose process starts with the first visit.
    pub(crate) fn asleep(launch: &Launch, root: &CancellationToken) -> Self {
        let instance = Self::new(launch, root);
        instance.set_phase(Phase::Up);
        instance.presence.send_replace(Presence::Asleep);
        instance
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
        match &*self.presence.borrow() {
            Presence::Here { port, .. } => Some(*port),
            _ => None,
        }
    }

    /// The same for a visitor, who wakes it where it is asleep; ends with the start, well or not.
    pub(crate) async fn awake(&self) -> Option<u16> {
        let mut presence = self.presence.subscribe();
        if matches!(*presence.borrow(), Presence::Asleep) {
            self.wanted.notify_one();
        }
        let settled = |now: &Presence| !matches!(now, Presence::Asleep | Presence::Waking);
        // The sender is a field of this very value: it cannot be gone.
        let _ = presence.wait_for(settled).await;
        self.port()
    }

    /// The process is healthy on this port and records its ports in this folder.
    pub(crate) fn is_here(&self, port: u16, ports: Arc<Dir>) {
        self.presence.send_replace(Presence::Here { port, ports });
    }

    /// The process is gone, or about to go: from now on its port may be anybody's.
    pub(crate) fn is_away(&self) {
        self.presence.send_replace(Presence::Away);
        self.kept.clear();
    }

    /// Reads the port again: an application may close its listener and open another.
    pub(crate) fn refresh_port(&self) {
        self.presence.send_if_modified(|presence| {
            let Presence::Here { port, ports } = presence else {
                return false;
            };
            let now = port::serving(ports).unwrap_or(*port);
            std::mem::replace(port, now) != now
        });
    }

    /// Returns once nobody has visited it for this long, and from then on it is asleep: its process is to be ended.
    pub(crate) async fn falls_asleep(&self, quiet: Duration) {
        loop {
            self.visits.wait().await;
            let entered = self.entered.load(Ordering::SeqCst);
            tokio::time::sleep(quiet).await;
            if self.entered.load(Ordering::SeqCst) == entered && self.lies_down() {
                return;
            }
        }
    }

    /// A visitor is counted before they look at the presence: whoever found it here is seen now, whoever comes later finds it asleep.
    fn lies_down(&self) -> bool {
        // Of somebody who came when it was about to sleep the last time, and found it here after all.
        let _ = self.wanted.notified().now_or_never();
        let before = self.presence.send_replace(Presence::Asleep);
        let alone = self.visits.is_empty();
        if alone {
            self.kept.clear();
        } else {
            self.presence.send_replace(before);
        }
        alone
    }

    /// Where it is asleep, waits until somebody wants it.
    pub(crate) async fn wakes_up(&self) {
        if matches!(*self.presence.borrow(), Presence::Asleep) {
            self.wanted.notified().await;
            self.presence.send_replace(Presence::Waking);
        }
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

    /// True while somebody uses it.
    pub(crate) fn is_visited(&self) -> bool {
        !self.visits.is_empty()
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
        instance.entered.fetch_add(1, Ordering::SeqCst);
        Self {
            instance: instance.clone(),
            _counted: instance.visits.token(),
        }
    }

    pub(crate) fn instance(&self) -> &Instance {
        &self.instance
    }
}
