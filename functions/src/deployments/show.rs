//! What the wire shows of a Deployment's applications: addresses that stay, values, and no secret.

use std::collections::BTreeMap;

use domain::deployment::{ApplicationDeployment, Deployment, DeploymentRecord};
use domain::merge::Values;
use domain::names::ApplicationName;
use domain::spec::{Application, ApplicationType, RetryPolicy, Spec};
use hosting::Topic;
use uuid::Uuid;

use crate::platform::Addresses;

/// A Deployment as it is answered with.
pub(crate) fn deployment(record: DeploymentRecord, addresses: &Addresses) -> Deployment {
    let mut deployment = record.deployment;
    with_urls(
        &mut deployment.applications,
        &record.target.release.spec,
        addresses,
    );
    deployment
}

/// Sets the URLs, which are not kept: the platform may listen elsewhere after a restart.
pub(crate) fn with_urls(
    applications: &mut [ApplicationDeployment],
    spec: &Spec,
    addresses: &Addresses,
) {
    for shown in applications {
        let application = spec.application(shown.application_name.as_str());
        shown.url = application.and_then(|application| url(application.kind, shown.id, addresses));
    }
}

/// The applications in the order of connect.yaml, without their URLs.
pub(crate) fn applications(
    spec: &Spec,
    values: &Values,
    ids: &BTreeMap<ApplicationName, Uuid>,
) -> Vec<ApplicationDeployment> {
    let known = spec
        .applications
        .iter()
        .filter_map(|one| Some((one, *ids.get(&one.name)?)));
    known
        .map(|(one, id)| application(one, id, values))
        .collect()
}

fn application(application: &Application, id: Uuid, values: &Values) -> ApplicationDeployment {
    let (standard_configuration, secured_configuration) = values.shown(application);
    let overrides = values.applications.get(&application.name);
    let kind = application.kind;
    let schedule = overrides
        .and_then(|one| one.schedule.as_ref())
        .or(application.schedule.as_ref());
    ApplicationDeployment {
        id,
        application_name: application.name.clone(),
        standard_configuration,
        secured_configuration,
        url: None,
        topic: (kind == ApplicationType::Event).then(|| match Addresses::topic(id) {
            Topic::PubSub { project, name } => format!("projects/{project}/topics/{name}"),
            Topic::Sns { arn } => arn,
        }),
        schedule: schedule.map(|schedule| schedule.as_str().to_owned()),
        retry_policy: (kind == ApplicationType::Event).then(|| retry_policy(application, values)),
    }
}

/// Where an application answers; events and jobs are called by the platform only.
pub(crate) fn url(kind: ApplicationType, id: Uuid, addresses: &Addresses) -> Option<String> {
    match kind {
        ApplicationType::Service => Some(addresses.service(id)),
        ApplicationType::Event | ApplicationType::Job => None,
        _ => Some(addresses.site(id)),
    }
}

/// The policy that holds: the Deployment's, that of connect.yaml, or the default (contract, section 16).
pub(crate) fn retry_policy(application: &Application, values: &Values) -> RetryPolicy {
    let overrides = values.applications.get(&application.name);
    let given = overrides.and_then(|one| one.retry_policy.as_ref());
    given
        .or(application.retry_policy.as_ref())
        .cloned()
        .unwrap_or_default()
}
