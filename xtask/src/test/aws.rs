//! The installation on AWS, shown without AWS: template.yaml is linted and deployed as it is into a stand-in, which then does the
//! platform's main job and what the official client asks, under the roles that the template gives.

use std::net::TcpListener;
use std::path::Path;

use anyhow::{Context, Result};

use super::summary::Outcome;
use crate::tools::{AWS, OFFICIAL_CLI};
use crate::{command, environment, package};

/// Skipped where there is no Python.
pub(super) fn check() -> Result<Outcome> {
    let Some(program) = AWS.installed()? else {
        return Ok(Outcome::Skipped("there is no Python 3".to_owned()));
    };
    let folder = program.parent().context("a program has a folder")?;
    let executable = command::target()?.join("debug/bootstrap");
    let passed = lint(folder)?
        && package::pack(architecture(), &executable, "1")?
        && suite(folder)?
        && second_opinion(folder, &executable)?;
    Ok(Outcome::of(passed))
}

fn lint(tools: &Path) -> Result<bool> {
    let lint = command::program(tools.join("cfn-lint"), &["template.yaml"]);
    let mut validate = command::program(tools.join("sam"), &["validate", "--lint"]);
    validate.args(["--template-file", "template.yaml", "--region", "us-east-1"]);
    validate.env("SAM_CLI_TELEMETRY", "0");
    Ok(command::shown(lint)? && command::shown(validate)?)
}

fn suite(tools: &Path) -> Result<bool> {
    let mut suite = command::program(tools.join("python"), &["xtask/aws/suite.py"]);
    suite.env("PATH", environment::path_after(tools)?);
    let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
    suite.args([
        "--port",
        &port.to_string(),
        "--architecture",
        architecture(),
    ]);
    suite.arg("--official-cli").arg(OFFICIAL_CLI.installed()?);
    command::shown(suite)
}

fn second_opinion(tools: &Path, executable: &Path) -> Result<bool> {
    let mut opinion = command::program(tools.join("python"), &["xtask/aws/second_opinion.py"]);
    opinion.env("PATH", environment::path_after(tools)?);
    let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
    opinion.args([
        "--port",
        &port.to_string(),
        "--architecture",
        architecture(),
    ]);
    opinion.arg("--executable").arg(executable);
    command::shown(opinion)
}

/// What this machine is called by Lambda.
fn architecture() -> &'static str {
    match std::env::consts::ARCH {
        "aarch64" => "arm64",
        other => other,
    }
}
