//! The references: an empty HTTP server of Node.js, and whatever else is started to be compared with.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use ureq::Agent;

use crate::command;
use crate::platform::client::agent;
use crate::platform::server::free_port;

/// How long anything may take until it answers.
const PATIENCE: Duration = Duration::from_secs(30);
/// How often it is asked; a small part of the shortest time measured.
const INTERVAL: Duration = Duration::from_millis(1);

/// Answers every request with as many bytes as it is told, and does nothing else.
const EMPTY_SERVER: &str = "const [port, size] = process.argv.slice(1).map(Number); const body = 'x'.repeat(size); \
     require('node:http').createServer((request, response) => response.end(body)).listen(port, '127.0.0.1')";

/// A process that answers at a port, and that ends with this value.
pub(super) struct Answering {
    child: Child,
    url: String,
    took: Duration,
}

impl Answering {
    /// An empty server of Node.js that answers with `size` bytes.
    pub(super) fn empty_node(size: usize) -> Result<Self> {
        let port = free_port()?;
        let mut node = Command::new("node");
        node.args(["-e", EMPTY_SERVER, &port.to_string(), &size.to_string()]);
        Self::start(node, format!("http://127.0.0.1:{port}/"))
    }

    /// An application by Node.js alone, in its folder, as `npm start` would run it.
    pub(super) fn application(folder: &Path, file: &str, port: u16) -> Result<Self> {
        let mut node = Command::new("node");
        node.arg(file).current_dir(folder);
        Self::start(node, format!("http://127.0.0.1:{port}/"))
    }

    fn start(mut command: Command, url: String) -> Result<Self> {
        let agent = agent();
        if agent.get(&url).call().is_ok() {
            bail!("something answers at {url} already: stop it, the bench needs that port");
        }
        command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let start = Instant::now();
        let child = command.spawn().context("`node` could not be started")?;
        // Made at once, so that an error below stops the process.
        let mut answering = Self {
            child,
            url,
            took: Duration::ZERO,
        };
        answered(&agent, &answering.url)?;
        answering.took = start.elapsed();
        Ok(answering)
    }

    pub(super) fn url(&self) -> &str {
        &self.url
    }

    /// From its start until its first answer.
    pub(super) fn took(&self) -> Duration {
        self.took
    }

    pub(super) fn process(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Answering {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Waits for the first answer of 200.
pub(super) fn answered(agent: &Agent, url: &str) -> Result<()> {
    let start = Instant::now();
    while start.elapsed() < PATIENCE {
        match agent.get(url).call() {
            Ok(answer) if answer.status() == 200 => return Ok(()),
            _ => command::pause(INTERVAL),
        }
    }
    bail!("nothing answers at {url} after {PATIENCE:?}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_server_answers_with_the_size_that_it_was_told_and_ends_with_its_value() {
        let server = Answering::empty_node(1234).unwrap();
        let url = server.url().to_owned();
        let body = agent()
            .get(&url)
            .call()
            .unwrap()
            .body_mut()
            .read_to_vec()
            .unwrap();
        assert_eq!(body.len(), 1234);
        drop(server);
        assert!(agent().get(&url).call().is_err());
    }
}
