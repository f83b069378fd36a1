//! A ConnectorStaged: the working draft of a Connector, owned by one Project (contract, section 3).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::certification::CertificationRequest;
use crate::configuration::{
    self, ConnectorApiClient, ConnectorConfigurationApplication, ConnectorGlobalConfiguration,
    null_as_default,
};
use crate::connector::{Creator, IntegrationType, Release, Repository};
use crate::lifecycle::connector_staged::{ConnectorStatus, IsPreviewable};
use crate::limits;
use crate::names::{CommitId, Key, ProjectIdentifier, ProjectKey, Region};
use crate::report::Report;
use crate::schema::{self, OrNull};
use crate::spec::Spec;
use crate::time::Timestamp;

/// What a creator sends to register a Connector (contract, section 3.1).
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ConnectorStagedDraft {
    /// The key, unique in the installation.
    #[serde(default)]
    pub key: Option<Key>,
    /// The name.
    #[schemars(length(min = 1, max = limits::NAME_CHARACTERS), pattern(schema::NOT_BLANK))]
    pub name: String,
    /// What it does.
    #[serde(default)]
    #[schemars(length(max = limits::DESCRIPTION_CHARACTERS))]
    pub description: Option<String>,
    /// What it connects to; absent: `other`.
    #[serde(default, deserialize_with = "null_as_default")]
    #[schemars(with = "OrNull<Vec<IntegrationType>>")]
    pub integration_types: Vec<IntegrationType>,
    /// Who makes it.
    pub creator: Creator,
    /// Its source.
    pub repository: Repository,
    /// Where it may be deployed; empty: anywhere.
    #[serde(default, deserialize_with = "null_as_default")]
    #[schemars(with = "OrNull<Vec<Region>>")]
    pub supported_regions: Vec<Region>,
    /// Projects that may use it while it is private.
    #[serde(default, deserialize_with = "null_as_default")]
    #[schemars(with = "OrNull<Vec<ProjectIdentifier>>", length(max = limits::PRIVATE_PROJECTS))]
    pub private_projects: Vec<ProjectIdentifier>,
    /// Its documentation.
    #[serde(default)]
    #[schemars(length(max = limits::TEXT_CHARACTERS))]
    pub documentation_url: Option<String>,
}

/// A list in which nothing stands twice, in the order of the first places.
pub(crate) fn distinct<T: PartialEq>(list: Vec<T>) -> Vec<T> {
    let mut kept = Vec::new();
    for one in list {
        if !kept.contains(&one) {
            kept.push(one);
        }
    }
    kept
}

/// `other` stands for a list that names no integration type (contract, section 16).
pub(crate) fn or_other(types: Vec<IntegrationType>) -> Vec<IntegrationType> {
    if types.is_empty() {
        return vec![IntegrationType::Other];
    }
    distinct(types)
}

/// One remark of creator or certifier.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct CertificationInfoComment {
    /// The Project key of who wrote it.
    pub user_id: String,
    /// When.
    pub datetime: Timestamp,
    /// What.
    pub comment: String,
}

/// The conversation of a certification.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CertificationInfo {
    /// Oldest first.
    pub comments: Vec<CertificationInfoComment>,
}

/// A ConnectorStaged as the wire shows it (contract, section 3.2).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ConnectorStaged {
    /// UUID version 4.
    pub id: Uuid,
    /// The key, unique in the installation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<Key>,
    /// Grows by one with every change.
    pub version: u64,
    /// The name.
    pub name: String,
    /// What it does; blank where nobody has said, as the official clients' types have no draft without it.
    #[serde(default)]
    pub description: String,
    /// What it connects to.
    pub integration_types: Vec<IntegrationType>,
    /// Who makes it.
    pub creator: Creator,
    /// Its source.
    pub repository: Repository,
    /// The keys that its applications declare.
    pub configurations: Vec<ConnectorConfigurationApplication>,
    /// The keys that all its applications share.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub global_configuration: Option<ConnectorGlobalConfiguration>,
    /// The API client that it wants.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub api_client: Option<ConnectorApiClient>,
    /// True until a certified publication succeeds.
    pub private: bool,
    /// Projects that may use it while it is private.
    pub private_projects: Vec<ProjectIdentifier>,
    /// Where it may be deployed; empty: anywhere.
    pub supported_regions: Vec<Region>,
    /// The conversation of its certification.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certification_info: Option<CertificationInfo>,
    /// Where it stands.
    pub status: ConnectorStatus,
    /// What the last publication found.
    pub publishing_report: Option<Report>,
    /// Whether the Connector is published and ready to use.
    pub already_listed: bool,
    /// Whether the draft differs from the published Connector.
    pub has_changes: bool,
    /// Whether a preview Deployment is possible.
    pub is_previewable: IsPreviewable,
    /// What the last preview found.
    pub previewable_report: Option<Report>,
    /// Its documentation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub documentation_url: Option<String>,
}

impl ConnectorStaged {
    /// The description as a Connector shows it: not at all where it is blank.
    #[must_use]
    pub fn published_description(&self) -> Option<String> {
        (!self.description.is_empty()).then(|| self.description.clone())
    }
}

/// A ConnectorStaged with what never shows on the wire.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ConnectorStagedRecord {
    /// The Project whose token created it.
    pub owner: ProjectKey,
    /// When it was created.
    pub created_at: Timestamp,
    /// The last change.
    pub last_modified_at: Timestamp,
    /// The commit that the tag named when connect.yaml was read.
    pub commit: CommitId,
    /// The connect.yaml of that commit.
    pub spec: Spec,
    /// The run that is under way.
    pub run: Option<Uuid>,
    /// What a preview Deployment runs, once a preview passed.
    pub preview: Option<Release>,
    /// What a certifier decides on, once a certified publication passed its checks.
    pub candidate: Option<Release>,
    /// Its last certification, once a certified publication passed its checks.
    #[serde(default)]
    pub certification: Option<CertificationRequest>,
    /// The wire's view.
    pub staged: ConnectorStaged,
}

/// A commit with its connect.yaml, as `source` read it.
#[derive(Debug, Clone, PartialEq)]
pub struct Source {
    /// The repository at its tag.
    pub repository: Repository,
    /// What the tag names.
    pub commit: CommitId,
    /// The file, read and validated.
    pub spec: Spec,
}

impl ConnectorStagedRecord {
    /// A new draft.
    #[must_use]
    pub fn create(
        id: Uuid,
        owner: ProjectKey,
        draft: ConnectorStagedDraft,
        source: Source,
        now: Timestamp,
    ) -> Self {
        Self {
            owner,
            created_at: now,
            last_modified_at: now,
            run: None,
            preview: None,
            candidate: None,
            certification: None,
            staged: ConnectorStaged {
                id,
                key: draft.key,
                version: 1,
                name: draft.name,
                description: draft.description.unwrap_or_default(),
                integration_types: or_other(draft.integration_types),
                creator: draft.creator,
                repository: source.repository,
                configurations: configuration::configurations(&source.spec),
                global_configuration: configuration::global_configuration(&source.spec),
                api_client: configuration::api_client(&source.spec),
                private: true,
                private_projects: distinct(draft.private_projects),
                supported_regions: distinct(draft.supported_regions),
                certification_info: None,
                status: ConnectorStatus::Draft,
                publishing_report: None,
                already_listed: false,
                has_changes: true,
                is_previewable: IsPreviewable::None,
                previewable_report: None,
                documentation_url: draft.documentation_url,
            },
            commit: source.commit,
            spec: source.spec,
        }
    }

    /// Takes another commit: its keys are read anew (contract, section 16). The last preview stays for Deployments made of it; a
    /// preview run under way is about what was, and no longer the draft's.
    pub fn set_source(&mut self, source: Source) {
        self.staged.repository = source.repository;
        self.staged.configurations = configuration::configurations(&source.spec);
        self.staged.global_configuration = configuration::global_configuration(&source.spec);
        self.staged.api_client = configuration::api_client(&source.spec);
        self.staged.previewable_report = None;
        self.run = None;
        self.commit = source.commit;
        self.spec = source.spec;
    }

    /// Shows what a publication found, where the tag had moved to another commit since connect.yaml was read.
    pub fn examined(&mut self, release: &Release) {
        self.staged.configurations = configuration::configurations(&release.spec);
        self.staged.global_configuration = configuration::global_configuration(&release.spec);
        self.staged.api_client = configuration::api_client(&release.spec);
        self.commit.clone_from(&release.commit);
        self.spec.clone_from(&release.spec);
    }

    /// Whether it waits for a certifier or has one: nothing of it changes meanwhile but its conversation.
    #[must_use]
    pub fn in_certification(&self) -> bool {
        matches!(
            self.staged.status,
            ConnectorStatus::ReadyForCertification | ConnectorStatus::InCertification
        )
    }

    /// Whether a Project may deploy the draft as a preview (contract, section 3.5).
    #[must_use]
    pub fn previewable_by(&self, project: &ProjectKey) -> bool {
        self.staged
            .private_projects
            .iter()
            .any(|identifier| &identifier.project_key() == project)
    }
}
