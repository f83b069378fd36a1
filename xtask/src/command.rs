//! Every program that xtask calls starts in the repository's root, and a failure names the whole command line.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

/// The root of the repository in which xtask was built.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("xtask is a folder of the repository")
}

/// A program, to be started in the repository's root.
pub(crate) fn program(name: impl AsRef<std::ffi::OsStr>, arguments: &[&str]) -> Command {
    let mut command = Command::new(name);
    command.args(arguments).current_dir(root());
    command
}

/// Prints a command and runs it; it shows its own output. True if it succeeded.
pub(crate) fn shown(command: Command) -> Result<bool> {
    println!("$ {}", line(&command));
    quiet(command)
}

/// Runs a command that shows its own output. True if it succeeded.
pub(crate) fn quiet(mut command: Command) -> Result<bool> {
    let status = command.status().with_context(|| not_started(&command))?;
    Ok(status.success())
}

/// How a process ended; none if it had to be killed, as the time was over.
pub(crate) fn ended_within(child: &mut Child, limit: Duration) -> Result<Option<ExitStatus>> {
    let start = Instant::now();
    while start.elapsed() < limit {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        pause(Duration::from_millis(20));
    }
    child.kill()?;
    child.wait()?;
    Ok(None)
}

/// Runs a command for its standard output. An error holds what it wrote to standard error.
pub(crate) fn output(mut command: Command) -> Result<String> {
    let output = command
        .stdin(Stdio::null())
        .output()
        .with_context(|| not_started(&command))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        bail!("`{}` failed: {}", line(&command), said.trim());
    }
    String::from_utf8(output.stdout)
        .with_context(|| format!("`{}` wrote something that is not UTF-8", line(&command)))
}

/// What cargo knows of the workspace's own packages.
pub(crate) fn metadata() -> Result<serde_json::Value> {
    let json = output(program(
        "cargo",
        &["metadata", "--no-deps", "--format-version", "1"],
    ))?;
    serde_json::from_str(&json).context("`cargo metadata` answered with something else than JSON")
}

/// The folder into which cargo builds.
pub(crate) fn target() -> Result<PathBuf> {
    let folder = metadata()?["target_directory"].as_str().map(PathBuf::from);
    folder.context("`cargo metadata` does not name the target folder")
}

/// Waits, where a process or the clock is the only thing to wait for.
#[expect(
    clippy::disallowed_methods,
    reason = "this process has no runtime; it polls children and paces load"
)]
pub(crate) fn pause(time: Duration) {
    std::thread::sleep(time);
}

/// The command as a person would type it.
pub(crate) fn line(command: &Command) -> String {
    std::iter::once(command.get_program())
        .chain(command.get_args())
        .map(|word| word.to_string_lossy())
        .collect::<Vec<_>>()
        .join(" ")
}

fn not_started(command: &Command) -> String {
    format!(
        "`{}` could not be started: is it installed, and in PATH?",
        command.get_program().to_string_lossy()
    )
}
