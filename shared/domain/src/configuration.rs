//! Configuration as the API speaks of it: the keys that a Connector declares and the values that a Deployment gives.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};

use crate::names::ApplicationName;
use crate::schema::OrNull;
use crate::spec::{self, RetryPolicy};

/// Eight asterisks stand for every secret, whatever its length (contract, section 16).
pub const MASK: &str = "********";

/// Reads `null` like a missing list: clients send both (contract, section 15.13).
pub fn null_as_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Default + Deserialize<'de>,
{
    Ok(Option::<T>::deserialize(deserializer)?.unwrap_or_default())
}

/// A standard key that a Connector declares (contract, section 3.3).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct StandardConfigurationKey {
    /// The name of the environment variable.
    pub key: String,
    /// What it is for.
    pub description: String,
    /// Whether a Deployment must give it, or a default exists.
    pub required: bool,
    /// The value where none is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<String>,
}

/// A secured key that a Connector declares (contract, section 3.3).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SecuredConfigurationKey {
    /// The name of the environment variable.
    pub key: String,
    /// What it is for.
    pub description: String,
    /// Whether a Deployment must give it.
    pub required: bool,
}

/// The keys that one application declares.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ConnectorConfigurationApplication {
    /// The application.
    pub application_name: ApplicationName,
    /// Its type.
    pub application_type: spec::ApplicationType,
    /// Its standard keys.
    pub standard_configuration: Vec<StandardConfigurationKey>,
    /// Its secured keys.
    pub secured_configuration: Vec<SecuredConfigurationKey>,
}

/// The keys that all applications share.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ConnectorGlobalConfiguration {
    /// Standard keys.
    pub standard_configuration: Vec<StandardConfigurationKey>,
    /// Secured keys.
    pub secured_configuration: Vec<SecuredConfigurationKey>,
}

/// The API client that a Connector wants made in the Project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ConnectorApiClient {
    /// Scope names without Project key.
    pub scopes: Vec<String>,
}

/// A value in clear.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ConfigurationValue {
    /// The key.
    pub key: String,
    /// The value.
    pub value: String,
}

/// A value that no log and no panic may show.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SecuredValue {
    /// The key.
    pub key: String,
    /// The secret, or the mask in an answer.
    pub value: String,
}

impl fmt::Debug for SecuredValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SecuredValue({}, {MASK})", self.key)
    }
}

impl SecuredValue {
    /// The value as an answer shows it.
    #[must_use]
    pub fn masked(&self) -> Self {
        Self {
            key: self.key.clone(),
            value: MASK.to_owned(),
        }
    }
}

/// The values for one application, as a draft or a redeploy gives them (contract, section 5.1).
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeploymentConfigurationApplication {
    /// The application.
    pub application_name: String,
    /// Values in clear.
    #[serde(default, deserialize_with = "null_as_default")]
    #[schemars(with = "OrNull<Vec<ConfigurationValue>>")]
    pub standard_configuration: Vec<ConfigurationValue>,
    /// Secrets.
    #[serde(default, deserialize_with = "null_as_default")]
    #[schemars(with = "OrNull<Vec<SecuredValue>>")]
    pub secured_configuration: Vec<SecuredValue>,
    /// Cron, for a job; absent: the schedule of connect.yaml.
    #[serde(default)]
    pub schedule: Option<String>,
    /// For an event application; absent: the policy of connect.yaml.
    #[serde(default)]
    pub retry_policy: Option<RetryPolicy>,
}

/// The values for all applications.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeploymentGlobalConfiguration {
    /// Values in clear.
    #[serde(default, deserialize_with = "null_as_default")]
    #[schemars(with = "OrNull<Vec<ConfigurationValue>>")]
    pub standard_configuration: Vec<ConfigurationValue>,
    /// Secrets, or masks in an answer.
    #[serde(default, deserialize_with = "null_as_default")]
    #[schemars(with = "OrNull<Vec<SecuredValue>>")]
    pub secured_configuration: Vec<SecuredValue>,
}

fn standard_keys(keys: &[spec::StandardKey]) -> Vec<StandardConfigurationKey> {
    keys.iter()
        .map(|key| StandardConfigurationKey {
            key: key.key.clone(),
            description: key.description.clone(),
            required: key.required,
            default: key.default.clone(),
        })
        .collect()
}

fn secured_keys(keys: &[spec::SecuredKey]) -> Vec<SecuredConfigurationKey> {
    keys.iter()
        .map(|key| SecuredConfigurationKey {
            key: key.key.clone(),
            description: key.description.clone(),
            required: key.required,
        })
        .collect()
}

/// `configurations` of a Connector, out of its connect.yaml.
#[must_use]
pub fn configurations(spec: &spec::Spec) -> Vec<ConnectorConfigurationApplication> {
    spec.applications
        .iter()
        .map(|application| ConnectorConfigurationApplication {
            application_name: application.name.clone(),
            application_type: application.kind,
            standard_configuration: standard_keys(&application.configuration.standard),
            secured_configuration: secured_keys(&application.configuration.secured),
        })
        .collect()
}

/// `globalConfiguration` of a Connector, where its connect.yaml declares any key.
#[must_use]
pub fn global_configuration(spec: &spec::Spec) -> Option<ConnectorGlobalConfiguration> {
    let configuration = &spec.inherit.configuration;
    let any = !configuration.standard.is_empty() || !configuration.secured.is_empty();
    any.then(|| ConnectorGlobalConfiguration {
        standard_configuration: standard_keys(&configuration.standard),
        secured_configuration: secured_keys(&configuration.secured),
    })
}

/// `apiClient` of a Connector, where its connect.yaml asks for one.
#[must_use]
pub fn api_client(spec: &spec::Spec) -> Option<ConnectorApiClient> {
    let scopes = &spec.inherit.api_client_scopes;
    (!scopes.is_empty()).then(|| ConnectorApiClient {
        scopes: scopes.clone(),
    })
}
