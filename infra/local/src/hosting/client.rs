//! An application may close an idle connection at any moment, and a request that was lost on one must not be sent twice: so each has a
//! connection of its own, but for those that may be repeated (RFC 9110, section 9.2.2), which save their application the effort.

use std::sync::{Mutex, MutexGuard, PoisonError};

use axum::body::Body;
use hyper::body::Incoming;
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::runtime::{Handle, Id};

/// Connections to one process that are kept for a request that may be repeated.
#[derive(Default)]
pub(crate) struct Kept(Mutex<Vec<Connection>>);

struct Connection {
    port: u16,
    /// The runtime that moves its bytes: requests do not wait for the threads of the workers, which call applications too.
    runtime: Option<Id>,
    sender: SendRequest<Body>,
}

/// Connections that are kept of one process: as many as a busy client has requests at a time, and a few files of the process.
const MOST_KEPT: usize = 32;

impl Kept {
    /// A connection to this port that has nothing to do.
    pub(crate) fn take(&self, port: u16) -> Option<SendRequest<Body>> {
        let mut kept = self.lock();
        kept.retain(|one| one.port == port && !one.sender.is_closed());
        let here = runtime();
        let is_free = |one: &Connection| one.runtime == here && one.sender.is_ready();
        let free = kept.iter().rposition(is_free)?;
        Some(kept.swap_remove(free).sender)
    }

    /// Keeps a connection, which is free once the answer that comes on it has been read.
    pub(crate) fn keep(&self, port: u16, sender: SendRequest<Body>) {
        let mut kept = self.lock();
        if kept.len() < MOST_KEPT {
            kept.push(Connection {
                port,
                runtime: runtime(),
                sender,
            });
        }
    }

    /// Closes all: the process is to end.
    pub(crate) fn clear(&self) {
        self.lock().clear();
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Connection>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn runtime() -> Option<Id> {
    Handle::try_current().ok().map(|handle| handle.id())
}

/// Sends the request as [`hosting::probe::exchange`] does, and keeps the connection.
pub(crate) async fn exchange_and_keep(
    stream: TcpStream,
    request: http::Request<Body>,
    kept: &Kept,
) -> Result<http::Response<Incoming>, hyper::Error> {
    let port = stream.peer_addr().map_or(0, |address| address.port());
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    let answer = sender.send_request(request).await?;
    kept.keep(port, sender);
    Ok(answer)
}
