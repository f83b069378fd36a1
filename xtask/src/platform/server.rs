//! A `slipway up` of one's own; it never outlives who started it.

use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::client::{Client, Credentials};
use crate::command;

/// How long a start may take before it is given up; the target is far below, even for a debug build on a busy machine.
const START: Duration = Duration::from_secs(60);
/// How long a clean shutdown may take before the process is killed.
const STOP: Duration = Duration::from_secs(20);

/// What a server is started with.
pub(crate) struct Start<'a> {
    pub(crate) binary: &'a Path,
    /// Its data folder.
    pub(crate) data: &'a Path,
    /// Where its log goes, after what is there already.
    pub(crate) log: &'a Path,
    /// The value of `--cache`; none: the cache is in the data folder, and everything is downloaded anew.
    pub(crate) cache: Option<&'a Path>,
    /// Values of `--map-repository`.
    pub(crate) maps: &'a [String],
    /// The value of `--rate-limit`; none: the platform's own.
    pub(crate) rate_limit: Option<u32>,
    /// The value of `--sleep-after`; none: the platform's own.
    pub(crate) sleep_after: Option<&'a str>,
    /// The value of `--certification-policy`; none: the one that ships.
    pub(crate) certification_policy: Option<&'a Path>,
}

/// A running server.
pub(crate) struct Server {
    child: Child,
    url: String,
    events: mpsc::Receiver<Value>,
    log: PathBuf,
}

impl Server {
    /// Starts the binary on a free port, and does not wait.
    pub(crate) fn start(start: &Start) -> Result<Self> {
        let port = free_port()?;
        let mut up = Command::new(start.binary);
        up.args([
            "up",
            "--json",
            "--listen",
            &format!("127.0.0.1:{port}"),
            "--data",
        ]);
        up.arg(start.data);
        if let Some(cache) = start.cache {
            up.arg("--cache").arg(cache);
        }
        for map in start.maps {
            up.args(["--map-repository", map]);
        }
        if let Some(rate) = start.rate_limit {
            up.args(["--rate-limit", &rate.to_string()]);
        }
        if let Some(time) = start.sleep_after {
            up.args(["--sleep-after", time]);
        }
        if let Some(policy) = start.certification_policy {
            up.arg("--certification-policy").arg(policy);
        }
        let log = appended(start.log)?;
        up.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(log);
        let mut child = up
            .spawn()
            .with_context(|| format!("cannot start {}", start.binary.display()))?;
        let stdout = child.stdout.take().context("the server has no output")?;
        Ok(Self {
            child,
            url: format!("http://127.0.0.1:{port}"),
            events: events(stdout),
            log: start.log.to_owned(),
        })
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Its process, for what the kernel knows of it.
    pub(crate) fn process(&self) -> u32 {
        self.child.id()
    }

    /// Waits for the line that says that the server is ready.
    pub(crate) fn ready(&self) -> Result<Value> {
        let start = Instant::now();
        loop {
            let left = START.saturating_sub(start.elapsed());
            let event = self.events.recv_timeout(left);
            let event = event.with_context(|| {
                let log = self.log.display();
                format!("the server did not say that it is ready; its log is {log}")
            })?;
            if event["event"] == "ready" {
                return Ok(event);
            }
        }
    }

    /// A client, logged in.
    pub(crate) fn client(&self, credentials: &Credentials) -> Result<Client> {
        Client::login(&self.url, credentials)
    }

    /// Stops it as Ctrl-C does, so that its applications stop with it.
    pub(crate) fn stop(mut self) -> Result<()> {
        let process = self.child.id().to_string();
        command::output(command::program(
            "sh",
            &["-c", "kill -INT \"$0\"", &process],
        ))?;
        let start = Instant::now();
        while start.elapsed() < STOP {
            if self.child.try_wait()?.is_some() {
                return Ok(());
            }
            command::pause(Duration::from_millis(5));
        }
        bail!("the server did not stop within {STOP:?} of an interrupt")
    }
}

impl Drop for Server {
    /// After an error nobody is left to stop it; both calls do nothing to a process that has ended.
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// A port that was free a moment ago; nothing else on this machine is expected to take it in between.
pub(crate) fn free_port() -> Result<u16> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    Ok(listener.local_addr()?.port())
}

fn appended(log: &Path) -> Result<File> {
    let open = OpenOptions::new().create(true).append(true).open(log);
    open.with_context(|| format!("cannot write {}", log.display()))
}

/// Every line of JSON, read to the end so that the server never waits for a reader.
fn events(stdout: ChildStdout) -> mpsc::Receiver<Value> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        for line in BufReader::new(stdout).lines().map_while(Result::ok) {
            if let Ok(event) = serde_json::from_str(&line) {
                // Nobody listens any more once the server was ready: the rest is read and dropped.
                drop(sender.send(event));
            }
        }
    });
    receiver
}
