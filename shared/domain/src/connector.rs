//! A Connector: the published copy of a ConnectorStaged, read-only on the wire (contract, section 4).

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::configuration::{
    ConnectorApiClient, ConnectorConfigurationApplication, ConnectorGlobalConfiguration,
};
use crate::limits;
use crate::names::{
    ApplicationName, ArtifactHash, CommitId, Key, ProjectKey, Region, RepositoryUrl, Tag,
};
use crate::schema;
use crate::spec::Spec;
use crate::time::Timestamp;

/// What a Connector connects to (contract, section 3.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs, reason = "the names say it")]
pub enum IntegrationType {
    Tax,
    Marketplace,
    Oms,
    Psp,
    Pim,
    Promotion,
    Search,
    Erp,
    Crm,
    Email,
    Analytics,
    Shipping,
    Giftcard,
    Other,
}

/// Who made a Connector; only `email` is mandatory.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Creator {
    /// A person's or a team's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = limits::TEXT_CHARACTERS))]
    pub name: Option<String>,
    /// Their title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = limits::TEXT_CHARACTERS))]
    pub title: Option<String>,
    /// Where to reach them.
    #[schemars(length(min = 1, max = limits::TEXT_CHARACTERS), pattern(schema::NOT_BLANK))]
    pub email: String,
    /// Their company, by which a search can narrow.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = limits::TEXT_CHARACTERS))]
    pub company: Option<String>,
    /// A picture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = limits::TEXT_CHARACTERS))]
    pub logo_url: Option<String>,
    /// How many people work on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub no_of_contributors: Option<u64>,
    /// Where users get help.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = limits::TEXT_CHARACTERS))]
    pub support_url: Option<String>,
}

/// A git repository at a tag.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Repository {
    /// The address, HTTPS or SSH.
    pub url: RepositoryUrl,
    /// The tag.
    pub tag: Tag,
}

/// A Connector as the wire shows it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Connector {
    /// The id of its ConnectorStaged.
    pub id: Uuid,
    /// The key of its ConnectorStaged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<Key>,
    /// Counts publications and listing changes.
    pub version: u64,
    /// The name.
    pub name: String,
    /// What it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// What it connects to.
    pub integration_types: Vec<IntegrationType>,
    /// Who made it.
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
    /// Whether only its private Projects see it.
    pub private: bool,
    /// Where it may be deployed; empty: anywhere.
    pub supported_regions: Vec<Region>,
    /// Whether a certifier approved it.
    pub certified: bool,
    /// Its documentation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub documentation_url: Option<String>,
}

/// The built bundle of one application.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Artifact {
    /// Names the bundle by everything that went into it.
    pub hash: ArtifactHash,
    /// The Node version that runs it; none for static files.
    pub node: Option<String>,
    /// Bytes of the packed bundle.
    pub bytes: u64,
}

/// What can be deployed: a commit that passed the checks, with the bundles built from it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Release {
    /// Where the commit came from.
    pub repository: Repository,
    /// The commit that the tag named.
    pub commit: CommitId,
    /// Its connect.yaml.
    pub spec: Spec,
    /// The bundle of each application.
    pub artifacts: BTreeMap<ApplicationName, Artifact>,
}

/// A Connector with what never shows on the wire.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ConnectorRecord {
    /// The Project that owns the draft.
    pub owner: ProjectKey,
    /// The first publication.
    pub created_at: Timestamp,
    /// The last change.
    pub last_modified_at: Timestamp,
    /// Whether search shows it.
    pub listed: bool,
    /// Projects that may see it while it is private.
    pub private_projects: Vec<ProjectKey>,
    /// What a Deployment runs.
    pub release: Release,
    /// The wire's view.
    pub connector: Connector,
}

impl ConnectorRecord {
    /// Whether a Project may read and deploy it: its own, a private Project's, or anyone's once certified (contract, section 16).
    #[must_use]
    pub fn visible_to(&self, project: &ProjectKey) -> bool {
        self.connector.certified
            || &self.owner == project
            || self.private_projects.contains(project)
    }
}
