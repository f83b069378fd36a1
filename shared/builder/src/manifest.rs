//! A manifest says everything that a host needs to know about an artifact without opening it.

use domain::names::{ApplicationName, ArtifactHash};
use serde::{Deserialize, Serialize};

use crate::BuildKind;
use crate::error::Step;
use crate::manager::PackageManager;
use crate::node::NodeVersion;

/// What an artifact is, and how it came about. It is kept beside the archive and not in it, as it holds times.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Manifest {
    /// The artifact's address.
    pub hash: ArtifactHash,
    /// The builder that made it.
    pub builder: String,
    /// The application.
    pub application: ApplicationName,
    /// What it became.
    pub kind: BuildKind,
    /// The release that it was built and tested on, and is to run on.
    pub node: NodeVersion,
    /// What installed its dependencies.
    pub manager: Option<PackageManager>,
    /// `name` of its package.json.
    pub package_name: Option<String>,
    /// `version` of its package.json.
    pub package_version: Option<String>,
    /// The working folder of the application within the archive; empty for static files, which lie at its top.
    pub folder: String,
    /// The command line that starts it, for a shell in `folder`.
    pub start: Option<String>,
    /// Folders within the archive to put before the system's on `PATH`, for `start` and for scripts.
    pub path: Vec<String>,
    /// Whether the dependencies of development were removed.
    pub pruned: bool,
    /// Size of the archive in bytes.
    pub archive_bytes: u64,
    /// Size of its files in bytes.
    pub unpacked_bytes: u64,
    /// How many files and links it has.
    pub entries: u64,
    /// The steps with their times.
    pub steps: Vec<StepTime>,
}

/// How long a step took.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StepTime {
    /// The step.
    pub step: Step,
    /// Wall time in milliseconds.
    pub millis: u64,
}
