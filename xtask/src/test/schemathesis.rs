//! The API does what its description says: Schemathesis makes requests of /openapi.json, good and bad ones, alone and in chains along
//! the links, against the platform as its users start it, and checks every answer.

use std::path::Path;

use anyhow::Result;

use super::summary::Outcome;
use crate::command;
use crate::platform::client::Client;
use crate::platform::connector::{TAG, validate};
use crate::platform::house::House;
use crate::tools::SCHEMATHESIS;

/// Where its configuration and hooks are.
const FOLDER: &str = "xtask/schemathesis";

/// Operations that must have succeeded at least once: a platform that refuses everything would pass every check.
const REACHED: [&str; 14] = [
    "auth-token",
    "connectors-staged-create",
    "connectors-staged-query",
    "connectors-staged-get",
    "connectors-staged-update",
    "connectors-staged-delete",
    "connectors-search",
    "deployments-create",
    "deployments-query",
    "deployments-get",
    "deployments-update",
    "deployments-delete",
    "deployments-logs",
    "revisions-query",
];

/// Runs every check with a token of a real client, a repository that is there, and a draft that can be deployed.
pub(super) fn check() -> Result<Outcome> {
    let Some(program) = SCHEMATHESIS.installed()? else {
        let reason =
            "python3 with its module venv is missing; on Debian: apt-get install python3-venv";
        return Ok(Outcome::Skipped(reason.to_owned()));
    };
    let house = House::open("schemathesis", &["minimal"])?;
    let credentials = house.certifier()?;
    let client = Client::login(house.url(), &credentials)?;
    let draft = house.connectors[0].register(&client, "deployable", &credentials.project)?;
    validate(&client, &draft)?;
    let succeeded = house.folder().join("succeeded");
    let mut run = command::program(
        program,
        &["--config-file", &format!("{FOLDER}/schemathesis.toml")],
    );
    run.arg("run").arg(format!("{}/openapi.json", house.url()));
    run.arg("--report-dir").arg(house.folder().join("report"));
    run.env(
        "TOKEN",
        client.authorization().trim_start_matches("Bearer "),
    )
    .env("CLIENT_ID", &credentials.id)
    .env("CLIENT_SECRET", &credentials.secret)
    .env("PROJECT_KEY", &credentials.project)
    .env("REPOSITORY_URL", house.connectors[0].url())
    .env("REPOSITORY_TAG", TAG)
    .env("STAGED_ID", draft.trim_start_matches("/connectors/drafts/"))
    .env("SUCCEEDED", &succeeded)
    .env("SCHEMATHESIS_HOOKS", format!("{FOLDER}/hooks.py"))
    .env("PYTHONDONTWRITEBYTECODE", "1");
    let passed = command::shown(run)? & all_reached(&succeeded);
    house.close(passed)?;
    Ok(Outcome::of(passed))
}

fn all_reached(succeeded: &Path) -> bool {
    let names = std::fs::read_to_string(succeeded).unwrap_or_default();
    let missed = REACHED
        .iter()
        .filter(|name| !names.lines().any(|line| line == **name));
    let missed: Vec<&str> = missed.copied().collect();
    if !missed.is_empty() {
        println!(
            "No request succeeded of {}: what was made of it is not tested.",
            missed.join(", ")
        );
    }
    missed.is_empty()
}
