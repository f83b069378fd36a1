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

/// Sets the URLs that are not kept: the platform may listen elsewhere after a restart.
pub(crate) fn with_urls(
    applications: &mut [ApplicationDeployment],
    spec: &Spec,
    addresses: &Addresses,
) {
    for shown in applications {
        let application = spec.application(shown.application_name.as_str());
        let url = application.and_then(|application| addresses.of(application.kind, shown.id));
        shown.url = url.or(shown.url.take());
    }
}

/// The applications in the order of connect.yaml, without their URLs.
pub(crate) fn applications(
    spec: &Spec,
    values: &Values,
    ids: &BTreeMap<ApplicationName, Uuid>,
    addresses: &Addresses,
) -> Vec<ApplicationDeployment> {
    let known = spec
        .applications
        .iter()
        .filter_map(|one| Some((one, *ids.get(&one.name)?)));
    known
        .map(|(one, id)| application(one, id, values, addresses))
        .collect()
}

fn application(
    application: &Application,
    id: Uuid,
    values: &Values,
    addresses: &Addresses,
) -> ApplicationDeployment {
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
        topic: (kind == ApplicationType::Event).then(|| match addresses.topic(id) {
            Topic::PubSub { project, name } => format!("projects/{project}/topics/{name}"),
            Topic::Sns { arn } => arn,
        }),
        schedule: schedule.map(|schedule| schedule.as_str().to_owned()),
        retry_policy: (kind == ApplicationType::Event).then(|| retry_policy(application, values)),
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
