//! What a function's process finds around it: where its code lies, and where it may write.

use std::ffi::OsString;
use std::io::Write;
use std::path::PathBuf;

use domain::time::Timestamp;
use hosting::{LogEntry, PORT};

use super::loaded::{LAUNCH, Loaded};

/// The surroundings of an application in its function.
#[derive(Debug, Clone)]
pub(super) struct Surroundings {
    /// The artifact, which nobody writes to.
    pub(super) tree: PathBuf,
    /// The one folder that may be written to.
    pub(super) temporary: PathBuf,
    /// `PATH`, with Node.js in it.
    pub(super) path: OsString,
    /// The port that the application is told. Lambda gives each instance a network of its own, so it is the contract's; where functions
    /// run side by side on one machine, whoever runs them sets `PORT`.
    pub(super) port: u16,
}

impl Surroundings {
    /// As Lambda sets them.
    #[expect(
        clippy::disallowed_methods,
        reason = "the environment of an application's function has its home here"
    )]
    pub(super) fn read() -> Self {
        let code = std::env::var_os("LAMBDA_TASK_ROOT").unwrap_or_else(|| "/var/task".into());
        let port = std::env::var("PORT")
            .ok()
            .and_then(|port| port.parse().ok());
        Self {
            tree: PathBuf::from(code).join(super::TREE),
            temporary: std::env::temp_dir(),
            path: std::env::var_os("PATH").unwrap_or_default(),
            port: port.unwrap_or(PORT),
        }
    }
}

/// The application that this function has; none before its first revision.
#[expect(
    clippy::disallowed_methods,
    reason = "the environment of an application's function has its home here"
)]
pub(super) fn loaded() -> Option<Loaded> {
    Loaded::read(&std::env::var(LAUNCH).ok()?)
}

/// The time, for log entries.
#[expect(
    clippy::disallowed_methods,
    reason = "an application's function has no desk"
)]
pub(super) fn now() -> Timestamp {
    Timestamp(jiff::Timestamp::now())
}

/// Writes an entry to the function's log, which CloudWatch takes by lines.
pub(super) fn log(entry: &LogEntry) {
    let mut line = serde_json::to_vec(entry).unwrap_or_default();
    line.push(b'\n');
    // Where Lambda no longer takes lines, nobody is left to tell.
    let _ = std::io::stdout().lock().write_all(&line);
}
