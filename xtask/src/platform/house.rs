//! A platform on an empty data folder, with some of the fixtures behind public addresses, as the debug build runs it.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::client::{Client, Credentials};
use super::connector::Connector;
use super::server::{Server, Start};
use crate::command;

/// Below the folder of cargo's output.
const BINARY: &str = "debug/slipway";

/// A running platform that no other step uses.
pub(crate) struct House {
    server: Server,
    /// What logs in to it.
    pub(crate) credentials: Credentials,
    /// The fixtures, in the order in which they were asked for.
    pub(crate) connectors: Vec<Connector>,
    folder: PathBuf,
}

impl House {
    /// Starts `target/debug/slipway`, which an earlier step has built, on the emptied folder `target/NAME`.
    pub(crate) fn open(name: &str, fixtures: &[&'static str]) -> Result<Self> {
        let target = command::target()?;
        let binary = target.join(BINARY);
        if !binary.is_file() {
            bail!(
                "{} is not there: run `cargo build --workspace`",
                binary.display()
            );
        }
        let folder = target.join(name);
        if folder.exists() {
            fs::remove_dir_all(&folder)
                .with_context(|| format!("cannot empty {}", folder.display()))?;
        }
        fs::create_dir_all(&folder)?;
        let made = fixtures
            .iter()
            .map(|fixture| Connector::of_fixture(fixture, &folder));
        let connectors: Vec<Connector> = made.collect::<Result<_>>()?;
        let maps: Vec<String> = connectors.iter().map(Connector::map).collect();
        let server = Server::start(&Start {
            binary: &binary,
            data: &folder.join("data"),
            log: &log(&folder),
            // The tests' own: Node releases and dependency trees are fetched once for all of them.
            cache: Some(&target.join("tmp/test-cache")),
            maps: &maps,
            rate_limit: None,
            sleep_after: None,
            // Small fixtures come before a certifier, as in the tests of the house.
            certification_policy: Some(Path::new("tests/house/certification-policy.yml")),
        })?;
        let credentials = Credentials::of(&server.ready()?)?;
        Ok(Self {
            server,
            credentials,
            connectors,
            folder,
        })
    }

    /// The base URL.
    pub(crate) fn url(&self) -> &str {
        self.server.url()
    }

    /// A client, logged in.
    pub(crate) fn client(&self) -> Result<Client> {
        self.server.client(&self.credentials)
    }

    /// A client that may do everything, the operator's certifications too.
    pub(crate) fn certifier(&self) -> Result<Credentials> {
        let project = &self.credentials.project;
        let slipway = command::target()?.join(BINARY);
        let arguments = ["client", "create", "--json", "--project", project];
        let mut create = command::program(slipway, &arguments);
        for scope in ["manage_project", "manage_certifications"] {
            create.args(["--scope", scope]);
        }
        create.arg("--data").arg(self.folder.join("data"));
        let made: Value = serde_json::from_str(&command::output(create)?)?;
        let text = |name: &str| {
            let text = made[name].as_str().map(str::to_owned);
            text.with_context(|| format!("`slipway client create` shows no {name}"))
        };
        Ok(Credentials {
            project: project.clone(),
            id: text("clientId")?,
            secret: text("clientSecret")?,
        })
    }

    /// A folder for what belongs to the step; the next run of the step finds it gone.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Stops the platform, and says where its log is if the step has failed.
    pub(crate) fn close(self, passed: bool) -> Result<()> {
        if !passed {
            println!("The platform's log: {}", log(&self.folder).display());
        }
        self.server.stop()
    }
}

fn log(folder: &Path) -> PathBuf {
    folder.join("slipway.log")
}
