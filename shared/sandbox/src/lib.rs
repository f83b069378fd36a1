//! Runs a command within limits, and leaves nothing of it behind.
//!
//! Who keeps a command inside its limits:
//!
//! | | with bubblewrap | without | elsewhere than Linux |
//! |---|---|---|---|
//! | files | only the listed paths exist | Landlock, where the kernel has it | open |
//! | other processes, their environment | its own PID namespace | Landlock's scope | open |
//! | network | its own namespace | open | open |
//! | user, where the platform is root | another one | another one | root |
//! | settings of the kernel | read-only | read-only with Landlock; where the platform is root, another user's | open |
//! | memory, disk, number of processes, threads and open files | sampled and ended | sampled and ended | open |
//! | abstract Unix sockets | Landlock's scope, where the kernel has it | Landlock's scope | open |
//! | keys of the session | a keyring of its own | a keyring of its own | |
//! | wall time, output, file size, open files of a process | enforced | enforced | enforced |
//! | after `kill -9` of the platform | the namespace dies | the first process dies, a watchdog ends its group | the watchdog |
//!
//! [`capabilities()`] tells which of these hold on this machine, and [`breaches()`] tries them.

mod bwrap;
mod capabilities;
mod command;
mod confine;
mod disk;
mod error;
mod exit;
mod group;
mod held;
mod landlock_rules;
mod lines;
mod paths;
mod probe;
mod processes;
mod program;
mod running;
mod sampler;
mod spawner;
mod supervisor;
#[cfg(test)]
mod tests;
mod user;
mod view;
mod watchdog;

pub use capabilities::{Capabilities, capabilities};
pub use command::{Command, Limits, Network, Priority};
pub use error::SandboxError;
pub use exit::{Exit, LimitHit};
pub use lines::{Line, Stream};
pub use paths::system_read_paths;
pub use probe::{Breach, ProbeError, breaches};
pub use running::Running;
pub use user::owner;
