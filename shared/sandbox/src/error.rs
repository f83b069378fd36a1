//! Why a command could not be started at all; how a started command ended is an `Exit`.

use std::io;
use std::path::PathBuf;

/// Why a command could not be started.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    /// No such program, neither as a path nor in the `PATH` of the command's own environment.
    #[error(
        "the program `{}` was not found: install it, or put its folder into the command's PATH (now `{searched}`)",
        program.display()
    )]
    ProgramNotFound {
        /// What was asked for.
        program: PathBuf,
        /// The command's own `PATH`.
        searched: String,
    },
    /// A path that the command cannot do without lies outside everything that it may read.
    #[error(
        "the {what} `{}` is outside what the command may read: add it to its readable or writable paths",
        path.display()
    )]
    Unreadable {
        /// "program" or "working folder".
        what: &'static str,
        /// The path.
        path: PathBuf,
    },
    /// A path that the command is to write to, or to start in, does not exist.
    #[error("the {what} `{}` does not exist: create it before the command starts", path.display())]
    Missing {
        /// "working folder" or "writable path".
        what: &'static str,
        /// The path.
        path: PathBuf,
    },
    /// A folder of root is closed to the user that commands run as, and this machine offers no means to show that user only a part of it.
    #[error(
        "commands run as user {user}, to whom the folder `{}` is closed: run `chmod o+x` on it, or let the platform make mount namespaces (CAP_SYS_ADMIN)",
        folder.display()
    )]
    Closed {
        /// The outermost one.
        folder: PathBuf,
        /// The user's number.
        user: u32,
    },
    /// A variable or argument that no process can be given.
    #[error("the {what} cannot be given to a process: {reason}")]
    Unusable {
        /// Which one, without its value.
        what: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The operating system refused to start it.
    #[error("the program `{}` could not be started: {source}", program.display())]
    Start {
        /// What was to be started.
        program: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}
