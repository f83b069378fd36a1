//! A connection to whoever serves a repository, by HTTP, by SSH or on this machine; all speak the same protocol from here on.

mod exchange;
mod http;
mod process;

use std::io;
use std::sync::Arc;

use gix_transport::client::blocking_io::Transport;

use crate::attempt::Attempt;
use crate::error::Failure;
use crate::remote::Remote;

pub(crate) use http::Clients;

/// An open connection.
pub(crate) struct Wire {
    pub(crate) transport: Box<dyn Transport>,
    process: Option<process::Process>,
    server: String,
}

impl Wire {
    /// Connects, or gets ready to: HTTP connects with the first request.
    pub(crate) fn open(
        remote: &Remote,
        clients: &Clients,
        attempt: &Arc<Attempt>,
    ) -> Result<Self, Failure> {
        let server = remote.server();
        let (transport, process) = match remote {
            Remote::Http { url, trust } => (
                http::transport(url, *trust, &server, clients, attempt)?,
                None,
            ),
            Remote::Ssh(to) => process::ssh(to, &server, attempt)?,
            Remote::Local(path) => process::local(path, attempt)?,
        };
        Ok(Self {
            transport,
            process,
            server,
        })
    }

    /// A conversation that is played back.
    #[cfg(test)]
    pub(crate) fn of(transport: Box<dyn Transport>) -> Self {
        Self {
            transport,
            process: None,
            server: "test".to_owned(),
        }
    }

    /// Why the connection failed: the noted reason, what the program complained of, or else `otherwise`.
    pub(crate) fn failure(
        &mut self,
        attempt: &Attempt,
        otherwise: impl FnOnce() -> Failure,
    ) -> Failure {
        let server = &self.server;
        let complaint = self
            .process
            .as_mut()
            .and_then(|process| process.complaint(server, attempt));
        attempt.failure(|| complaint.map_or_else(otherwise, Failure::from))
    }
}

/// An error for gitoxide to carry; the reason is noted in the attempt.
fn noted() -> io::Error {
    io::Error::other("the attempt failed")
}
