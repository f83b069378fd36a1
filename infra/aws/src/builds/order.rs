//! What a build is told: all that it may read and write is a link.

use builder::BuildKind;
use domain::names::ApplicationName;
use serde::{Deserialize, Serialize};

/// The variable with the link to a build's order.
pub(super) const URL: &str = "SLIPWAY_ORDER_URL";

/// An order.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Order {
    pub(super) application: ApplicationName,
    pub(super) kind: BuildKind,
    pub(super) environment: Vec<(String, String)>,
    pub(super) links: Links,
}

/// The source is read, all else is written.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Links {
    pub(super) source: String,
    pub(super) artifact: String,
    pub(super) log: String,
    /// Written last: where it is, the artifact is whole.
    pub(super) manifest: String,
    pub(super) failure: String,
    pub(super) failed_log: String,
}
