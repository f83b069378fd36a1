//! Requests at a fixed rate, each timed from the moment at which it was due: a server that stalls is not spared the requests that
//! a waiting client would not have sent.

use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use ureq::Agent;

use crate::command;
use crate::platform::client::agent;

/// Connections among which the requests are dealt, so that one slow answer delays few others.
const CONNECTIONS: u32 = 8;

/// A load of GETs.
#[derive(Clone, Copy)]
pub(super) struct Load<'a> {
    pub(super) url: &'a str,
    pub(super) authorization: &'a str,
    /// Requests per second over all connections.
    pub(super) rate: u32,
    pub(super) requests: u32,
}

impl Load<'_> {
    /// Sends all requests. The times are until the last byte of each answer; any answer but 200 is an error.
    pub(super) fn run(self) -> Result<Vec<Duration>> {
        let agents: Vec<Agent> = (0..CONNECTIONS).map(|_| agent()).collect();
        for agent in &agents {
            self.send(agent)?; // opens the connection
        }
        let start = Instant::now() + Duration::from_millis(50);
        thread::scope(|scope| {
            let connections: Vec<_> = (0..CONNECTIONS)
                .zip(&agents)
                .map(|(first, agent)| scope.spawn(move || self.connection(agent, start, first)))
                .collect();
            let mut times = Vec::new();
            for connection in connections {
                let ended = connection.join();
                times.extend(ended.ok().context("a connection of the load panicked")??);
            }
            Ok(times)
        })
    }

    fn connection(self, agent: &Agent, start: Instant, first: u32) -> Result<Vec<Duration>> {
        let mut times = Vec::new();
        for number in (first..self.requests).step_by(CONNECTIONS as usize) {
            let due = start + self.due(number);
            command::pause(due.saturating_duration_since(Instant::now()));
            self.send(agent)?;
            times.push(due.elapsed());
        }
        Ok(times)
    }

    fn due(self, number: u32) -> Duration {
        Duration::from_secs(1) * number / self.rate
    }

    fn send(self, agent: &Agent) -> Result<()> {
        let request = agent
            .get(self.url)
            .header("Authorization", self.authorization);
        let mut answer = request.call()?;
        answer.body_mut().read_to_vec()?;
        if answer.status() != 200 {
            bail!("{} answered {} under load", self.url, answer.status());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::baseline::Answering;
    use super::*;

    fn load(url: &str) -> Load<'_> {
        Load {
            url,
            authorization: "Bearer none",
            rate: 1000,
            requests: 50,
        }
    }

    #[test]
    fn every_request_is_sent_once_and_not_before_it_is_due() {
        let server = Answering::empty_node(10).unwrap();
        let start = Instant::now();
        let times = load(server.url()).run().unwrap();
        assert_eq!(times.len(), 50);
        assert!(start.elapsed() >= Duration::from_millis(49));
    }

    #[test]
    fn requests_are_due_at_even_distances() {
        let load = load("");
        assert_eq!(load.due(0), Duration::ZERO);
        assert_eq!(load.due(2500), Duration::from_millis(2500));
    }

    #[test]
    fn a_server_that_is_not_there_is_an_error() {
        assert!(load("http://127.0.0.1:1/").run().is_err());
    }
}
