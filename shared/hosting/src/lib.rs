//! The port through which applications run, and what every engine does alike: environment, health, verdicts, log entries.
//!
//! Nothing here knows whether an application is a process or a function; the adapters know nothing of connect.yaml or of the store.

pub mod environment;
pub mod health;
mod launch;
pub mod logs;
mod port;
pub mod probe;
mod schedules;
pub mod site;
mod site_path;
#[cfg(test)]
mod testing;
mod topics;
mod verdict;

pub use environment::{ApiClient, Declared, Environment, Inputs, Topic, environment};
pub use health::{Backoff, Health, HealthCheck, Probe};
pub use launch::{Idle, Kind, Launch, Place, absolute_path};
pub use logs::{LogEntry, LogError, LogKind, LogPage, LogQuery, Severity};
pub use port::{CallError, Fault, Hosting, StartError};
pub use schedules::Schedules;
pub use topics::Topics;
pub use verdict::{CrashLoop, End, LAST_LINES, ScriptOutcome, StartFailure, StartProblem};

/// The port on which Connect sends requests, and the value of `PORT` (contract, section 10).
pub const PORT: u16 = 8080;
