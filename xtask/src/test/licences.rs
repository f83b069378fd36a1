//! No dependency comes under a licence, from a source or with a known hole that deny.toml does not allow.

use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, Result};

use super::summary::Outcome;
use crate::{command, tools};

/// Where cargo-deny reads the advisories.
const DATABASE: &str = "https://github.com/rustsec/advisory-db";

/// How long the database has to answer; a network that drops packets answers never.
const PATIENCE: Duration = Duration::from_secs(10);

/// Bans, licences and sources: what needs nothing but the packages themselves.
pub(super) fn check() -> Result<Outcome> {
    deny(&["bans", "licenses", "sources"])
}

/// Known vulnerabilities, where their database can be read.
pub(super) fn advisories() -> Result<Outcome> {
    if reachable(DATABASE, PATIENCE)? {
        deny(&["advisories"])
    } else {
        let reason = format!("{DATABASE} cannot be reached from here");
        Ok(Outcome::Extra(reason))
    }
}

/// Errors only: the duplicates that deny.toml warns of fill hundreds of lines, and are asked for by hand.
fn deny(checks: &[&str]) -> Result<Outcome> {
    let arguments = [&["--log-level", "error", "check"], checks].concat();
    super::shown(command::program(tools::cargo_deny()?, &arguments))
}

/// Whether a git server answers for this repository in time.
fn reachable(repository: &str, patience: Duration) -> Result<bool> {
    let mut git = command::program("git", &["ls-remote", "--quiet", repository, "HEAD"]);
    git.env("GIT_TERMINAL_PROMPT", "0")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let mut git = git.spawn().context("`git` could not be started")?;
    let ended = command::ended_within(&mut git, patience)?;
    Ok(ended.is_some_and(|status| status.success()))
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;

    #[test]
    fn a_repository_that_is_there_is_reachable_and_one_that_is_not_is_not() {
        let here = command::root().to_str().unwrap();
        assert!(reachable(here, PATIENCE).unwrap());
        assert!(!reachable("no/such/repository", PATIENCE).unwrap());
    }

    #[test]
    fn a_server_that_never_answers_is_given_up() {
        let silent = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = silent.local_addr().unwrap();
        let repository = format!("git://{address}/advisory-db");
        assert!(!reachable(&repository, Duration::from_millis(200)).unwrap());
    }
}
