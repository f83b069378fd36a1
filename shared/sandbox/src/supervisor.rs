//! Watches over one started command until nothing of it is left, and then says how it ended.

use std::future::pending;
use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::process::Child;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::sync::watch;
use tokio::time::sleep;

use crate::exit::{Exit, LimitHit};
use crate::group::Group;

/// Between asking and ending a command that has run out of time.
const GRACE: Duration = Duration::from_secs(2);

/// How long killed processes may take to disappear; one that the kernel holds in a broken disk may never.
const DISAPPEAR: Duration = Duration::from_secs(5);

/// SIGKILL: what is said of a command whose end the system did not tell.
const KILLED: i32 = 9;

/// Between two looks whether they have.
const LOOK: Duration = Duration::from_millis(10);

/// What it needs to know of the command.
pub(crate) struct Supervisor {
    pub(crate) child: Child,
    pub(crate) group: Arc<Group>,
    /// Whether exit codes come through bubblewrap.
    pub(crate) namespaces: bool,
    pub(crate) wall: Option<Duration>,
    pub(crate) hits: UnboundedReceiver<LimitHit>,
    /// Orders to stop, with their grace; closed when nobody holds the command any more.
    pub(crate) stops: UnboundedReceiver<Duration>,
    pub(crate) exit: watch::Sender<Option<Exit>>,
}

impl Supervisor {
    pub(crate) async fn run(mut self) {
        let exit = self.follow().await;
        self.clear().await;
        self.group.end();
        self.exit.send_replace(Some(exit));
    }

    async fn follow(&mut self) -> Exit {
        let wall = self.wall;
        let hit = tokio::select! {
            status = self.child.wait() => return self.exit_of(status.ok()),
            Some(hit) = self.hits.recv() => hit,
            () = time_is_up(wall) => LimitHit::Wall(wall.unwrap_or_default()),
            stop = self.stops.recv() => return self.end(stop.unwrap_or_default()).await,
        };
        let grace = match hit {
            LimitHit::Wall(_) => GRACE,
            LimitHit::Memory(_)
            | LimitHit::Processes(_)
            | LimitHit::Threads(_)
            | LimitHit::OpenFiles(_)
            | LimitHit::Disk(_)
            | LimitHit::Output(_) => Duration::ZERO,
        };
        self.end(grace).await;
        Exit::Limit(hit)
    }

    /// Asks, waits for the grace, and kills.
    async fn end(&mut self, grace: Duration) -> Exit {
        if !grace.is_zero() {
            self.group.terminate();
            tokio::select! {
                status = self.child.wait() => return self.exit_of(status.ok()),
                () = sleep(grace) => {}
                () = patience_ends(&mut self.stops) => {}
            }
        }
        self.group.kill();
        let status = self.child.wait().await;
        self.exit_of(status.ok())
    }

    /// The first process has ended: nothing that it started may go on.
    async fn clear(&self) {
        let until = Instant::now() + DISAPPEAR;
        while !self.group.is_gone() {
            self.group.kill();
            if Instant::now() > until {
                let group = self.group.leader();
                tracing::error!(group, "processes of an ended command do not disappear");
                return;
            }
            sleep(LOOK).await;
        }
    }

    fn exit_of(&self, status: Option<ExitStatus>) -> Exit {
        let code = status.and_then(|status| status.code());
        let signal = status.and_then(|status| status.signal());
        match (code, signal) {
            // bubblewrap says with its code what a shell would say.
            (Some(code @ 129..=192), _) if self.namespaces => Exit::Signal(code - 128),
            (Some(code), _) => Exit::Code(code),
            (None, signal) => Exit::Signal(signal.unwrap_or(KILLED)),
        }
    }
}

impl Drop for Supervisor {
    /// The runtime may be shut down before the command has ended.
    fn drop(&mut self) {
        self.group.kill();
    }
}

async fn time_is_up(wall: Option<Duration>) {
    match wall {
        Some(wall) => sleep(wall).await,
        None => pending().await,
    }
}

/// Comes with an order to stop without grace, or when nobody is left to wait.
async fn patience_ends(stops: &mut UnboundedReceiver<Duration>) {
    while let Some(grace) = stops.recv().await {
        if grace.is_zero() {
            return;
        }
    }
}
