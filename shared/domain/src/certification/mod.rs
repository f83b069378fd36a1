//! A certification: what a certifier sees of a draft that asks to be listed (contract, sections 11 and 16).

mod checklist;
mod draft_items;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::connector_staged::{ConnectorStaged, ConnectorStagedRecord};
use crate::lifecycle::connector_staged::ConnectorStatus;
use crate::names::{ApplicationName, CommitId, Key, ProjectKey};
use crate::time::Timestamp;

pub use checklist::{ChecklistItem, ChecklistResult, Facts, checklist, checklist_ids};

/// What a draft keeps of its last certification.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CertificationRequest {
    /// When the creator asked to publish with certification.
    pub requested_at: Timestamp,
    /// The Project of the certifier who took it, and when.
    pub taken: Option<(ProjectKey, Timestamp)>,
    /// What the publication saw in the source; none where a version of the platform without certification looked at it.
    pub evidence: Option<Evidence>,
}

/// What a source tree shows to a certifier, noted while it was there; a certifier reads this, not the repository.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    /// A README at the root.
    pub readme: Option<TextFile>,
    /// A licence file at the root.
    pub licence: Option<TextFile>,
    /// Each application, in the order of connect.yaml.
    pub applications: Vec<ApplicationEvidence>,
}

/// A file whose text a person reads.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TextFile {
    /// Its name.
    pub name: String,
    /// Whether it holds nothing but blanks.
    pub is_blank: bool,
}

/// What the folder of an application shows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ApplicationEvidence {
    /// Its name, and its folder.
    pub name: ApplicationName,
    /// What is of interest in its package.json; none where it has none, as static files.
    pub package: Option<PackageEvidence>,
    /// How many files look like tests.
    pub test_files: u32,
}

/// What a package.json says of licence and tests.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PackageEvidence {
    /// `license`.
    pub license: Option<String>,
    /// Whether `scripts.test` is a command other than the placeholder of `npm init`.
    pub has_tests: bool,
}

/// A certification as the wire shows it (ours).
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Certification {
    /// The id of the draft.
    pub id: Uuid,
    /// The key of the draft.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<Key>,
    /// The version of the draft, which an update names.
    pub version: u64,
    /// The Project that owns the draft.
    pub project_key: ProjectKey,
    /// Where the draft stands.
    pub status: ConnectorStatus,
    /// When the creator asked for it.
    pub requested_at: Timestamp,
    /// The Project of the certifier who took it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub certifier: Option<ProjectKey>,
    /// When it was taken.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub started_at: Option<Timestamp>,
    /// The commit that is decided on, whatever its tag names by now.
    pub commit: CommitId,
    /// What the platform saw by itself.
    pub checklist: Vec<ChecklistItem>,
    /// The draft, with the conversation in its `certificationInfo`.
    pub connector_staged: ConnectorStaged,
}

impl Certification {
    /// The certification of a draft; none where it never asked for one.
    #[must_use]
    pub fn of(record: ConnectorStagedRecord) -> Option<Self> {
        let request = record.certification?;
        let staged = record.staged;
        let facts = Facts {
            staged: &staged,
            spec: &record.spec,
            evidence: request.evidence.as_ref(),
        };
        let (certifier, started_at) = request.taken.unzip();
        Some(Self {
            id: staged.id,
            key: staged.key.clone(),
            version: staged.version,
            project_key: record.owner,
            status: staged.status,
            requested_at: request.requested_at,
            certifier,
            started_at,
            commit: record.commit,
            checklist: checklist(&facts),
            connector_staged: staged,
        })
    }
}
