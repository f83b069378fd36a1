//! Where the bench runs: an empty folder, the release binary, and two connectors in git repositories.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::client::Credentials;
use super::connector::Connector;
use super::server::Server;
use crate::command;

/// What all figures share.
pub(super) struct Scene {
    binary: PathBuf,
    folder: PathBuf,
    /// Four applications with dependencies, as a real connector has.
    pub(super) starter: Connector,
    /// One application without any, so that nothing but the platform is measured.
    pub(super) minimal: Connector,
}

impl Scene {
    /// Builds the binary and empties the folder.
    pub(super) fn set() -> Result<Self> {
        let build = [
            "build",
            "--release",
            "--package",
            "slipway",
            "--bin",
            "slipway",
        ];
        if !command::shown(command::program("cargo", &build))? {
            bail!("the release binary does not build");
        }
        let target = command::target()?;
        let folder = target.join("bench");
        if folder.exists() {
            fs::remove_dir_all(&folder).context("cannot empty target/bench")?;
        }
        fs::create_dir_all(&folder)?;
        Ok(Self {
            binary: target.join("release/slipway"),
            starter: Connector::of_fixture("starter", &folder)?,
            minimal: Connector::of_fixture("minimal", &folder)?,
            folder,
        })
    }

    /// A server on the bench's one data folder.
    pub(super) fn start(&self) -> Result<Server> {
        let maps = [self.starter.map(), self.minimal.map()];
        Server::start(
            &self.binary,
            &self.folder.join("data"),
            &self.folder.join("slipway.log"),
            &maps,
        )
    }

    /// The first start on that folder, the only one that shows the development client's secret.
    pub(super) fn first_start(&self) -> Result<(Server, Credentials)> {
        let server = self.start()?;
        let ready = server.ready()?;
        Ok((server, credentials(&ready)?))
    }
}

fn credentials(ready: &Value) -> Result<Credentials> {
    let field = |name: &str| {
        let value = ready[name].as_str().map(str::to_owned);
        value.with_context(|| format!("the first start does not show a {name}"))
    };
    Ok(Credentials {
        project: field("projectKey")?,
        id: field("clientId")?,
        secret: field("clientSecret")?,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_start_without_a_secret_is_not_a_first_one() {
        let later = json!({"event": "ready", "projectKey": "dev", "clientId": "a"});
        let Err(error) = credentials(&later) else {
            panic!("there is no secret");
        };
        insta::assert_snapshot!(error, @"the first start does not show a clientSecret");
    }
}
