//! Looks whether an application of this machine is healthy, as its health check says, and sends it requests.

use std::error::Error;
use std::net::Ipv4Addr;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Empty;
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::time::Instant;

use crate::health::HealthCheck;
use crate::launch::absolute_path;
use crate::verdict::StartProblem;

/// Between two looks at an application that starts; after the first ones, once in this time is often enough.
const POLL: Duration = Duration::from_millis(20);

/// Connects to a port of 127.0.0.1.
///
/// # Errors
/// Nobody listens there.
pub async fn connect(port: u16) -> std::io::Result<TcpStream> {
    let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

/// Sends the request and returns the answer's head; its body streams. Dropping the future or the body ends the connection.
///
/// # Errors
/// The connection breaks before the answer's head is there.
pub async fn exchange<B>(
    stream: TcpStream,
    request: http::Request<B>,
) -> Result<http::Response<Incoming>, hyper::Error>
where
    B: hyper::body::Body<Data: Send, Error: Into<Box<dyn Error + Send + Sync>>> + Send + 'static,
{
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    // Ends by itself once the answer's body is read or dropped; its error reaches whoever reads the answer.
    tokio::spawn(connection);
    sender.send_request(request).await
}

/// Waits until the application is healthy, and returns its port. Runs until `limit`; the caller watches the process meanwhile.
///
/// # Errors
/// What was seen at last; `others` are the ports that it listens on in place of the right one.
pub async fn until_healthy(
    port: impl Fn() -> Option<u16>,
    others: impl Fn() -> Vec<u16>,
    check: &HealthCheck,
    limit: Duration,
) -> Result<u16, StartProblem> {
    let end = Instant::now() + limit;
    let mut seen = None;
    while Instant::now() < end {
        if let Some(port) = port() {
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
            listens_on: others(),
            limit,
        },
    })
}

/// One look at a starting application: `Err(None)` where the port is closed, else what the check saw.
async fn look(port: u16, check: &HealthCheck, end: Instant) -> Result<(), Option<String>> {
    match check {
        HealthCheck::PortOpens => connect(port).await.map(drop).map_err(|_| None),
        HealthCheck::Http { path, timeout, .. } => {
            let left = end.saturating_duration_since(Instant::now());
            get(port, path, (*timeout).min(left)).await
        }
    }
}

/// One health check.
///
/// # Errors
/// `Err(None)` where the port is closed, else what is wrong, to complete "the health check …".
pub async fn get(port: u16, path: &str, limit: Duration) -> Result<(), Option<String>> {
    let request = http::Request::get(absolute_path(path))
        .header("host", "127.0.0.1")
        .header("user-agent", "Slipway-HealthCheck")
        .body(Empty::<Bytes>::new())
        .map_err(|_| Some("has a path that is no path of a URL".to_owned()))?;
    let answer = tokio::time::timeout(limit, async {
        let stream = connect(port).await.map_err(|_| None)?;
        let broken = |_| Some("was answered by a closed connection".to_owned());
        exchange(stream, request).await.map_err(broken)
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
