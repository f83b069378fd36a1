//! `slipway up`: starts the platform, says what to try, and stays until it is told to stop.

use std::num::NonZeroUsize;
use std::time::Duration;

use anyhow::Context;
use functions::StandardsOptions;
use jiff::SignedDuration;
use serde_json::json;
use tokio::signal::unix::{Signal, SignalKind, signal};

use super::{Up, log};
use crate::gateway::ConnectionLimits;
use crate::up::{Options, Server};
use web::{Cors, Rate};

pub(super) async fn run(options: Up) -> anyhow::Result<()> {
    log::start();
    let mut stop = StopSignals::listen()?;
    let standards = StandardsOptions {
        advisories_url: options.advisories_url,
        ..options.standards.into()
    };
    let start = Server::start(Options {
        listen: options.listen,
        data: options.data,
        cache: options.cache,
        url: options.url,
        application_domain: options.application_domain,
        map_repository: options.map_repository,
        standards,
        rate: Rate::per_second(options.rate_limit),
        cors: Cors::parse(&options.cors_origin)?,
        connections: connections(options.max_connections, options.max_connections_per_peer)?,
        sleep_after: sleep_after(options.sleep_after)?,
        allow_unsafe_sandbox: options.allow_unsafe_sandbox,
    });
    let server = tokio::select! {
        server = start => server?,
        () = stop.received() => return Ok(()),
    };
    if options.json {
        ready_json(&server)
    } else {
        ready(&server)
    }
    stop.received().await;
    server.stop().await;
    Ok(())
}

fn sleep_after(time: SignedDuration) -> anyhow::Result<Option<Duration>> {
    let time = Duration::try_from(time).context("--sleep-after is less than nothing")?;
    Ok((!time.is_zero()).then_some(time))
}

fn connections(
    all: Option<NonZeroUsize>,
    per_peer: Option<NonZeroUsize>,
) -> anyhow::Result<ConnectionLimits> {
    let limits = ConnectionLimits::of_process();
    let limits = limits.with_most(all.map(NonZeroUsize::get), per_peer.map(NonZeroUsize::get));
    limits.map_err(anyhow::Error::msg)
}

/// The signals that ask for an end. They are waited for before anything starts: whoever runs this in the background of a shell script
/// has it ignore interrupts until then, and one that comes with the first answer would be lost.
pub(super) struct StopSignals {
    interrupt: Signal,
    terminate: Signal,
}

impl StopSignals {
    pub(super) fn listen() -> anyhow::Result<Self> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt()).context("Ctrl-C cannot be waited for")?,
            terminate: signal(SignalKind::terminate()).context("SIGTERM cannot be waited for")?,
        })
    }

    pub(super) async fn received(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

#[expect(
    clippy::print_stdout,
    reason = "the ready line is the command's output"
)]
fn ready_json(server: &Server) {
    let client = server.client();
    let mut line = json!({
        "event": "ready",
        "url": server.url(),
        "projectKey": client.project_key,
        "clientId": client.client_id,
    });
    let notes = restrictions();
    if !notes.is_empty() {
        line["notes"] = json!(notes);
    }
    if let Some(secret) = &client.client_secret {
        line["clientSecret"] = json!(secret.expose());
    }
    println!("{line}");
}

#[expect(clippy::print_stdout, reason = "the greeting is the command's output")]
fn ready(server: &Server) {
    let (url, client) = (server.url(), server.client());
    println!("Slipway is ready at {url}\n");
    for note in restrictions() {
        println!("Note: {note}\n");
    }
    let Some(secret) = &client.client_secret else {
        println!(
            "API clients of this data folder are listed by `slipway client list`. Ctrl-C stops."
        );
        return;
    };
    println!(
        "A development client for the Project {} was made; its secret is shown only now:",
        client.project_key
    );
    println!("  client id      {}", client.client_id);
    println!("  client secret  {}\n", secret.expose());
    println!("Try:");
    println!(
        "  curl -s -u {}:{} -d grant_type=client_credentials {url}/oauth/token",
        client.client_id,
        secret.expose()
    );
    println!("  curl -s -H \"Authorization: Bearer $TOKEN\" {url}/connectors/drafts");
    println!("\nCtrl-C stops.");
}

/// What this machine cannot enforce.
fn restrictions() -> Vec<&'static str> {
    let can = sandbox::capabilities();
    let network = "bubblewrap (`bwrap`) is not here or does not work, so builds keep the network after their dependencies are installed.";
    let files = "this system restricts no file access of builds and applications: it has neither Landlock nor bubblewrap.";
    let missing = [
        (!can.network_isolation, network),
        (!can.file_rules(), files),
    ];
    missing
        .into_iter()
        .filter_map(|(missing, note)| missing.then_some(note))
        .collect()
}
