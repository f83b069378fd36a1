//! The command line: each command prints what it did, and an error is one paragraph with a non-zero exit.

mod client;
mod demo;
mod dev;
mod log;
mod logs;
mod operator;
mod standards;
mod up;
mod validate;
mod values;

pub(crate) use logs::text as log_text;
pub(crate) use validate::text as validation_text;

use std::net::SocketAddr;
use std::num::{NonZeroU32, NonZeroUsize};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use jiff::SignedDuration;

use crate::terminal;

/// An open, self-hosted connector platform, wire-compatible with the commercetools Connect API.
#[derive(Parser)]
#[command(name = "slipway", version, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Starts the platform on this machine and stays.
    Up(Up),
    /// Starts the platform and takes a connector that ships with it through its whole life.
    Demo(Demo),
    /// Runs the applications of a working copy, and what is saved the next moment.
    Dev(dev::Dev),
    /// Manages API clients.
    #[command(subcommand)]
    Client(client::Client),
    /// Shows the logs of a Deployment, or follows them.
    Logs(logs::Logs),
    /// Checks a working copy as a preview would, without a server.
    Validate(validate::Validate),
}

#[derive(Args)]
struct Up {
    /// Where to listen; port 0 takes a free one.
    #[arg(long, default_value = "127.0.0.1:8787", value_parser = values::listen)]
    listen: SocketAddr,
    /// The data folder; made if it is not there.
    #[arg(long, default_value = ".slipway")]
    data: PathBuf,
    /// Where Node releases and dependency trees are kept, to be shared by data folders; default: `cache` in the data folder.
    #[arg(long)]
    cache: Option<PathBuf>,
    /// The URL by which others reach it, where that is not the listen address; URLs of applications begin with it.
    #[arg(long, value_name = "URL", value_parser = values::url)]
    url: Option<String>,
    /// A domain, such as `apps.example.com`, whose subdomains lead to this gateway: each application gets the host `{id}.DOMAIN`.
    #[arg(long, value_name = "DOMAIN", value_parser = values::application_domain)]
    application_domain: Option<String>,
    /// Reads repositories under a prefix (or at a whole URL) from another git URL, as in `https://github.com/acme/=file:///srv/repos/`
    #[arg(long, value_name = "PREFIX=GIT_URL")]
    map_repository: Vec<String>,
    /// Requests that a Project may send to the API in each second; twice as many come through at once.
    #[arg(long, value_name = "REQUESTS", default_value_t = domain::limits::RATE, value_parser = values::rate)]
    rate_limit: NonZeroU32,
    /// Connections at the same time; default: half of the files that the process may open, at most 10000.
    #[arg(long, value_name = "CONNECTIONS", value_parser = values::connections)]
    max_connections: Option<NonZeroUsize>,
    /// Connections of one peer; a reverse proxy is one. Default: a quarter of all.
    #[arg(long, value_name = "CONNECTIONS", value_parser = values::connections)]
    max_connections_per_peer: Option<NonZeroUsize>,
    /// An origin, such as `https://shop.example.org`, whose pages may read answers in a browser; repeatable. None: every origin.
    #[arg(long, value_name = "ORIGIN")]
    cors_origin: Vec<String>,
    /// After how long without a request the applications of preview and sandbox Deployments sleep, to start with the next one; 0s: never.
    #[arg(long, value_name = "TIME", default_value = "15m")]
    sleep_after: SignedDuration,
    /// Starts even if builds and applications can get out of the sandbox, which each start tries; it warns then.
    #[arg(long)]
    allow_unsafe_sandbox: bool,
    #[command(flatten)]
    standards: standards::Standards,
    /// Where a zip archive of such advisories is fetched from, at the start and once a day.
    #[arg(long, value_name = "URL")]
    advisories_url: Option<String>,
    /// Prints one line of JSON when ready instead of text.
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
struct Demo {
    /// Where to listen; port 0 takes a free one.
    #[arg(long, default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// The data folder; what was built stays there for the next demo.
    #[arg(long, default_value = ".slipway/demo")]
    data: PathBuf,
    /// Starts even if builds and applications can get out of the sandbox, which each start tries; it warns then.
    #[arg(long)]
    allow_unsafe_sandbox: bool,
    /// Prints one line of JSON for each step instead of text.
    #[arg(long)]
    json: bool,
}

/// Runs the command line.
#[expect(
    clippy::print_stderr,
    reason = "errors of the command go to the terminal"
)]
pub async fn run() -> ExitCode {
    let done = match Cli::parse().command {
        Command::Up(options) => up::run(options).await,
        Command::Demo(options) => demo::run(options).await,
        Command::Dev(options) => dev::run(options).await,
        Command::Client(command) => client::run(command).await,
        Command::Logs(options) => logs::run(options).await,
        Command::Validate(options) => match validate::run(options).await {
            Ok(true) => Ok(()),
            Ok(false) => return ExitCode::FAILURE,
            Err(error) => Err(error),
        },
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {}", terminal::paragraph(&paragraph(&error)));
            ExitCode::FAILURE
        }
    }
}

/// An error and what is behind it, each part once: many errors repeat their cause in their own words.
fn paragraph(error: &anyhow::Error) -> String {
    let mut text = error.to_string();
    for cause in error.chain().skip(1) {
        let cause = cause.to_string();
        if !text.contains(&cause) {
            text = format!("{}: {cause}", text.trim_end_matches('.'));
        }
    }
    if text.ends_with(['.', '!', '?']) {
        text
    } else {
        text + "."
    }
}
