//! Builds an application into a content-addressed artifact: the same files give the same address, and what has an address is not built again.
//!
//! [`plan()`] reads the repository and says what a build would do and where its result belongs; [`build()`] does it, each step in a
//! sandbox; [`unpack`] puts a result back on disk.

mod build;
mod choices;
mod commands;
mod deadline;
mod error;
mod extract;
mod finding;
mod finish;
mod inputs;
pub mod limits;
mod log;
mod manager;
mod manifest;
mod modules;
mod node;
mod order;
mod pack;
mod package_json;
mod plan;
mod progress;
mod registry;
mod remedy;
mod room;
mod source_files;
mod tail;
mod toolchain;
mod trees;
mod workspace;

use std::path::PathBuf;

use domain::names::ApplicationName;
use serde::{Deserialize, Serialize};

pub use build::{Built, build, build_archive};
pub use deadline::build_archive_within;
pub use error::{BuildError, BuildFailure, BuildFault, Step};
pub use extract::{UnpackError, unpack};
pub use finding::PlanFinding;
pub use log::read_log;
pub use manager::{ManagerKind, PackageManager};
pub use manifest::{Manifest, StepTime};
pub use node::{NodeVersion, offered_release};
pub use order::{
    BuildEngine, BuildOrder, BuildStage, BuildUnderWay, FailedBuild, OrderError, TRIES,
};
pub use plan::{Plan, address_with, plan};
pub use progress::Progress;
pub use registry::RegistrySettings;
pub use toolchain::{Toolchain, Tools};

/// Part of every hash: raise it whenever the same inputs would give another artifact.
pub const VERSION: &str = "slipway-builder/1";

/// What to build.
#[derive(Debug, Clone)]
pub struct BuildRequest {
    /// The whole repository, which is not changed.
    pub tree: PathBuf,
    /// The application, whose folder at the root of the repository has the same name.
    pub application: ApplicationName,
    /// What it becomes.
    pub kind: BuildKind,
    /// For static applications: values that are compiled in, and therefore part of the hash. Not secret.
    pub environment: Vec<(String, String)>,
}

/// What an application becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BuildKind {
    /// A process that answers HTTP: service, event, job.
    Dynamic,
    /// Files to serve: assets, Merchant Center applications and views.
    Static,
}

impl BuildKind {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Dynamic => "dynamic",
            Self::Static => "static",
        }
    }
}
