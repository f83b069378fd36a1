//! One log entry, field for field as the contract has it (section 5.5).

use domain::names::ApplicationName;
use domain::time::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

/// What an entry tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum LogKind {
    /// A request that the gateway answered.
    HttpRequest,
    /// A line of text.
    ApplicationText,
    /// A line that is a JSON object.
    ApplicationJson,
}

/// How grave an entry is, in the words of Cloud Logging.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "UPPERCASE")]
pub enum Severity {
    /// Nothing was said.
    Default,
    /// For programmers.
    Debug,
    /// Routine.
    Info,
    /// Normal but notable.
    Notice,
    /// May cause problems.
    Warning,
    /// Causes problems.
    Error,
    /// Causes grave problems.
    Critical,
    /// A person must act at once.
    Alert,
    /// The system is unusable.
    Emergency,
}

impl Severity {
    /// The severity that a JSON line names, in any letter case; anything else is `DEFAULT`, as in Cloud Logging.
    #[must_use]
    pub fn of(value: Option<&Value>) -> Self {
        let Some(Value::String(name)) = value else {
            return Self::Default;
        };
        match name.to_ascii_uppercase().as_str() {
            "DEBUG" => Self::Debug,
            "INFO" => Self::Info,
            "NOTICE" => Self::Notice,
            "WARNING" | "WARN" => Self::Warning,
            "ERROR" => Self::Error,
            "CRITICAL" => Self::Critical,
            "ALERT" => Self::Alert,
            "EMERGENCY" => Self::Emergency,
            _ => Self::Default,
        }
    }

    /// The severity of an answered request, as Cloud Run judges it.
    #[must_use]
    pub fn of_status(status: u16) -> Self {
        match status {
            500.. => Self::Error,
            400..=499 => Self::Warning,
            _ => Self::Info,
        }
    }
}

/// One entry of the logs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "DeploymentLog")]
#[serde(rename_all = "camelCase")]
pub struct LogEntry {
    /// What it tells.
    #[serde(rename = "type")]
    pub kind: LogKind,
    /// The Deployment.
    pub deployment_id: Uuid,
    /// The application.
    pub application_name: ApplicationName,
    /// How grave it is.
    pub severity: Severity,
    /// When the platform saw it.
    pub timestamp: Timestamp,
    /// `{"message"}` of a text, the object of a JSON line, the request of a request.
    pub details: Value,
}
