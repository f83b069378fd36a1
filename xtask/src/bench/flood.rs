//! As many requests as get answered: each connection sends the next one as soon as it has the answer to the one before.

use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use ureq::Agent;

use crate::platform::client::agent;

/// Connections at a time: enough that the server always has something to do, few enough that they do not take its cores.
const CONNECTIONS: u32 = 16;

/// One connection of a flood.
pub(super) struct Connection {
    pub(super) agent: Agent,
    /// From 0 on.
    pub(super) number: u32,
}

/// Requests per second over all connections, for a time. `open` makes what a connection needs and is not measured; `send` sends its
/// request of that number, and fails where the answer is not the right one.
pub(super) fn flood<T>(
    time: Duration,
    open: impl Fn(&Connection) -> Result<T> + Sync,
    send: impl Fn(&Connection, &mut T, u32) -> Result<()> + Sync,
) -> Result<f64> {
    let connections: Vec<Connection> = (0..CONNECTIONS)
        .map(|number| Connection {
            agent: agent(),
            number,
        })
        .collect();
    let ready = std::sync::Barrier::new(CONNECTIONS as usize);
    let run = |connection: &Connection| {
        let opened = open(connection);
        // Also after an error, for which the others would wait otherwise.
        ready.wait();
        let mut opened = opened?;
        let start = Instant::now();
        let mut sent = 0;
        while start.elapsed() < time {
            send(connection, &mut opened, sent)?;
            sent += 1;
        }
        Ok(f64::from(sent) / start.elapsed().as_secs_f64())
    };
    thread::scope(|scope| {
        let running: Vec<_> = connections
            .iter()
            .map(|connection| scope.spawn(|| run(connection)))
            .collect();
        let mut rate = 0.0;
        for connection in running {
            let ended: Result<f64> = connection.join().ok().context("a connection panicked")?;
            rate += ended?;
        }
        Ok(rate)
    })
}

/// GETs per second, each of which must be answered with 200.
pub(super) fn gets(time: Duration, url: &str, authorization: &str) -> Result<f64> {
    flood(
        time,
        |_| Ok(()),
        |connection, (), _| {
            let request = connection.agent.get(url);
            let mut answer = request.header("Authorization", authorization).call()?;
            answer.body_mut().read_to_vec()?;
            ensure!(answer.status() == 200, "{url} answered {}", answer.status());
            Ok(())
        },
    )
}

#[cfg(test)]
mod tests {
    use anyhow::bail;

    use super::*;

    const TIME: Duration = Duration::from_millis(20);

    #[test]
    fn the_requests_of_all_connections_count() {
        let pause = |_: &Connection, (): &mut (), _| {
            crate::command::pause(Duration::from_millis(5));
            Ok(())
        };
        let rate = flood(TIME, |_| Ok(()), pause).unwrap();
        // Each connection sends 200 in a second at most, and one at least in its time.
        assert!(rate <= 16.0 * 200.0, "{rate}");
        assert!(rate > 16.0, "{rate}");
    }

    #[test]
    fn a_wrong_answer_ends_the_measurement() {
        let wrong = |connection: &Connection, (): &mut (), _| match connection.number {
            3 => bail!("429"),
            _ => Ok(()),
        };
        assert!(flood(TIME, |_| Ok(()), wrong).is_err());
    }

    #[test]
    fn a_connection_that_cannot_be_opened_does_not_stop_the_others_for_ever() {
        let open = |connection: &Connection| match connection.number {
            5 => bail!("refused"),
            _ => Ok(()),
        };
        assert!(flood(TIME, open, |_, (), _| Ok(())).is_err());
    }
}
