//! The environment of an application is decided here and nowhere else: what the platform sets, no declared value can replace
//! (contract, section 10.1).

use std::collections::{BTreeMap, BTreeSet};

use domain::configuration::{ConfigurationValue, StandardConfigurationKey};
use secrets::Secret;
use uuid::Uuid;

use crate::PORT;
use crate::launch::Kind;

/// Keys that are declared in one place of connect.yaml, and the values that the Deployment gives them.
#[derive(Debug, Clone, Copy, Default)]
pub struct Declared<'a> {
    /// The standard keys, for their defaults.
    pub keys: &'a [StandardConfigurationKey],
    /// Values in clear.
    pub standard: &'a [ConfigurationValue],
    /// Secrets by key.
    pub secured: &'a [(String, Secret)],
}

/// Where an event application's messages come from; follows the Deployment's Region.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Topic {
    /// Google Pub/Sub, and its shape on the embedded engine.
    PubSub {
        /// The project's id.
        project: String,
        /// The topic's name.
        name: String,
    },
    /// Amazon SNS.
    Sns {
        /// The topic's ARN.
        arn: String,
    },
}

/// The API client that `inheritAs.apiClient` asks for.
#[derive(Debug, Clone)]
pub struct ApiClient {
    /// Base URL of the HTTP API.
    pub api_url: String,
    /// Base URL of the token endpoint.
    pub auth_url: String,
    /// The region's name, as in `europe-west1.gcp`.
    pub region: String,
    /// The Project.
    pub project_key: String,
    /// The client's id.
    pub client_id: String,
    /// The client's secret.
    pub client_secret: Secret,
    /// Its scopes, separated by blanks.
    pub scope: String,
}

/// Everything that an environment follows from.
#[derive(Debug, Clone, Copy)]
pub struct Inputs<'a> {
    /// What the application is.
    pub kind: Kind,
    /// `ApplicationDeployment.id`.
    pub application: Uuid,
    /// The revision.
    pub revision: u64,
    /// Values of the application.
    pub own: Declared<'a>,
    /// Values of all applications.
    pub global: Declared<'a>,
    /// The public URL: with the endpoint's path for a service, of the site for a static application.
    pub url: Option<&'a str>,
    /// The topic of an event application.
    pub topic: Option<&'a Topic>,
    /// The inherited API client.
    pub api_client: Option<&'a ApiClient>,
}

/// Variables in the order of their names.
#[derive(Debug, Clone, Default)]
pub struct Environment {
    /// Every variable.
    pub values: Vec<(String, Secret)>,
    /// Those whose values no log may show.
    pub secret_names: BTreeSet<String>,
}

/// The environment of one application, for the running application, its scripts, and a static application's build alike.
#[must_use]
pub fn environment(inputs: &Inputs<'_>) -> Environment {
    let mut variables = Variables::default();
    variables.declared(inputs.global, inputs.kind);
    variables.declared(inputs.own, inputs.kind);
    if inputs.kind.is_dynamic() {
        variables.cloud_run(inputs);
        if let Some(client) = inputs.api_client {
            variables.api_client(client);
        }
    }
    match inputs.kind {
        Kind::Service => variables.plain("CONNECT_SERVICE_URL", inputs.url),
        Kind::Event => variables.topic(inputs.topic),
        Kind::Job => {}
        Kind::Static { .. } => variables.plain("APPLICATION_URL", inputs.url),
    }
    Environment {
        values: variables.values.into_iter().collect(),
        secret_names: variables.secret_names,
    }
}

#[derive(Default)]
struct Variables {
    values: BTreeMap<String, Secret>,
    secret_names: BTreeSet<String>,
}

impl Variables {
    fn plain(&mut self, name: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.secret_names.remove(name);
            self.values.insert(name.to_owned(), Secret::new(value));
        }
    }

    fn secret(&mut self, name: &str, value: &Secret) {
        self.secret_names.insert(name.to_owned());
        self.values.insert(name.to_owned(), value.clone());
    }

    fn declared(&mut self, declared: Declared<'_>, kind: Kind) {
        for key in declared.keys {
            self.plain(&key.key, key.default.as_deref());
        }
        for value in declared.standard {
            self.plain(&value.key, Some(&value.value));
        }
        // What a static application sees ends up in every visitor's browser.
        if kind.is_dynamic() {
            for (name, value) in declared.secured {
                self.secret(name, value);
            }
        }
    }

    fn cloud_run(&mut self, inputs: &Inputs<'_>) {
        let kind = match inputs.kind {
            Kind::Service => "service",
            Kind::Event => "event",
            Kind::Job => "job",
            Kind::Static { .. } => "static",
        };
        let service = format!("{kind}-{}", inputs.application);
        self.plain("PORT", Some(&PORT.to_string()));
        self.plain(
            "K_REVISION",
            Some(&format!("{service}-{:05}", inputs.revision)),
        );
        self.plain("K_CONFIGURATION", Some(&service));
        self.plain("K_SERVICE", Some(&service));
    }

    /// The union of the names that documentation and specification package use.
    fn api_client(&mut self, client: &ApiClient) {
        self.plain("CTP_API_URL", Some(&client.api_url));
        self.plain("CTP_AUTH_URL", Some(&client.auth_url));
        self.plain("CTP_PROJECT_KEY", Some(&client.project_key));
        self.plain("CTP_CLIENT_ID", Some(&client.client_id));
        self.secret("CTP_CLIENT_SECRET", &client.client_secret);
        self.plain("CTP_SCOPE", Some(&client.scope));
        self.plain("CTP_CLIENT_SCOPE", Some(&client.scope));
        self.plain("CTP_CLIENT_REGION", Some(&client.region));
    }

    fn topic(&mut self, topic: Option<&Topic>) {
        match topic {
            Some(Topic::PubSub { project, name }) => {
                self.plain(
                    "CONNECT_SUBSCRIPTION_DESTINATION",
                    Some("GoogleCloudPubSub"),
                );
                self.plain("CONNECT_GCP_PROJECT_ID", Some(project));
                self.plain("CONNECT_GCP_TOPIC_NAME", Some(name));
                self.plain("CONNECT_PROVIDER", Some("GCP"));
            }
            Some(Topic::Sns { arn }) => {
                self.plain("CONNECT_SUBSCRIPTION_DESTINATION", Some("SNS"));
                self.plain("CONNECT_AWS_TOPIC_ARN", Some(arn));
                self.plain("CONNECT_PROVIDER", Some("AWS"));
            }
            None => {}
        }
    }
}

#[cfg(test)]
mod tests;
