//! A Deployment's log as the API shows it: entries oldest first, in pages, secrets masked before an entry exists.

mod entry;
mod line;
mod request;
pub mod token;

pub use entry::{LogEntry, LogKind, Severity};
pub use line::LineMask;
pub use request::HttpRequest;

use domain::names::ApplicationName;
use domain::time::Timestamp;
use uuid::Uuid;

use crate::port::Fault;

/// Entries of one page (contract, section 16).
pub const PAGE_ENTRIES: usize = 100;
/// Days that an entry is kept (contract, sections 5.5 and 16).
pub const RETENTION_DAYS: u32 = 30;

/// Which entries are wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogQuery {
    /// Of this Deployment.
    pub deployment: Uuid,
    /// Of this application only.
    pub application: Option<ApplicationName>,
    /// Not older than this.
    pub from: Timestamp,
    /// Older than this.
    pub until: Option<Timestamp>,
    /// The `next` of the page before.
    pub page: Option<String>,
}

/// One page.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct LogPage {
    /// At most [`PAGE_ENTRIES`], oldest first.
    pub data: Vec<LogEntry>,
    /// The token of the next page, which has at least one entry; `None` is `""` on the wire.
    pub next: Option<String>,
    /// The token of the page that begins after the last entry of this one, whether there is more yet or not.
    pub end: String,
}

/// Why there is no page.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// The caller's token is none of ours.
    #[error("the page token is not one that a log page gave")]
    InvalidPageToken,
    /// Ours.
    #[error(transparent)]
    Fault(#[from] Fault),
}
