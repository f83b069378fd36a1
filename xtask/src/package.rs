//! What template.yaml deploys is packed into target/lambda: the executable of every function, and the layers with Node.js.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use crate::tools::CARGO_LAMBDA;
use crate::{command, environment};

/// The architecture of this machine, by its name in the template.
pub(crate) const OURS: &str = if cfg!(target_arch = "aarch64") {
    "arm64"
} else {
    "x86_64"
};

/// Code stands where the linker puts it, what functions have in common is a function, and nothing tells how to unwind the stack (ADR 23).
const RUSTFLAGS: &str = "-Clink-arg=-no-pie -Cllvm-args=-enable-machine-outliner=always";
const NO_UNWINDING: &str = "xtask/aws/no_unwind.ld";

/// Builds for Lambda's system, packs, and tries what was built where this machine can start it: under a Runtime API, with the events of
/// tests/events. True if it succeeded.
pub(crate) fn release(architecture: &str) -> Result<bool> {
    let executable = built(architecture)?;
    if !pack(architecture, &executable, "9")? {
        return Ok(false);
    }
    if architecture != OURS {
        println!("not tried: it is for {architecture}, and this machine is {OURS}");
        return Ok(true);
    }
    let mut events = command::program("cargo", &["test", "--quiet", "--workspace"]);
    events.args(["--features", "functions/bootstrap", "--test", "black_box"]);
    events.args(["--", "aws::bootstrap"]);
    events.env("BOOTSTRAP", &executable);
    command::shown(events)
}

/// The executable of every function as it is deployed, built by cargo-lambda.
pub(crate) fn built(architecture: &str) -> Result<PathBuf> {
    let program = CARGO_LAMBDA.installed()?;
    let program = program.context("cargo-lambda is installed by Python 3, which is not there")?;
    let folder = program
        .parent()
        .context("a program has a folder")?
        .to_owned();
    let mut build = command::program(program, &["lambda", "build", "--profile", "bootstrap"]);
    // zig, which links for the older system, lies beside it.
    build.env("PATH", environment::path_after(&folder)?);
    let script = command::root().join(NO_UNWINDING);
    let script = script.display();
    build.env(
        "RUSTFLAGS",
        format!("{RUSTFLAGS} -Clink-arg=-Wl,-T,{script}"),
    );
    build.args(["--package", "functions", "--bin", "bootstrap"]);
    build.args(["--features", "bootstrap"]);
    build.arg(match architecture {
        "arm64" => "--arm64",
        _ => "--x86-64",
    });
    let folder = command::target()?.join("lambda-build").join(architecture);
    build.arg("--lambda-dir").arg(&folder);
    ensure!(command::shown(build)?, "`bootstrap` could not be built");
    Ok(folder.join("bootstrap/bootstrap"))
}

/// Packs an executable that is there; a lower level is quicker.
pub(crate) fn pack(architecture: &str, executable: &Path, level: &str) -> Result<bool> {
    let mut pack = command::program("python3", &["xtask/aws/package.py", "--arch", architecture]);
    pack.arg("--executable").arg(executable);
    pack.args(["--level", level]);
    command::shown(pack)
}
