//! `POST /{projectKey}/deployments/{id}`: redeploys, with the values merged key by key (contract, sections 5.3 and 16).

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::connector::ConnectorRecord;
use domain::connector_staged::ConnectorStagedRecord;
use domain::deployment::{
    DeploymentRecord, DeploymentUpdate, DeploymentUpdateAction, Redeploy, Target,
};
use domain::error::{ApiError, ApiErrors, ErrorCode};
use domain::lifecycle::deployment::Event;
use domain::merge;
use domain::run::RunKind;
use serde_json::json;
use store::{Commit, Store, keys};
use web::{Answer, Caller, Fail, IdOrKey, Request, scope};

use crate::connectors_staged::update::{conflict, other_version};
use crate::deployments::secret::{self, Secrets};
use crate::deployments::target::{self, Referred};
use crate::deployments::{begin, find, show};
use crate::platform::Platform;

/// Redeploys.
///
/// # Errors
/// `ConcurrentModification` for another version; the errors of the contract, section 5.3.
pub async fn handle(
    platform: Arc<Platform>,
    caller: Caller<scope::ManageDeployments>,
    request: Request,
) -> Answer {
    caller.in_project(request.parameter("projectKey"))?;
    let name = IdOrKey::parse(request.parameter("id"))?;
    let body: DeploymentUpdate = web::read_body(&request)?;
    let desk = &platform.desk;
    let mut record = find(&desk.store, &name, &caller.project).await?;
    let current = record.deployment.version;
    if current != body.version {
        return Err(other_version(body.version, Some(current)).into());
    }
    if body.actions.is_empty() {
        return web::created(&show::deployment(record, &platform.addresses));
    }
    restart(&mut record, Event::Redeploy)?;
    for (index, action) in body.actions.into_iter().enumerate() {
        let DeploymentUpdateAction::Redeploy(action) = action;
        let place = format!("actions[{index}].configurationValues");
        redeploy(&platform, &mut record, action, &place).await?;
    }
    let commit = begin(desk, &mut record, RunKind::Deploy, Commit::new());
    record.deployment.version += 1;
    desk.commit(commit.update(&record))
        .await
        .map_err(|error| conflict(error, current))?;
    web::created(&show::deployment(record, &platform.addresses))
}

/// Moves a Deployment into its next revision.
pub(crate) fn restart(record: &mut DeploymentRecord, event: Event) -> Result<(), ApiError> {
    let (status, _) = record.deployment.status.on(event).map_err(|illegal| {
        ErrorCode::DeploymentInvalidStatusTransition.with([("cause", json!(illegal.to_string()))])
    })?;
    record.deployment.status = status;
    record.deployment.rollback_revision = None;
    record.revision += 1;
    Ok(())
}

async fn redeploy(
    platform: &Platform,
    record: &mut DeploymentRecord,
    action: Redeploy,
    place: &str,
) -> Result<(), Fail> {
    let update = action.update_connector.unwrap_or(false);
    let referred = if update {
        newest(&platform.desk.store, record).await?
    } else {
        Referred {
            connector: record.target.connector.clone(),
            release: record.target.release.clone(),
        }
    };
    let given = action.configuration_values;
    if given.as_ref().is_some_and(Vec::is_empty) {
        return Err(ErrorCode::DeploymentApplicationRequired.plain().into());
    }
    let (owner, id) = (record.owner.clone(), record.deployment.id);
    let keys = platform.keys.as_ref();
    let secrets = secret::open(keys, &owner, id, &record.target.sealed)
        .await
        .map_err(Fail::fault)?;
    let unknown = |name: &str| {
        ErrorCode::DeploymentApplicationDoNotBelong.with([
            ("id", json!(id.to_string())),
            ("key", json!(record.deployment.key)),
            ("name", json!(name)),
        ])
    };
    let values = merge::merge(
        &referred.release.spec,
        secrets.values,
        given.as_deref().unwrap_or_default(),
        place,
        action.global_configuration.as_ref(),
        unknown,
    );
    let values = values.map_err(|errors| {
        if update {
            update_failed(record, &errors)
        } else {
            errors.into()
        }
    })?;
    let secrets = Secrets { values, ..secrets };
    let sealed = secret::seal(keys, &owner, id, &secrets)
        .await
        .map_err(Fail::fault)?;
    record.skip_scripts = action.skip_scripts.unwrap_or(false);
    let target = Target {
        connector: referred.connector,
        release: referred.release,
        values: secrets.values.masked(),
        sealed,
        sites: BTreeMap::default(),
    };
    take(platform, record, target);
    Ok(())
}

/// Gives a Deployment another target, and shows it.
pub(crate) fn take(platform: &Platform, record: &mut DeploymentRecord, target: Target) {
    let spec = &target.release.spec;
    for application in &spec.applications {
        let id = || platform.desk.ids.next();
        record
            .application_ids
            .entry(application.name.clone())
            .or_insert_with(id);
    }
    let deployment = &mut record.deployment;
    deployment.connector = target.connector.clone();
    deployment.global_configuration = target.values.shown_global(spec);
    let mut before = std::mem::take(&mut deployment.applications);
    let (ids, addresses) = (&record.application_ids, &platform.addresses);
    deployment.applications = show::applications(spec, &target.values, ids, addresses);
    for application in &mut deployment.applications {
        let same = before.iter_mut().find(|one| one.id == application.id);
        application.url = same.and_then(|one| one.url.take());
    }
    record.target = target;
}

async fn newest(store: &Store, record: &DeploymentRecord) -> Result<Referred, Fail> {
    let id = record.deployment.connector.id;
    let failed = |cause: &str| Fail::from(update_failure(record, cause));
    if record.deployment.preview {
        let staged: Option<ConnectorStagedRecord> = store.get(&keys::staged(id)).await?;
        let staged = staged.filter(|one| target::may_preview(one, &record.owner));
        let staged = staged.ok_or_else(|| failed("the draft no longer exists"))?;
        return target::of_staged(&staged).map_err(|error| failed(&error.message));
    }
    let connector: Option<ConnectorRecord> = store.get(&keys::connector(id)).await?;
    let connector = connector.filter(|one| one.visible_to(&record.owner));
    let connector = connector.ok_or_else(|| failed("the Connector no longer exists"))?;
    Ok(target::of_connector(connector))
}

fn update_failed(record: &DeploymentRecord, errors: &[ApiError]) -> Fail {
    let causes: Vec<&str> = errors.iter().map(|error| error.message.as_str()).collect();
    ApiErrors::from(update_failure(record, &causes.join(" "))).into()
}

fn update_failure(record: &DeploymentRecord, cause: &str) -> ApiError {
    ErrorCode::DeploymentConnectorUpdateFailure.with([
        ("id", json!(record.deployment.id.to_string())),
        (
            "connector",
            json!(record.deployment.connector.id.to_string()),
        ),
        ("cause", json!(cause)),
    ])
}
