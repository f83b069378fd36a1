//! One process of the real `slipway up`, from its start to its kill.

use std::fs::OpenOptions;
use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::Value;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, ChildStdout, Command};

use super::folders::Folders;
use super::processes::{self, assert_gone};

/// A start is ready within this time on a busy machine; it usually takes a tenth of a second.
const READY: Duration = Duration::from_secs(30);

pub(super) struct Platform {
    child: Child,
    stdout: BufReader<ChildStdout>,
}

impl Platform {
    pub(super) fn spawn(folders: &Folders) -> Self {
        let log = OpenOptions::new()
            .create(true)
            .append(true)
            .open(folders.log())
            .unwrap();
        let mut command = Command::new(folders.binary());
        command
            .args(["up", "--listen", "127.0.0.1:0", "--json"])
            .arg("--data")
            .arg(folders.data())
            .arg("--cache")
            .arg(folders.cache())
            .arg("--map-repository")
            .arg(folders.mapping())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log)
            .kill_on_drop(true);
        let mut child = command.spawn().unwrap();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        Self { child, stdout }
    }

    /// Its ready line.
    pub(super) async fn ready(&mut self, folders: &Folders) -> Value {
        let begin = Instant::now();
        let mut line = String::new();
        let read = tokio::time::timeout(READY, self.stdout.read_line(&mut line)).await;
        assert!(
            read.is_ok(),
            "the platform is not ready after {READY:?}; its log is {}",
            folders.log().display()
        );
        let ready: Value = serde_json::from_str(&line).unwrap_or_else(|_| {
            panic!(
                "the platform did not start; its log is {}",
                folders.log().display()
            )
        });
        println!(
            "ready after {} ms at {}",
            begin.elapsed().as_millis(),
            ready["url"]
        );
        ready
    }

    /// SIGKILL. Nothing of it and of what it started is left when this returns.
    pub(super) async fn kill(mut self, folders: &Folders) {
        let id = self.child.id().expect("it has not ended by itself");
        let started = processes::below(id);
        self.child.kill().await.unwrap();
        assert_gone(&started, &[&folders.data(), &folders.cache()]).await;
    }

    /// How many processes it has started that are alive.
    pub(super) fn processes(&self) -> Vec<processes::Process> {
        processes::below(self.child.id().expect("it has not ended by itself"))
    }
}
