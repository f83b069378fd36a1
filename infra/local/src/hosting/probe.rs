//! Looks whether an application is healthy, as its health check says.

use std::path::Path;
use std::time::Duration;

use bytes::Bytes;
use hosting::{HealthCheck, StartProblem, absolute_path};
use http_body_util::Empty;
use tokio::time::Instant;

use super::{client, port};

/// Between two looks at an application that starts; after the first ones, once in this time is often enough.
const POLL: Duration = Duration::from_millis(20);

/// Waits until the application is healthy, and returns its port. Runs until `limit`; the caller watches the process meanwhile.
pub(crate) async fn until_healthy(
    ports: &Path,
    check: &HealthCheck,
    limit: Duration,
) -> Result<u16, StartProblem> {
    let end = Instant::now() + limit;
    let mut seen = None;
    while Instant::now() < end {
        if let Some(port) = port::serving(ports) {
            match look(port, check, end).await {
                Ok(()) => return Ok(port),
                Err(answer) => seen = answer.or(seen),
            }
        }
        tokio::time::sleep(POLL).await;
    }
    Err(match (check, seen) {
        (HealthCheck::Http { path, .. }, Some(seen)) => StartProblem::HealthCheck {
            path: absolute_path(path),
            seen,
            limit,
        },
        _ => StartProblem::PortClosed {
            listens_on: port::others(ports),
            limit,
        },
    })
}

/// One look at a starting application: `Err(None)` where the port is closed, else what the check saw.
async fn look(port: u16, check: &HealthCheck, end: Instant) -> Result<(), Option<String>> {
    match check {
        HealthCheck::PortOpens => client::connect(port).await.map(drop).map_err(|_| None),
        HealthCheck::Http { path, timeout, .. } => {
            let left = end.saturating_duration_since(Instant::now());
            get(port, path, (*timeout).min(left)).await
        }
    }
}

/// One health check: `Err(None)` where the port is closed, else what is wrong, to complete "the health check …".
pub(crate) async fn get(port: u16, path: &str, limit: Duration) -> Result<(), Option<String>> {
    let request = http::Request::get(absolute_path(path))
        .header("host", "127.0.0.1")
        .header("user-agent", "Slipway-HealthCheck")
        .body(Empty::<Bytes>::new())
        .map_err(|_| Some("has a path that is no path of a URL".to_owned()))?;
    let answer = tokio::time::timeout(limit, async {
        let stream = client::connect(port).await.map_err(|_| None)?;
        let broken = |_| Some("was answered by a closed connection".to_owned());
        client::exchange(stream, request).await.map_err(broken)
    });
    let Ok(answer) = answer.await else {
        return Err(Some(format!(
            "was not answered within {} seconds",
            limit.as_secs_f32()
        )));
    };
    match answer?.status() {
        status if status.is_success() || status.is_redirection() => Ok(()),
        status => Err(Some(format!("answered {}", status.as_u16()))),
    }
}
