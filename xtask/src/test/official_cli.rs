//! The official command line client, unmodified, gets the answers that it expects from every command that calls the API: the suite in
//! tests/official-cli.

use anyhow::Result;

use super::summary::Outcome;
use crate::command;
use crate::platform::connector::{REGION, TAG};
use crate::platform::house::House;
use crate::tools::OFFICIAL_CLI;

/// The package of the suite.
const SUITE: &str = "tests/official-cli";

/// Installs the client as locked, and runs the suite on a platform of its own.
pub(super) fn check() -> Result<Outcome> {
    let client = OFFICIAL_CLI.installed()?;
    let house = House::open("official-cli", &["starter"])?;
    let mut suite = command::program("npm", &["--prefix", SUITE, "test", "--silent"]);
    suite
        .env("OFFICIAL_CLI", client)
        .env("SLIPWAY_URL", house.url())
        .env("PROJECT", &house.credentials.project)
        .env("CLIENT_ID", &house.credentials.id)
        .env("CLIENT_SECRET", &house.credentials.secret)
        .env("REGION", REGION)
        .env("REPOSITORY_URL", house.connectors[0].url())
        .env("TAG", TAG)
        .env("EMBEDDED_ENGINE", "1");
    let passed = command::shown(suite)?;
    house.close(passed)?;
    Ok(Outcome::of(passed))
}
