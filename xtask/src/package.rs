//! What template.yaml deploys is packed into target/lambda: the executable of every function, and the layers with Node.js.

use std::path::Path;

use anyhow::{Context, Result};

use crate::command;
use crate::tools::CARGO_LAMBDA;

/// Builds for Lambda's system by cargo-lambda, and packs. True if it succeeded.
pub(crate) fn release(architecture: &str) -> Result<bool> {
    let program = CARGO_LAMBDA.installed()?;
    let program = program.context("cargo-lambda is installed by Python 3, which is not there")?;
    let folder = program
        .parent()
        .context("a program has a folder")?
        .to_owned();
    let mut build = command::program(program, &["lambda", "build", "--release"]);
    // zig, which links for the older system, lies beside it.
    build.env("PATH", command::path_after(&folder)?);
    build.args(["--package", "functions", "--bin", "bootstrap"]);
    build.args(["--features", "bootstrap"]);
    build.arg(match architecture {
        "arm64" => "--arm64",
        _ => "--x86-64",
    });
    let built = command::target()?.join("lambda-release");
    build.arg("--lambda-dir").arg(&built);
    Ok(command::shown(build)? && pack(architecture, &built.join("bootstrap/bootstrap"), "9")?)
}

/// Packs an executable that is there; a lower level is quicker.
pub(crate) fn pack(architecture: &str, executable: &Path, level: &str) -> Result<bool> {
    let mut pack = command::program("python3", &["xtask/aws/package.py", "--arch", architecture]);
    pack.arg("--executable").arg(executable);
    pack.args(["--level", level]);
    command::shown(pack)
}
