//! What a package.json asks for is told in one place: the release of Node.js, the command that starts, the script that builds.

use std::path::Path;

use crate::finding::PlanFinding;
use crate::manager::{ManagerKind, PackageManager};
use crate::node::{NodeVersion, Platform, RangeError};
use crate::package_json::PackageJson;
use crate::{BuildKind, BuildRequest, source_files};

pub(crate) fn no_platform() -> PlanFinding {
    PlanFinding::new(
        "package.json",
        "Node.js applications cannot be built on this machine.",
        "Run the builder on Linux (x86-64 or ARM64) or on macOS (ARM64).",
    )
}

pub(crate) fn platform() -> Result<Platform, PlanFinding> {
    Platform::here().ok_or_else(no_platform)
}

pub(crate) fn choose_node(
    platform: &Platform,
    package: &PackageJson,
) -> Result<NodeVersion, PlanFinding> {
    let range = package.node_range.as_deref();
    platform.choose(range).map_err(|error| {
        let shown = range.unwrap_or_default().escape_debug();
        let what = match error {
            RangeError::Unreadable => format!("`engines.node` is \"{shown}\", which is no version range."),
            RangeError::NotOffered(offered) => {
                format!("`engines.node` is \"{shown}\", and only Node.js {offered} are offered.")
            }
        };
        let remedy = "Set it to a range that allows Node.js 22 or 24, such as \">=22\", and test the application with that.";
        PlanFinding::new(&package.file, what, remedy).at(package.line_of(&["engines", "node"]))
    })
}

/// What `npm start` would run.
pub(crate) fn start(
    request: &BuildRequest,
    folder: &Path,
    package: &PackageJson,
) -> Result<Option<String>, PlanFinding> {
    if request.kind == BuildKind::Static {
        return Ok(None);
    }
    if let Some(start) = package.script("start") {
        let before = package
            .script("prestart")
            .map(|s| format!("{s} && "))
            .unwrap_or_default();
        return Ok(Some(format!("{before}{start}")));
    }
    if source_files::is_plain(&request.tree, &folder.join("server.js")) {
        return Ok(Some("node server.js".to_owned()));
    }
    Err(PlanFinding::new(
        &package.file,
        "The script `start` is missing.",
        "Add it to `scripts`: the command that starts the application's server on port 8080, such as \"node build/index.js\".",
    )
    .at(package.line_of(&["scripts"])))
}

/// `gcp-build` wins, and where it is empty there is nothing to build, as in Google's buildpacks (contract, section 10.3).
pub(crate) fn build_script(package: &PackageJson) -> Option<&'static str> {
    if package.scripts.contains_key("gcp-build") {
        return package.script("gcp-build").map(|_| "gcp-build");
    }
    package.script("build").map(|_| "build")
}

pub(crate) fn notes(
    manager: &PackageManager,
    has_lockfile: bool,
    package: &PackageJson,
) -> Vec<PlanFinding> {
    if has_lockfile || package.dependencies.is_empty() {
        return Vec::new();
    }
    let lockfile = match manager.kind {
        ManagerKind::Npm => "package-lock.json",
        ManagerKind::Pnpm => "pnpm-lock.yaml",
        ManagerKind::Yarn | ManagerKind::YarnClassic => "yarn.lock",
    };
    vec![PlanFinding::new(
        &package.file,
        "There is no lockfile, so another build can get other versions of the dependencies.",
        format!(
            "Run `{} install` and commit {lockfile}.",
            manager.kind.command()
        ),
    )]
}
