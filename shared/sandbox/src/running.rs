//! A started command, which ends with everything that it started at the latest when its `Running` is dropped.

use std::ffi::CString;
use std::io;
use std::os::unix::ffi::OsStrExt as _;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use tokio::process::Child;
use tokio::runtime::Handle;
use tokio::sync::mpsc::{self, UnboundedSender, unbounded_channel};
use tokio::sync::watch;

use crate::capabilities::Means;
use crate::command::{Command, Network, Priority};
use crate::confine::{self, Confinement};
use crate::error::SandboxError;
use crate::exit::Exit;
use crate::group::Group;
use crate::lines::{Line, Reading, Stream};
use crate::program::Checked;
use crate::supervisor::Supervisor;
use crate::view::View;
use crate::{bwrap, landlock_rules, sampler, spawner};

/// Lines that wait for their reader before the command has to.
const LINES_WAITING: usize = 256;

/// A started command; dropping it ends it with everything that it started.
#[derive(Debug)]
pub struct Running {
    group: Arc<Group>,
    lines: Option<mpsc::Receiver<Line>>,
    stops: UnboundedSender<Duration>,
    exit: watch::Receiver<Option<Exit>>,
}

impl Running {
    pub(crate) fn start(command: Command, means: &Means) -> Result<Running, SandboxError> {
        let checked = Checked::of(&command)?;
        if let Some(user) = means.user.filter(|_| !means.views) {
            checked.paths.check_open(user)?;
        }
        let program = checked.program.clone();
        let start = || -> io::Result<Running> {
            let runtime = Handle::try_current().map_err(io::Error::other)?;
            let prepared = prepare(&command, checked, means)?;
            let context = runtime.clone();
            let child = spawner::on_lasting_thread(move || {
                let _context = context.enter();
                spawn(prepared)
            })??;
            Running::supervise(child, &command, means, &runtime)
        };
        start().map_err(|source| SandboxError::Start { program, source })
    }

    fn supervise(
        mut child: Child,
        command: &Command,
        means: &Means,
        runtime: &Handle,
    ) -> io::Result<Running> {
        let limits = &command.limits;
        let ended = || io::Error::other("it ended before it was looked at");
        let leader = child.id().and_then(|id| i32::try_from(id).ok());
        let namespaces = means.namespaces.is_some();
        let group = Arc::new(Group::new(leader.ok_or_else(ended)?, namespaces));
        let (line_sender, lines) = mpsc::channel(LINES_WAITING);
        let (hit_sender, hits) = unbounded_channel();
        let (stops, stop_receiver) = unbounded_channel();
        let (exit_sender, exit) = watch::channel(None);
        sampler::watch(&group, limits, &command.write, hit_sender.clone());
        let total = Arc::new(AtomicU64::new(0));
        let reading = |stream| Reading {
            stream,
            lines: line_sender.clone(),
            total: total.clone(),
            limit: limits.output_bytes,
            hits: hit_sender.clone(),
            exit: exit.clone(),
        };
        if let Some(output) = child.stdout.take() {
            runtime.spawn(reading(Stream::Stdout).run(output));
        }
        if let Some(output) = child.stderr.take() {
            runtime.spawn(reading(Stream::Stderr).run(output));
        }
        let supervisor = Supervisor {
            child,
            group: group.clone(),
            namespaces,
            wall: limits.wall,
            hits,
            stops: stop_receiver,
            exit: exit_sender,
        };
        runtime.spawn(supervisor.run());
        Ok(Running {
            group,
            lines: Some(lines),
            stops,
            exit,
        })
    }

    /// The id of the command's process group; inside namespaces that of bubblewrap, which ends with it.
    pub fn id(&self) -> u32 {
        self.group.leader().unsigned_abs()
    }

    /// The output, to be taken once; a second call gets a channel that is closed.
    ///
    /// The command waits while 256 lines are unread. Drop the channel if the output is not wanted.
    pub fn lines(&mut self) -> mpsc::Receiver<Line> {
        self.lines.take().unwrap_or_else(|| mpsc::channel(1).1)
    }

    /// Makes the look at the process table that is otherwise made by and by.
    #[cfg(test)]
    pub(crate) fn look(&self) {
        self.group.own(&crate::processes::all());
    }

    /// Waits until the command has ended and nothing of it is left. Cancel safe; may be called again.
    ///
    /// Output whose lines were not taken until now is thrown away.
    pub async fn wait(&mut self) -> Exit {
        self.lines.take();
        match self.exit.wait_for(Option::is_some).await {
            Ok(exit) => exit.unwrap_or(ENDED_WITH_RUNTIME),
            Err(_) => ENDED_WITH_RUNTIME,
        }
    }

    /// Asks the command to end (SIGTERM), and after `grace` ends it with everything that it started (SIGKILL).
    ///
    /// Without grace it is ended at once.
    pub async fn stop(&mut self, grace: Duration) -> Exit {
        // If the supervisor is gone, the command has ended.
        let _ = self.stops.send(grace);
        self.wait().await
    }
}

/// Its supervisor is gone without a word only when the runtime was shut down, and then it was killed.
const ENDED_WITH_RUNTIME: Exit = Exit::Signal(9);

impl Drop for Running {
    fn drop(&mut self) {
        // At once and not by the supervisor: the runtime may be shutting down.
        self.group.kill();
    }
}

/// A command that only has to be forked.
struct Prepared {
    command: std::process::Command,
    confinement: Confinement,
}

fn prepare(command: &Command, checked: Checked, means: &Means) -> io::Result<Prepared> {
    let mut confinement = Confinement {
        user: means.user,
        low_priority: command.priority == Priority::Low,
        file_bytes: Some(command.limits.file_bytes),
        open_files: Some(command.limits.open_files),
        ..Confinement::default()
    };
    if let Some(user) = means.user {
        for path in &checked.paths.write {
            user.take(path)?;
        }
        if means.views {
            confinement.view = Some(View::of(&checked.paths, user)?);
        }
    }
    let mut process;
    if let Some(bwrap) = &means.namespaces {
        let isolate = bwrap.network && command.network == Network::None;
        if bwrap.scoped {
            confinement.rules = Some(landlock_rules::scope()?);
        }
        let options = bwrap::options(&checked, bwrap, isolate)?;
        process = bwrap::command(&bwrap.path, &options);
        process.arg(&checked.program);
        confinement.options = Some(options);
    } else {
        if means.landlock.is_some() {
            confinement.rules = Some(landlock_rules::rules(
                &checked.paths,
                confinement.view.as_ref(),
            )?);
        }
        process = std::process::Command::new(&checked.program);
        process.env_clear().envs(checked.env);
        confinement.folder = Some(CString::new(checked.cwd.as_os_str().as_bytes())?);
    }
    process
        .args(&command.args)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    Ok(Prepared {
        command: process,
        confinement,
    })
}

fn spawn(mut prepared: Prepared) -> io::Result<Child> {
    confine::apply(&mut prepared.command, prepared.confinement);
    tokio::process::Command::from(prepared.command)
        .kill_on_drop(true)
        .spawn()
}
