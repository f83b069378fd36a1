//! A target becomes launches: one for each application, with the environment that the contract names and secrets opened at the last moment.

use domain::configuration::{
    ConfigurationValue, ConnectorConfigurationApplication, StandardConfigurationKey,
};
use domain::deployment::{DeploymentRecord, DeploymentType, Target};
use domain::merge::Pairs;
use domain::spec::Application;
use hosting::{
    ApiClient, Declared, HealthCheck, Idle, Inputs, Kind, Launch, absolute_path, environment,
};
use secrets::Secret;
use uuid::Uuid;
use work::Fault;

use crate::deployments::secret::{self, Secrets};
use crate::platform::Platform;

/// An application of a target, ready to run, beside what connect.yaml says of it.
pub(crate) struct Prepared {
    pub(crate) launch: Launch,
    pub(crate) application: Application,
}

/// The launches of a revision, in the order of connect.yaml.
pub(crate) async fn prepare(
    platform: &Platform,
    record: &DeploymentRecord,
    target: &Target,
    revision: u64,
) -> Result<Vec<Prepared>, Fault> {
    let id = record.deployment.id;
    let secrets = secret::open(platform.keys.as_ref(), &record.owner, id, &target.sealed).await;
    let secrets = secrets.map_err(Fault::of)?;
    let spec = &target.release.spec;
    let configurations = domain::configuration::configurations(spec);
    let mut prepared = Vec::new();
    for (application, keys) in spec.applications.iter().zip(&configurations) {
        let launch = launch(
            platform,
            record,
            target,
            revision,
            application,
            keys,
            &secrets,
        )?;
        prepared.push(Prepared {
            launch,
            application: application.clone(),
        });
    }
    Ok(prepared)
}

fn launch(
    platform: &Platform,
    record: &DeploymentRecord,
    target: &Target,
    revision: u64,
    application: &Application,
    keys: &ConnectorConfigurationApplication,
    secrets: &Secrets,
) -> Result<Launch, Fault> {
    let missing = || {
        Fault(format!(
            "the Deployment {} lacks parts of {}",
            record.deployment.id, application.name
        ))
    };
    let id = *record
        .application_ids
        .get(&application.name)
        .ok_or_else(missing)?;
    let built = target.release.artifacts.get(&application.name);
    let built = built.map(|artifact| &artifact.hash);
    let artifact = target.sites.get(&application.name).or(built);
    let global = domain::configuration::global_configuration(&target.release.spec);
    let global_keys = global
        .map(|one| one.standard_configuration)
        .unwrap_or_default();
    let empty = Pairs::default();
    let own = secrets
        .values
        .applications
        .get(&application.name)
        .map_or(&empty, |one| &one.pairs);
    let (own, everyone) = (Given::of(own), Given::of(&secrets.values.global));
    let kind = Kind::of(application.kind);
    let url = address(platform, record, application, id);
    let topic = (kind == Kind::Event).then(|| platform.addresses.topic(id));
    let client = client(platform, record, secrets);
    let environment = environment(&Inputs {
        kind,
        application: id,
        revision,
        own: own.declared(&keys.standard_configuration),
        global: everyone.declared(&global_keys),
        url: url.as_deref(),
        topic: topic.as_ref(),
        api_client: client.as_ref(),
    });
    Ok(Launch {
        deployment: record.deployment.id,
        application: id,
        name: application.name.clone(),
        kind,
        revision,
        artifact: artifact.ok_or_else(missing)?.clone(),
        environment: environment.values,
        secret_names: environment.secret_names,
        endpoint: application.endpoint.clone(),
        health: HealthCheck::of(application.health_check.as_ref()),
        idle: match record.deployment.kind {
            DeploymentType::Production => Idle::Runs,
            DeploymentType::Preview | DeploymentType::Sandbox => Idle::Sleeps,
        },
    })
}

struct Given {
    standard: Vec<ConfigurationValue>,
    secured: Vec<(String, Secret)>,
}

impl Given {
    fn of(pairs: &Pairs) -> Self {
        let standard = pairs
            .standard
            .iter()
            .map(|(key, value)| ConfigurationValue {
                key: key.clone(),
                value: value.clone(),
            });
        let secured = pairs
            .secured
            .iter()
            .map(|(key, value)| (key.clone(), Secret::new(value.0.clone())));
        Self {
            standard: standard.collect(),
            secured: secured.collect(),
        }
    }

    fn declared<'a>(&'a self, keys: &'a [StandardConfigurationKey]) -> Declared<'a> {
        Declared {
            keys,
            standard: &self.standard,
            secured: &self.secured,
        }
    }
}

/// The public URL: of a service with its endpoint, as the templates register it as it is (contract, section 10.1).
fn address(
    platform: &Platform,
    record: &DeploymentRecord,
    application: &Application,
    id: Uuid,
) -> Option<String> {
    let kept = || {
        let shown = record.deployment.applications.iter();
        shown
            .filter(|one| one.id == id)
            .find_map(|one| one.url.clone())
    };
    let url = platform.addresses.of(application.kind, id).or_else(kept)?;
    let endpoint = application
        .endpoint
        .as_deref()
        .map(absolute_path)
        .unwrap_or_default();
    Some(url + &endpoint)
}

fn client(platform: &Platform, record: &DeploymentRecord, secrets: &Secrets) -> Option<ApiClient> {
    let credentials = secrets.api_client.as_ref()?;
    let shown = record.deployment.api_client.as_ref()?;
    Some(ApiClient {
        api_url: platform.addresses.base.clone(),
        auth_url: platform.addresses.base.clone(),
        region: record.deployment.deployed_region.to_string(),
        project_key: record.owner.to_string(),
        client_id: credentials.id.clone(),
        client_secret: Secret::new(credentials.secret.clone()),
        scope: shown.scopes.join(" "),
    })
}
