//! Advisories in the OSV format, as the file writes them (ossf.github.io/osv-schema); only what matching and the report need is read.

use serde::Deserialize;

use super::inventory::Ecosystem;

#[derive(Deserialize)]
pub(crate) struct Osv {
    pub(crate) id: String,
    #[serde(default)]
    pub(crate) aliases: Vec<String>,
    #[serde(default)]
    pub(crate) summary: String,
    #[serde(default)]
    pub(crate) details: String,
    #[serde(default)]
    pub(crate) withdrawn: Option<String>,
    #[serde(default)]
    pub(crate) modified: Option<String>,
    #[serde(default)]
    pub(crate) severity: Vec<Score>,
    #[serde(default)]
    pub(crate) affected: Vec<Affected>,
    #[serde(default)]
    pub(crate) database_specific: serde_json::Value,
}

#[derive(Deserialize)]
pub(crate) struct Score {
    #[serde(default)]
    pub(crate) score: String,
}

#[derive(Deserialize)]
pub(crate) struct Affected {
    pub(crate) package: Option<Package>,
    #[serde(default)]
    pub(crate) ranges: Vec<OsvRange>,
    #[serde(default)]
    pub(crate) versions: Vec<String>,
    #[serde(default)]
    pub(crate) severity: Vec<Score>,
}

#[derive(Deserialize)]
pub(crate) struct Package {
    pub(crate) ecosystem: String,
    pub(crate) name: String,
}

impl Package {
    /// The ecosystem, without what stands behind a colon; none where it is not one of ours.
    pub(crate) fn ecosystem(&self) -> Option<Ecosystem> {
        match self.ecosystem.split(':').next()? {
            "npm" => Some(Ecosystem::Npm),
            "Maven" => Some(Ecosystem::Maven),
            _ => None,
        }
    }
}

#[derive(Deserialize)]
pub(crate) struct OsvRange {
    #[serde(rename = "type")]
    pub(crate) kind: String,
    #[serde(default)]
    pub(crate) events: Vec<Event>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct Event {
    pub(crate) introduced: Option<String>,
    pub(crate) fixed: Option<String>,
    pub(crate) last_affected: Option<String>,
}
