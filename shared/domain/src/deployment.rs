//! A Deployment: one Connector, its values and its applications, in one Project and Region (contract, section 5).

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::configuration::{
    ConfigurationValue, ConnectorConfigurationApplication, ConnectorGlobalConfiguration,
    DeploymentConfigurationApplication, DeploymentGlobalConfiguration, SecuredValue,
    null_as_default,
};
use crate::connector::{Creator, IntegrationType, Release, Repository};
use crate::lifecycle::deployment::DeploymentStatus;
use crate::limits;
use crate::merge::Values;
use crate::names::{ApplicationName, ArtifactHash, Key, ProjectKey, Region};
use crate::report::Report;
use crate::schema::OrNull;
use crate::spec::RetryPolicy;
use crate::time::Timestamp;

/// How a Deployment is meant (contract, section 5.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum DeploymentType {
    /// Of a draft, for tests.
    Preview,
    /// Of a published Connector, for tests.
    Sandbox,
    /// Of a published Connector, kept warm.
    Production,
}

impl DeploymentType {
    /// The name on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Preview => "preview",
            Self::Sandbox => "sandbox",
            Self::Production => "production",
        }
    }
}

/// Which Connector (contract, section 4); one of `id` and `key` is given.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[schemars(
    extend("anyOf" = [
        {"required": ["id"], "properties": {"id": {"type": "string"}}},
        {"required": ["key"], "properties": {"key": {"type": "string"}}},
    ]),
    extend("x-message" = "neither id nor key is given; name the Connector by one of them"),
)]
pub struct ConnectorReference {
    /// Its id.
    #[serde(default)]
    pub id: Option<Uuid>,
    /// Its key.
    #[serde(default)]
    pub key: Option<Key>,
    /// Whether the draft is meant.
    #[serde(default)]
    pub staged: Option<bool>,
    /// The version; absent: the latest.
    #[serde(default)]
    pub version: Option<u64>,
}

/// What a client sends to deploy (contract, section 5.1).
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeploymentDraft {
    /// The key, unique in the Project.
    #[serde(default)]
    pub key: Option<Key>,
    /// Absent: `preview` of a draft, else `sandbox`.
    #[serde(default, rename = "type")]
    pub kind: Option<DeploymentType>,
    /// What to deploy.
    pub connector: ConnectorReference,
    /// Values, application by application.
    #[serde(default, deserialize_with = "null_as_default")]
    #[schemars(with = "OrNull<Vec<DeploymentConfigurationApplication>>")]
    pub configurations: Vec<DeploymentConfigurationApplication>,
    /// Values for all applications.
    #[serde(default)]
    pub global_configuration: Option<DeploymentGlobalConfiguration>,
    /// Where to.
    pub region: Region,
}

/// `redeploy`, the one action of a DeploymentUpdate (contract, section 5.3).
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Redeploy {
    /// Do not run postDeploy this time.
    #[serde(default)]
    pub skip_scripts: Option<bool>,
    /// Values to change; absent: unchanged.
    #[serde(default)]
    pub configuration_values: Option<Vec<DeploymentConfigurationApplication>>,
    /// Global values to change; absent: unchanged.
    #[serde(default)]
    pub global_configuration: Option<DeploymentGlobalConfiguration>,
    /// Move to the newest version of the Connector.
    #[serde(default)]
    pub update_connector: Option<bool>,
}

/// An action of a DeploymentUpdate.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(tag = "action", rename_all = "camelCase")]
pub enum DeploymentUpdateAction {
    /// Deploy again.
    Redeploy(Redeploy),
}

/// The body of an update of a Deployment.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
pub struct DeploymentUpdate {
    /// The version that the caller has seen.
    pub version: u64,
    /// What to do, in order.
    #[schemars(length(max = limits::ACTIONS))]
    pub actions: Vec<DeploymentUpdateAction>,
}

/// The copy of the Connector that a Deployment shows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeploymentConnector {
    /// Of the Connector, and of its draft.
    pub id: Uuid,
    /// Of the Connector, and of its draft.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<Key>,
    /// The version that is deployed.
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
    /// Whether a certifier approved it.
    pub certified: bool,
    /// Where it may be deployed; empty: anywhere.
    pub supported_regions: Vec<Region>,
    /// Its documentation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub documentation_url: Option<String>,
}

/// One application of a Deployment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ApplicationDeployment {
    /// Stays the same over redeploys, as do URL and topic.
    pub id: Uuid,
    /// Its name.
    pub application_name: ApplicationName,
    /// Values in clear.
    pub standard_configuration: Vec<ConfigurationValue>,
    /// Masked secrets.
    pub secured_configuration: Vec<SecuredValue>,
    /// Where a service or static files answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Where an event application's events are published.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topic: Option<String>,
    /// When a job runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schedule: Option<String>,
    /// How an event application's events come again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_policy: Option<RetryPolicy>,
}

/// The API client that was made for a Deployment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DeploymentApiClient {
    /// The client id.
    pub name: String,
    /// Its scopes, with the Project key.
    pub scopes: Vec<String>,
}

/// The run that made a Deployment what it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DeploymentBuild {
    /// The run's id.
    pub id: Uuid,
    /// What it did and found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub report: Option<Report>,
}

/// `details`: always an object, with `build` once a run has begun (contract, section 15.3).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DeploymentDetails {
    /// The latest run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub build: Option<DeploymentBuild>,
}

/// A Deployment as the wire shows it (contract, section 5.2).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Deployment {
    /// UUID version 4.
    pub id: Uuid,
    /// The key, unique in the Project.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<Key>,
    /// Grows by one with every change.
    pub version: u64,
    /// How it is meant.
    #[serde(rename = "type")]
    pub kind: DeploymentType,
    /// What is deployed.
    pub connector: DeploymentConnector,
    /// Values for all applications, secrets masked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub global_configuration: Option<DeploymentGlobalConfiguration>,
    /// The API client that was made for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub api_client: Option<DeploymentApiClient>,
    /// The latest run and its report.
    pub details: DeploymentDetails,
    /// Where it runs.
    pub deployed_region: Region,
    /// Its applications, in the order of connect.yaml.
    pub applications: Vec<ApplicationDeployment>,
    /// True exactly for the type `preview`.
    pub preview: bool,
    /// Where it stands.
    pub status: DeploymentStatus,
    /// The revision that a rollback restored, until the next redeploy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rollback_revision: Option<u64>,
}

/// What a deploy run brings up: a release with its values.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Target {
    /// The copy of the Connector that the wire shows.
    pub connector: DeploymentConnector,
    /// What runs.
    pub release: Release,
    /// The values in clear; of secrets only the keys.
    pub values: Values,
    /// The secrets, sealed: opaque here.
    pub sealed: String,
    /// The bundles of static applications that have the values compiled in; the others are those of the release.
    #[serde(default)]
    pub sites: BTreeMap<ApplicationName, ArtifactHash>,
}

/// A Deployment with what never shows on the wire.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DeploymentRecord {
    /// The Project.
    pub owner: ProjectKey,
    /// When it was created.
    pub created_at: Timestamp,
    /// The last change.
    pub last_modified_at: Timestamp,
    /// The run that is under way.
    pub run: Option<Uuid>,
    /// Counts deploy runs; the one under way or the last brings up a revision of this number.
    pub revision: u64,
    /// The revision whose applications serve.
    pub serving: Option<u64>,
    /// Whether the deploy run under way leaves out the scripts.
    pub skip_scripts: bool,
    /// What the deploy run under way brings up, or the last one tried to.
    pub target: Target,
    /// Application ids that outlive a revision without the application.
    pub application_ids: BTreeMap<ApplicationName, Uuid>,
    /// The wire's view.
    pub deployment: Deployment,
}

/// A revision: what once served, and can serve again (contract, sections 9.1 and 16).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RevisionRecord {
    /// Its Deployment.
    pub deployment: Uuid,
    /// Grows with every deploy run; a failed one leaves a gap.
    pub number: u64,
    /// When it began to serve.
    pub created_at: Timestamp,
    /// What it brought up.
    pub target: Target,
    /// Its applications as the wire shows them.
    pub applications: Vec<ApplicationDeployment>,
}
