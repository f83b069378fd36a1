//! The application's process within its function: started with the first event, started again with the next one after it has ended, and
//! every line that it writes is masked before Lambda's log has it.

use std::collections::VecDeque;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use builder::limits::SOURCE;
use files::{Dir, TemporaryFolder};
use hosting::logs::{HttpRequest, LineMask};
use hosting::{
    End, LAST_LINES, LogEntry, ScriptOutcome, Severity, StartFailure, StartProblem, probe,
};
use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};
use tokio::process::{Child, Command};

use super::loaded::Loaded;
use super::surroundings::Surroundings;

/// An application is healthy this long after its start, or its start has failed: as on the embedded engine.
const START: Duration = Duration::from_secs(60);
/// A script is stopped after this: as on the embedded engine.
const SCRIPT: Duration = Duration::from_secs(10 * 60);
/// Time for the removal of a script's folder.
const REMOVAL: Duration = Duration::from_secs(60);
/// Bytes of a line; what is longer goes on in the next entry, as CloudWatch takes 256 KiB for one.
const LINE_BYTES: usize = 64 * 1024;

/// The process, or what came of it.
pub(super) struct Application {
    pub(super) loaded: Loaded,
    pub(super) surroundings: Surroundings,
    output: Output,
    child: tokio::sync::Mutex<Option<Child>>,
}

/// Where lines go: the log, and the last of them into a verdict.
#[derive(Clone)]
struct Output {
    mask: Arc<LineMask>,
    tail: Arc<Mutex<VecDeque<String>>>,
}

impl Application {
    pub(super) fn new(loaded: Loaded, surroundings: Surroundings) -> Self {
        let output = Output {
            mask: Arc::new(LineMask::new(&loaded.launch)),
            tail: Arc::default(),
        };
        Self {
            loaded,
            surroundings,
            output,
            child: tokio::sync::Mutex::new(None),
        }
    }

    /// Has the process running and healthy; its port is the surroundings'.
    pub(super) async fn ready(&self) -> Result<(), StartFailure> {
        let mut child = self.child.lock().await;
        if let Some(running) = child.as_mut() {
            match running.try_wait() {
                Ok(None) => return Ok(()),
                Ok(Some(status)) => {
                    let text = format!("The application {}. It starts again.", end_of(status));
                    self.output.say(Severity::Error, &text);
                }
                Err(error) => {
                    let text =
                        format!("The application cannot be watched ({error}). It starts again.");
                    self.output.say(Severity::Error, &text);
                }
            }
        }
        *child = None;
        let mut started = self.start().map_err(|error| {
            let problem = End::Limit(format!("its start command could not be run ({error})"));
            self.failure(&StartProblem::Ended(problem))
        })?;
        let port = self.surroundings.port;
        let healthy =
            probe::until_healthy(|| Some(port), Vec::new, &self.loaded.launch.health, START);
        let problem = tokio::select! {
            biased;
            status = started.wait() => StartProblem::Ended(status.map_or_else(|error| End::Limit(error.to_string()), end_of)),
            healthy = healthy => match healthy {
                Ok(_) => {
                    *child = Some(started);
                    return Ok(());
                }
                Err(problem) => problem,
            },
        };
        drop(started);
        // What it wrote at last comes through its pipes after its end.
        tokio::time::sleep(Duration::from_millis(50)).await;
        Err(self.failure(&problem))
    }

    fn failure(&self, problem: &StartProblem) -> StartFailure {
        StartFailure::new(&self.loaded.launch.name, problem, &self.output.last_lines())
    }

    fn start(&self) -> std::io::Result<Child> {
        let start = self.loaded.layout.start.as_deref().unwrap_or("npm start");
        let tree = &self.surroundings.tree;
        let mut command = self.command(start, tree);
        command.env("npm_lifecycle_event", "start");
        let layout = &self.loaded.layout;
        for (name, value) in [
            ("npm_package_name", &layout.package_name),
            ("npm_package_version", &layout.package_version),
        ] {
            if let Some(value) = value {
                command.env(name, value);
            }
        }
        let mut child = command.spawn()?;
        self.output.follow(&mut child);
        Ok(child)
    }

    /// A command of the application: it sees its variables, and nothing of its function's role or of the platform.
    fn command(&self, line: &str, tree: &Path) -> Command {
        let (layout, surroundings) = (&self.loaded.layout, &self.surroundings);
        let folders = layout.path.iter().map(|folder| tree.join(folder));
        let system = std::env::split_paths(&surroundings.path);
        let path = std::env::join_paths(folders.chain(system)).unwrap_or_default();
        let mut command = Command::new("/bin/sh");
        command
            .arg("-c")
            .arg(line)
            .current_dir(tree.join(&layout.folder));
        command.env_clear();
        command.env("HOME", &surroundings.temporary);
        command.env("TMPDIR", &surroundings.temporary);
        command.env("LANG", "C.UTF-8").env("NODE_ENV", "production");
        for (name, value) in &self.loaded.launch.environment {
            command.env(name, value.expose());
        }
        command.env("PATH", path);
        command.env("PORT", surroundings.port.to_string());
        command.stdin(Stdio::null());
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command.kill_on_drop(true);
        command
    }

    /// Runs a script in a copy of the artifact that is its own.
    pub(super) async fn script(&self, line: &str) -> std::io::Result<ScriptOutcome> {
        let folder = TemporaryFolder::create_in(&self.surroundings.temporary, "script-")?;
        let copy = folder.path().join("tree");
        let (from, to) = (
            self.surroundings.tree.clone(),
            folder.dir().create_dir_all(Path::new("tree"))?,
        );
        tokio::task::spawn_blocking(move || files::copy_tree(&Dir::open(&from)?, &to, SOURCE))
            .await
            .map_err(std::io::Error::other)?
            .map_err(std::io::Error::other)?;
        let output = Output {
            tail: Arc::default(),
            ..self.output.clone()
        };
        let mut child = self.command(line, &copy).spawn()?;
        let lines = output.follow(&mut child);
        let end = match tokio::time::timeout(SCRIPT, child.wait()).await {
            Ok(status) => end_of(status?),
            Err(_) => {
                child.kill().await?;
                End::Time(SCRIPT)
            }
        };
        // A process that the script left behind may hold the pipes open.
        let _ = tokio::time::timeout(Duration::from_secs(1), lines).await;
        // After its answer the process is frozen, and a copy that is still there would take the next script's space.
        drop(folder);
        let removed = || files::wait_until_removed(REMOVAL);
        tokio::task::spawn_blocking(removed)
            .await
            .map_err(std::io::Error::other)?;
        Ok(ScriptOutcome {
            end,
            last_lines: output.last_lines(),
        })
    }

    /// Logs an answered request.
    pub(super) fn log_request(&self, request: &HttpRequest) {
        let output = &self.output;
        output.write(&output.mask.request(request, super::surroundings::now()));
    }
}

impl Output {
    /// Follows what a process writes, to the end of both pipes.
    fn follow(&self, child: &mut Child) -> tokio::task::JoinHandle<()> {
        let (out, err) = (child.stdout.take(), child.stderr.take());
        let (first, second) = (self.clone(), self.clone());
        tokio::spawn(async move {
            tokio::join!(first.lines(out), second.lines(err));
        })
    }

    async fn lines(self, pipe: Option<impl AsyncRead + Unpin>) {
        let Some(pipe) = pipe else { return };
        let (mut reader, mut line) = (BufReader::with_capacity(LINE_BYTES, pipe), Vec::new());
        loop {
            let (bytes, ended) = match reader.fill_buf().await {
                Ok([]) | Err(_) => break,
                Ok(read) => match read.iter().position(|byte| *byte == b'\n') {
                    Some(end) => (end + 1, true),
                    None => (read.len(), false),
                },
            };
            line.extend_from_slice(&reader.buffer()[..bytes]);
            reader.consume(bytes);
            if ended || line.len() >= LINE_BYTES {
                self.line(&line);
                line.clear();
            }
        }
        if !line.is_empty() {
            self.line(&line);
        }
    }

    fn line(&self, bytes: &[u8]) {
        let text = String::from_utf8_lossy(bytes);
        let text = text.trim_end_matches(['\n', '\r']);
        let mut tail = self.tail();
        if tail.len() == LAST_LINES {
            tail.pop_front();
        }
        tail.push_back(self.mask.mask(text));
        drop(tail);
        self.write(&self.mask.line(text, super::surroundings::now()));
    }

    /// Tells something in the application's own log.
    fn say(&self, severity: Severity, text: &str) {
        self.write(&self.mask.text(severity, text, super::surroundings::now()));
    }

    fn write(&self, entry: &LogEntry) {
        super::surroundings::log(entry);
    }

    fn last_lines(&self) -> Vec<String> {
        self.tail().iter().cloned().collect()
    }

    fn tail(&self) -> MutexGuard<'_, VecDeque<String>> {
        self.tail.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn end_of(status: ExitStatus) -> End {
    match (status.code(), status.signal()) {
        (Some(code), _) => End::Code(code),
        (None, Some(signal)) => End::Signal(signal),
        (None, None) => End::Code(-1),
    }
}
