//! `slipway dev DIR`: a creator's inner loop, without commit, tag or push.

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::Context;
use clap::Args;

use super::log;
use super::up::StopSignals;
use crate::dev::{self, Options};

#[derive(Args)]
pub(super) struct Dev {
    /// The working copy: the folder with connect.yaml.
    #[arg(default_value = ".")]
    dir: PathBuf,
    /// Where to listen; port 0 takes a free one.
    #[arg(long, default_value = "127.0.0.1:8788")]
    listen: SocketAddr,
    /// The file with the values of all applications, KEY=value in each line; default: `.env` in the working copy. The file `.env` in
    /// the folder of an application goes before it.
    #[arg(long, value_name = "FILE")]
    env_file: Option<PathBuf>,
    /// Where Node releases are kept; default: `slipway` in the cache folder of this user.
    #[arg(long)]
    data: Option<PathBuf>,
    /// Starts even if applications can get out of the sandbox, which each start tries; it warns then.
    #[arg(long)]
    allow_unsafe_sandbox: bool,
}

pub(super) async fn run(options: Dev) -> anyhow::Result<()> {
    log::start();
    let mut stop = StopSignals::listen()?;
    let data = match options.data {
        Some(data) => data,
        None => cache()?.join("slipway"),
    };
    let options = Options {
        root: options.dir,
        listen: options.listen,
        env_file: options.env_file,
        data,
        path: path(),
        allow_unsafe_sandbox: options.allow_unsafe_sandbox,
    };
    dev::run(options, stop.received()).await
}

/// The cache folder of this user (XDG Base Directory Specification).
#[expect(clippy::disallowed_methods, reason = "read once, at start")]
fn cache() -> anyhow::Result<PathBuf> {
    let named = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
    let cache = named("XDG_CACHE_HOME").map(PathBuf::from);
    let home = || named("HOME").map(|home| PathBuf::from(home).join(".cache"));
    cache
        .or_else(home)
        .context("HOME is not set; name a folder with --data")
}

#[expect(clippy::disallowed_methods, reason = "read once, at start")]
fn path() -> OsString {
    std::env::var_os("PATH").unwrap_or_default()
}
