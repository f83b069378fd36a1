//! Where the bench runs: an empty folder, the release binary, and two connectors in git repositories.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::command;
use crate::platform::client::{Client, Credentials};
use crate::platform::connector::Connector;
use crate::platform::server::{Server, Start};

/// What all figures share.
pub(super) struct Scene {
    binary: PathBuf,
    folder: PathBuf,
    /// Four applications with dependencies, as a real connector has.
    pub(super) starter: Connector,
    /// One application without any, so that nothing but the platform is measured.
    pub(super) minimal: Connector,
    /// A service and an event application that do nothing, so that what the platform does is seen.
    pub(super) quick: Connector,
    /// Four applications whose builds leave 120,000 files each.
    pub(super) many_files: Connector,
    /// One application whose build waits for a minute.
    pub(super) slow_build: Connector,
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
            quick: Connector::of_fixture("quick", &folder)?,
            many_files: Connector::of_fixture("many-files", &folder)?,
            slow_build: Connector::of_fixture("slow-build", &folder)?,
            folder,
        })
    }

    /// The release binary.
    pub(super) fn binary(&self) -> &Path {
        &self.binary
    }

    /// A server on the bench's one data folder.
    pub(super) fn start(&self) -> Result<Server> {
        self.start_on(&self.folder.join("data"))
    }

    /// A folder of a figure's own, such as data for [`Scene::start_on`].
    pub(super) fn data(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// A server on another data folder.
    pub(super) fn start_on(&self, data: &Path) -> Result<Server> {
        self.start_with(data, None)
    }

    /// A server whose applications sleep after another time.
    pub(super) fn start_with(&self, data: &Path, sleep_after: Option<&str>) -> Result<Server> {
        let connectors = [
            &self.starter,
            &self.minimal,
            &self.quick,
            &self.many_files,
            &self.slow_build,
        ];
        let maps = connectors.map(Connector::map);
        Server::start(&Start {
            binary: &self.binary,
            data,
            log: &self.folder.join("slipway.log"),
            cache: None,
            maps: &maps,
            // One Project asks for more than a fair share here.
            rate_limit: Some(1_000_000),
            sleep_after,
            certification_policy: None,
        })
    }

    /// The first start on that folder, the only one that shows the development client's secret.
    pub(super) fn visit(&self) -> Result<(Server, Visitor<'_>)> {
        self.visit_at(self.start()?)
    }

    /// The first start on any folder.
    pub(super) fn visit_at(&self, server: Server) -> Result<(Server, Visitor<'_>)> {
        let credentials = Credentials::of(&server.ready()?)?;
        let client = server.client(&credentials)?;
        let visitor = Visitor {
            scene: self,
            client,
            project: credentials.project,
        };
        Ok((server, visitor))
    }
}

/// Whoever measures on a platform that runs.
pub(super) struct Visitor<'a> {
    pub(super) scene: &'a Scene,
    pub(super) client: Client,
    pub(super) project: String,
}
