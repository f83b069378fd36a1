//! The listener of a whole platform under callers that hold connections, send nothing, read nothing, or come in great numbers.

mod connections;
mod threads;

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use functions::{NpmAdvisories, StandardsOptions};
use slipway::gateway::ConnectionLimits;
use slipway::up::{Options, Server};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::timeout;
use web::{Cors, Rate};

/// Far beyond what any answer takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

const SHOP: Ipv4Addr = Ipv4Addr::LOCALHOST;

/// A platform on its own data folder.
struct Platform {
    server: Server,
    _folder: TempDir,
}

impl Platform {
    async fn start(limits: impl FnOnce(&mut ConnectionLimits)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut connections = ConnectionLimits::of_process();
        limits(&mut connections);
        let server = Server::start(Options {
            listen: "127.0.0.1:0".parse().unwrap(),
            data: folder.path().join("data"),
            cache: None,
            url: None,
            application_domain: None,
            map_repository: Vec::new(),
            standards: StandardsOptions {
                npm_advisories: NpmAdvisories::Off,
                ..StandardsOptions::default()
            },
            rate: Rate::default(),
            cors: Cors::default(),
            connections,
            allow_unsafe_sandbox: false,
            sleep_after: None,
        });
        Self {
            server: server.await.unwrap(),
            _folder: folder,
        }
    }

    fn address(&self) -> SocketAddr {
        self.server
            .url()
            .trim_start_matches("http://")
            .parse()
            .unwrap()
    }

    /// Opens a connection from one of the addresses of this machine.
    async fn connect(&self, from: Ipv4Addr) -> Caller {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind((from, 0).into()).unwrap();
        Caller(socket.connect(self.address()).await.unwrap())
    }

    /// The status with which a request without a body is answered on a connection of its own.
    async fn get(&self, from: Ipv4Addr, path: &str) -> String {
        let mut caller = self.connect(from).await;
        caller
            .send(&format!("GET {path} HTTP/1.1\r\nhost: slipway\r\n\r\n"))
            .await;
        caller.answer().await
    }
}

/// One connection to the platform.
struct Caller(TcpStream);

impl Caller {
    async fn send(&mut self, text: &str) {
        self.0.write_all(text.as_bytes()).await.unwrap();
    }

    /// The head of the next answer, and what came with it; empty where the connection is closed.
    async fn answer(&mut self) -> String {
        let mut answer = vec![0; 64 * 1024];
        let read = timeout(PATIENCE, self.0.read(&mut answer)).await;
        let read = read
            .expect("the connection is answered or closed")
            .unwrap_or(0);
        answer.truncate(read);
        String::from_utf8(answer).unwrap()
    }

    /// True once the platform has closed the connection.
    fn is_closed(&self) -> bool {
        let mut byte = [0];
        match self.0.try_read(&mut byte) {
            Ok(read) => read == 0,
            Err(error) => error.kind() != std::io::ErrorKind::WouldBlock,
        }
    }

    /// Waits until the platform closes the connection.
    async fn closed(&mut self) {
        while !self.answer().await.is_empty() {}
    }
}
