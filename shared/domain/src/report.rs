//! A report says, entry by entry, what was checked or done, what is wrong and what to do.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::limits;
use crate::names::ApplicationName;
use crate::time::Timestamp;

/// How an entry is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum EntryType {
    /// A step that went well, or was skipped.
    Information,
    /// Something to mend that stops nothing.
    Warning,
    /// What made the run fail.
    Error,
}

/// One entry of a ConnectorReport or DeploymentReport (contract, sections 3.3 and 5.2).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReportEntry {
    /// How the entry is meant.
    #[serde(rename = "type")]
    pub kind: EntryType,
    /// What was done, in the words of the contract.
    pub title: String,
    /// What is wrong, where, and what to do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// The application, where the entry is about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub application: Option<ApplicationName>,
    /// When it was written.
    pub created_at: Timestamp,
}

impl ReportEntry {
    /// An entry without message.
    #[must_use]
    pub fn new(kind: EntryType, title: impl Into<String>, now: Timestamp) -> Self {
        Self {
            kind,
            title: title.into(),
            message: None,
            application: None,
            created_at: now,
        }
    }

    /// Adds what is wrong and what to do, cut to the limit.
    #[must_use]
    pub fn message(mut self, message: impl AsRef<str>) -> Self {
        let message = message.as_ref();
        let mut cut: String = message
            .chars()
            .take(limits::REPORT_MESSAGE_CHARACTERS)
            .collect();
        if cut.len() < message.len() {
            cut.push('…');
        }
        self.message = Some(cut);
        self
    }

    /// Names the application that the entry is about.
    #[must_use]
    pub fn application(mut self, name: &ApplicationName) -> Self {
        self.application = Some(name.clone());
        self
    }
}

/// A ConnectorReport or DeploymentReport.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Report {
    /// The entries, in the order of the steps.
    pub entries: Vec<ReportEntry>,
}

impl Report {
    /// Whether an entry is an Error.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.entries
            .iter()
            .any(|entry| entry.kind == EntryType::Error)
    }
}
