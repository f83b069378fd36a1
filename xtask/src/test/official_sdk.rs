//! The official TypeScript SDK, unmodified, reads what it expects from every method that it has: the suite in tests/sdk.

use anyhow::Result;

use super::summary::Outcome;
use crate::command;
use crate::platform::connector::TAG;
use crate::platform::house::House;

/// The package of the suite; its npm is told not to look for a newer self.
const SUITE: &str = "tests/sdk";
/// The connectors that the suite registers, each in a repository of its own.
const FIXTURES: [&str; 5] = [
    "starter",
    "minimal",
    "required-value",
    "missing-connect-yaml",
    "invalid-connect-yaml",
];

/// Installs the SDK as locked, compiles the suite against its types, and runs it on a platform of its own.
pub(super) fn check() -> Result<Outcome> {
    let install = ["--prefix", SUITE, "ci", "--no-audit", "--no-fund"];
    let mut install = command::program("npm", &install);
    install.args(["--prefer-offline", "--no-update-notifier"]);
    if !command::shown(install)? {
        return Ok(Outcome::Failed);
    }
    let house = House::open("official-sdk", &FIXTURES)?;
    let certifier = house.certifier()?;
    let mut suite = command::program("npm", &["--prefix", SUITE, "test", "--silent"]);
    suite
        .env("SLIPWAY_URL", house.url())
        .env("PROJECT", &house.credentials.project)
        .env("CLIENT_ID", &house.credentials.id)
        .env("CLIENT_SECRET", &house.credentials.secret)
        .env("CERTIFIER_ID", &certifier.id)
        .env("CERTIFIER_SECRET", &certifier.secret)
        .env("TAG", TAG);
    let passed = command::shown(suite)?;
    house.close(passed)?;
    Ok(Outcome::of(passed))
}
