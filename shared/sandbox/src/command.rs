//! What to run and within which limits; starting it checks first that everything it names is there.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use crate::capabilities::Means;
use crate::error::SandboxError;
use crate::exit::Exit;
use crate::lines::Line;
use crate::running::Running;

/// A command, everything it may touch, and how much of it.
#[derive(Debug, Clone)]
pub struct Command {
    /// A path, or a bare name to be found in the `PATH` of `env`.
    pub program: PathBuf,
    /// Its arguments; other users of the machine can see them, so no secrets here.
    pub args: Vec<OsString>,
    /// Its whole environment: nothing is inherited.
    pub env: Vec<(OsString, OsString)>,
    /// The folder it starts in; must be within `read` or `write`.
    pub cwd: PathBuf,
    /// Files and folders it may read and execute; those that do not exist are left out.
    pub read: Vec<PathBuf>,
    /// Files and folders it may also change; must exist. What lies under one of them is writable too.
    pub write: Vec<PathBuf>,
    /// Which network it sees.
    pub network: Network,
    /// How much of the machine it may use.
    pub limits: Limits,
    /// Who waits where the machine is busy.
    pub priority: Priority,
}

/// Who waits where the machine is busy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Priority {
    /// As the platform itself.
    Normal,
    /// After all others, for the CPU (nice value 15) and the disk (the I/O priority that follows from it).
    Low,
}

/// Which network a command sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Network {
    /// The machine's network.
    Open,
    /// A loopback interface of its own and nothing else, where `Capabilities::network_isolation` says so; else the machine's.
    None,
}

/// How much of the machine a command may use.
#[derive(Debug, Clone)]
pub struct Limits {
    /// How long it may run; `None` for a service that runs until it is stopped.
    pub wall: Option<Duration>,
    /// Memory of all its processes together, in bytes; sampled, so that a short peak may pass.
    pub memory_bytes: u64,
    /// Processes at once, and eight times as many threads of all of them together; sampled.
    pub processes: u32,
    /// Bytes of stdout and stderr together; `None` for a service whose output is kept elsewhere.
    pub output_bytes: Option<u64>,
    /// The largest file it may write, in bytes.
    pub file_bytes: u64,
    /// Bytes that may lie on the disk in all that it may change, and in deleted files that it holds open; sampled, so that more may be there
    /// for a moment.
    pub disk_bytes: u64,
    /// Files and sockets that each of its processes may hold open. All together may hold twice as many; this is sampled.
    pub open_files: u32,
}

/// Threads for each process of the limit on processes. A Node.js process has about 11 threads, but few commands come near their limit on
/// processes; without a limit, one process could take every process id of the machine with its threads.
const THREADS_PER_PROCESS: u32 = 8;

/// How many times the limit of one process all processes together may hold open files. Memory and deleted files are found by a look at
/// each open file, so their number bounds how long the look at one command takes.
const OPEN_FILES_OF_ALL: u32 = 2;

impl Limits {
    /// Maximum number of threads of all processes together.
    pub(crate) fn threads(&self) -> u32 {
        self.processes.saturating_mul(THREADS_PER_PROCESS)
    }

    /// Maximum number of open files of all processes together; a file that two processes hold counts twice.
    pub(crate) fn all_open_files(&self) -> u32 {
        self.open_files.saturating_mul(OPEN_FILES_OF_ALL)
    }
}

impl Command {
    /// Starts the command with stdin empty, and stdout and stderr as lines. Must be called within a tokio runtime.
    pub fn spawn(self) -> Result<Running, SandboxError> {
        Running::start(self, Means::of_this_machine())
    }

    /// Runs the command to its end, giving each line of its output to `on_line`.
    pub async fn run(self, mut on_line: impl FnMut(&Line) + Send) -> Result<Exit, SandboxError> {
        let mut running = self.spawn()?;
        let mut lines = running.lines();
        while let Some(line) = lines.recv().await {
            on_line(&line);
        }
        Ok(running.wait().await)
    }
}
