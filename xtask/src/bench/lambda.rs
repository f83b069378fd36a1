//! What a function on Lambda costs: the size of the executable, its start until it asks for the first event, and what it adds to each.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

use super::figure::{Figure, Target};
use super::sample::Sample;
use crate::{command, package};

const STARTS: usize = 20;
const EVENTS: usize = 500;

/// A function that answers this event without a row: no token came with it.
const HANDLER: &str = "connectors-staged-query";
const EVENT: &str = include_str!("../../../tests/events/connectors-staged-query.json");

/// Asks for an event as the executable does, and answers it with nothing.
const EMPTY_FUNCTION: &str = "const http = require('node:http'); const agent = new http.Agent({ keepAlive: true }); \
     const [host, port] = process.env.AWS_LAMBDA_RUNTIME_API.split(':'); const base = '/2018-06-01/runtime/invocation/'; \
     const next = () => http.get({ host, port, agent, path: base + 'next' }, (event) => { event.resume(); event.on('end', () => { \
     const answer = http.request({ host, port, agent, method: 'POST', path: base + '1/response', headers: { 'content-length': 2 } }, \
     (taken) => { taken.resume(); taken.on('end', next); }); answer.end('{}'); }); }); next();";

/// Builds the executable of all functions as it is deployed, and measures it.
pub(super) fn figures() -> Result<Vec<Figure>> {
    let executable = package::built(package::OURS)?;
    Ok(vec![
        size(&executable)?,
        first_event(&executable)?,
        overhead(&executable)?,
    ])
}

fn size(executable: &PathBuf) -> Result<Figure> {
    let megabytes = |file: &PathBuf| -> Result<f64> {
        #[expect(clippy::cast_precision_loss, reason = "a file is far below 2^52 bytes")]
        let bytes = std::fs::metadata(file)?.len() as f64;
        Ok(bytes / 1e6)
    };
    let node = command::output(command::program("node", &["-p", "process.execPath"]))?;
    Ok(Figure {
        name: "Size of `bootstrap`, the executable of every function, stripped",
        unit: "MB",
        measured: Sample::of([megabytes(executable)?]),
        reference_name: "Node.js, which runs a function of JavaScript",
        reference: Sample::of([megabytes(&PathBuf::from(node.trim()))?]),
        target: Target::AtMost(20.0),
    })
}

fn first_event(executable: &PathBuf) -> Result<Figure> {
    let (mut measured, mut reference) = (Vec::new(), Vec::new());
    for _ in 0..STARTS {
        measured.push(Function::start(bootstrap(executable))?.started);
        reference.push(Function::start(empty())?.started);
    }
    Ok(Figure {
        name: "Start of an endpoint's function until it asks for its first event",
        unit: "ms",
        measured: Sample::of_times(measured),
        reference_name: "the same of a function that does nothing, on Node.js",
        reference: Sample::of_times(reference),
        target: Target::AtMost(25.0),
    })
}

fn overhead(executable: &PathBuf) -> Result<Figure> {
    let times = |command| -> Result<Sample> {
        let mut function = Function::start(command)?;
        let mut times = Vec::new();
        for _ in 0..EVENTS {
            times.push(function.answers()?);
        }
        // The first events meet what is made once.
        Ok(Sample::of_times(times.split_off(EVENTS / 10)))
    };
    Ok(Figure {
        name: "An event that needs no row, from a warm function (over loopback)",
        unit: "ms",
        measured: times(bootstrap(executable))?,
        reference_name: "a function that does nothing, on Node.js",
        reference: times(empty())?,
        target: Target::AtMost(1.0),
    })
}

fn bootstrap(executable: &PathBuf) -> Command {
    let mut command = Command::new(executable);
    command
        .env("_HANDLER", HANDLER)
        .env("AWS_ENDPOINT_URL", "http://127.0.0.1:1");
    command
}

fn empty() -> Command {
    let mut command = Command::new("node");
    command.args(["-e", EMPTY_FUNCTION]);
    command
}

/// A function's process under a Runtime API, which waits for its next event.
struct Function {
    child: Child,
    requests: Receiver<Request>,
    asks: Sender<Request>,
    /// The connection on which it asked for an event.
    waiting: Option<Connection>,
    started: Duration,
}

type Connection = BufReader<TcpStream>;

/// A request that was read to its end, and the connection on which it wants its answer.
struct Request {
    is_answer: bool,
    at: Instant,
    connection: Connection,
}

impl Drop for Function {
    fn drop(&mut self) {
        // A process that has ended already is what is wanted.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Function {
    fn start(mut command: Command) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        command
            .env("AWS_LAMBDA_RUNTIME_API", listener.local_addr()?.to_string())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        for (name, value) in SURROUNDINGS {
            command.env(name, value);
        }
        let (asks, requests) = channel();
        let asked = asks.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                // Without it, a small answer waits for the acknowledgement of the one before.
                let _ = stream.set_nodelay(true);
                listen(BufReader::new(stream), asked.clone());
            }
        });
        let begun = Instant::now();
        let child = command
            .spawn()
            .context("the function could not be started")?;
        let mut function = Self {
            child,
            requests,
            asks,
            waiting: None,
            started: Duration::ZERO,
        };
        let first = function.next()?;
        function.started = first.at.duration_since(begun);
        function.waiting = Some(first.connection);
        Ok(function)
    }

    /// From an event until its answer is there.
    fn answers(&mut self) -> Result<Duration> {
        let connection = self
            .waiting
            .take()
            .context("the function asks for no event")?;
        let begun = Instant::now();
        self.write(
            connection,
            &format!(
                "HTTP/1.1 200 OK\r\nlambda-runtime-aws-request-id: 1\r\nlambda-runtime-deadline-ms: 99999999999999\r\n\
                 lambda-runtime-invoked-function-arn: arn:aws:lambda:us-east-1:000000000000:function:f\r\ncontent-length: {}\r\n\r\n{EVENT}",
                EVENT.len()
            ),
        )?;
        let answer = self.next()?;
        ensure!(
            answer.is_answer,
            "the function asks for another event before it has answered"
        );
        let took = answer.at.duration_since(begun);
        self.write(
            answer.connection,
            "HTTP/1.1 202 Accepted\r\ncontent-length: 0\r\n\r\n",
        )?;
        self.waiting = Some(self.next()?.connection);
        Ok(took)
    }

    fn write(&self, mut connection: Connection, text: &str) -> Result<()> {
        connection.get_mut().write_all(text.as_bytes())?;
        listen(connection, self.asks.clone());
        Ok(())
    }

    fn next(&self) -> Result<Request> {
        let patience = Duration::from_secs(30);
        self.requests
            .recv_timeout(patience)
            .context("the function does not ask for an event")
    }
}

/// Hands on the next request of a connection, when it is there; a connection that is closed has none.
fn listen(mut connection: Connection, asks: Sender<Request>) {
    std::thread::spawn(move || {
        if let Ok(is_answer) = read(&mut connection) {
            let at = Instant::now();
            // Whoever measured has ended before.
            let _ = asks.send(Request {
                is_answer,
                at,
                connection,
            });
        }
    });
}

/// Reads a request to its end; whether it brings an answer.
fn read(connection: &mut Connection) -> Result<bool> {
    let (mut length, mut chunked) = (0, false);
    let is_answer = line(connection)?.starts_with("POST");
    loop {
        let line = line(connection)?;
        let (name, value) = line.split_once(':').unwrap_or((&line, ""));
        match name.to_ascii_lowercase().as_str() {
            "" => break,
            "content-length" => length = value.trim().parse()?,
            "transfer-encoding" => chunked = true,
            _ => {}
        }
    }
    while chunked {
        let size = usize::from_str_radix(&line(connection)?, 16)?;
        skip(connection, size)?;
        line(connection)?;
        chunked = size > 0;
    }
    skip(connection, length)?;
    Ok(is_answer)
}

fn line(connection: &mut Connection) -> Result<String> {
    let mut line = String::new();
    let read = connection.read_line(&mut line)?;
    ensure!(read > 0, "the connection is closed");
    Ok(line.trim_end().to_owned())
}

fn skip(connection: &mut Connection, bytes: usize) -> Result<()> {
    let mut body = vec![0; bytes];
    Ok(connection.read_exact(&mut body)?)
}

/// What Lambda and the template set.
const SURROUNDINGS: [(&str, &str); 20] = [
    ("AWS_LAMBDA_FUNCTION_NAME", HANDLER),
    ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256"),
    ("AWS_LAMBDA_FUNCTION_VERSION", "1"),
    ("AWS_REGION", "us-east-1"),
    ("AWS_ACCESS_KEY_ID", "test"),
    ("AWS_SECRET_ACCESS_KEY", "test"),
    ("SLIPWAY_TABLE", "slipway"),
    ("SLIPWAY_BUCKET", "slipway"),
    ("SLIPWAY_KMS_KEY", "alias/slipway"),
    ("SLIPWAY_BASE_URL", "https://api.example.org"),
    ("SLIPWAY_QUEUES_URL", "http://127.0.0.1:1/queues/"),
    ("SLIPWAY_PREFIX", "slipway"),
    ("SLIPWAY_APPLICATION_ROLE", "role"),
    ("SLIPWAY_NODE_LAYERS", "24=layer"),
    ("SLIPWAY_TOPICS", "topics"),
    ("SLIPWAY_EVENTS_QUEUE", "queue"),
    ("SLIPWAY_SCHEDULE_GROUP", "slipway"),
    ("SLIPWAY_SCHEDULE_ROLE", "role"),
    ("SLIPWAY_JOBS_QUEUE", "queue"),
    ("SLIPWAY_BUILD_PROJECT", "builder"),
];
