//! The types of a connect.yaml that was read: nothing in them breaks a rule of the contract's section 8.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{HealthCheck, RetryPolicy};
use crate::names::ApplicationName;
use crate::schedule::Schedule;

/// A whole connect.yaml.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Spec {
    /// `deployAs`, in the order of the file; it may be empty.
    pub applications: Vec<Application>,
    /// `inheritAs`.
    #[serde(default)]
    pub inherit: Inherit,
}

impl Spec {
    /// The application of this name.
    #[must_use]
    pub fn application(&self, name: &str) -> Option<&Application> {
        self.applications
            .iter()
            .find(|application| application.name.as_str() == name)
    }
}

/// One entry of `deployAs`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Application {
    /// Unique in the file, and the application's folder.
    pub name: ApplicationName,
    /// `applicationType`.
    pub kind: ApplicationType,
    /// As it is written, with or without a leading slash; for service, event and job always there, else never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub endpoint: Option<String>,
    /// For service and event only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub health_check: Option<HealthCheck>,
    /// Never for assets.
    #[serde(default)]
    pub scripts: Scripts,
    /// Never for assets.
    #[serde(default)]
    pub configuration: Configuration,
    /// `properties.schedule`; for job always there, else never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schedule: Option<Schedule>,
    /// For event only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_policy: Option<RetryPolicy>,
}

/// What an application is, by its name on the wire and in the file.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum ApplicationType {
    /// Answers HTTP requests.
    Service,
    /// Gets messages of a Subscription.
    Event,
    /// Runs by a schedule.
    Job,
    /// Static files.
    Assets,
    /// A Merchant Center custom application; `mc-app` is its old name.
    #[serde(alias = "mc-app")]
    MerchantCenterCustomApplication,
    /// A Merchant Center custom view.
    MerchantCenterCustomView,
}

impl ApplicationType {
    /// All of them, in the order of the contract.
    pub const ALL: [Self; 6] = [
        Self::Service,
        Self::Event,
        Self::Job,
        Self::Assets,
        Self::MerchantCenterCustomApplication,
        Self::MerchantCenterCustomView,
    ];

    /// Reads the name in a connect.yaml, the old `mc-app` too.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let alias = (text == "mc-app").then_some(Self::MerchantCenterCustomApplication);
        alias.or_else(|| Self::ALL.into_iter().find(|kind| kind.as_str() == text))
    }

    /// The name on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Service => "service",
            Self::Event => "event",
            Self::Job => "job",
            Self::Assets => "assets",
            Self::MerchantCenterCustomApplication => "merchant-center-custom-application",
            Self::MerchantCenterCustomView => "merchant-center-custom-view",
        }
    }

    /// Whether a process of its own runs for it: service, event and job. The others are files.
    #[must_use]
    pub fn is_dynamic(self) -> bool {
        matches!(self, Self::Service | Self::Event | Self::Job)
    }

    /// Whether it is shown in the Merchant Center.
    #[must_use]
    pub fn is_merchant_center(self) -> bool {
        matches!(
            self,
            Self::MerchantCenterCustomApplication | Self::MerchantCenterCustomView
        )
    }
}

impl fmt::Display for ApplicationType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Shell command lines around a deployment.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Scripts {
    /// After the application is up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub post_deploy: Option<String>,
    /// Before it is removed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pre_undeploy: Option<String>,
}

/// The keys that become environment variables; none stands twice in one configuration.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Configuration {
    /// Values in clear.
    #[serde(default)]
    pub standard: Vec<StandardKey>,
    /// Secrets.
    #[serde(default)]
    pub secured: Vec<SecuredKey>,
}

/// A key whose value anybody may see.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StandardKey {
    /// The environment variable.
    pub key: String,
    /// For the person who fills it in.
    pub description: String,
    /// False where the file does not say.
    pub required: bool,
    /// The value where none is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<String>,
}

/// A key whose value is a secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SecuredKey {
    /// The environment variable.
    pub key: String,
    /// For the person who fills it in.
    pub description: String,
    /// False where the file does not say.
    pub required: bool,
}

/// What all applications get.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Inherit {
    /// Keys with one value for all applications.
    #[serde(default)]
    pub configuration: Configuration,
    /// Scopes of the API client that is made for the Deployment, without Project key; empty: none is made.
    #[serde(default)]
    pub api_client_scopes: Vec<String>,
}
