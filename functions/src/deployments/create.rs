//! `POST /{projectKey}/deployments`: deploys, once everything that was given is complete and allowed (contract, section 5.1).

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::deployment::{
    Deployment, DeploymentApiClient, DeploymentDetails, DeploymentDraft, DeploymentRecord,
    DeploymentType, Target,
};
use domain::error::ErrorCode;
use domain::lifecycle::deployment::DeploymentStatus;
use domain::merge::{self, Values};
use domain::run::RunKind;
use serde_json::json;
use store::rows::ApiClientRow;
use store::{Commit, CommitError, Refusal, keys};
use web::{Answer, Caller, Fail, Request, scope};

use crate::auth::clients::{self, NewClient};
use crate::connectors_staged::create::taken;
use crate::deployments::secret::{self, Credentials, Secrets};
use crate::deployments::target::{self, Referred};
use crate::deployments::{begin, show};
use crate::idempotency;
use crate::platform::Platform;

/// Deploys.
///
/// # Errors
/// Those of the contract, sections 5.1 and 16; every missing or unknown value in one answer.
pub async fn handle(
    platform: Arc<Platform>,
    caller: Caller<scope::ManageDeployments>,
    request: Request,
) -> Answer {
    caller.in_project(request.parameter("projectKey"))?;
    let draft: DeploymentDraft = web::read_body(&request)?;
    let desk = &platform.desk;
    let (referred, kind) =
        target::resolve(&desk.store, &draft.connector, &caller.project, draft.kind).await?;
    target::check(&referred, draft.region, platform.regions.as_deref())?;
    let spec = &referred.release.spec;
    if !spec.inherit.api_client_scopes.is_empty() {
        caller.also("manage_api_clients")?;
    }
    let values = merge::merge(
        spec,
        Values::default(),
        &draft.configurations,
        "configurations",
        draft.global_configuration.as_ref(),
        |name| ErrorCode::DeploymentUnknownApplicationConfiguration.with([("name", json!(name))]),
    )?;
    let staged = referred.connector.id;
    let (mut record, client) = record(&platform, &caller, draft, kind, referred, values).await?;
    let mut commit = Commit::new().use_staged(staged);
    if let Some(key) = &record.deployment.key {
        commit = commit.reserve(
            &keys::deployment_key(&record.owner, key),
            key,
            record.deployment.id,
        );
    }
    if let Some(client) = &client {
        commit = commit.create(client);
    }
    commit = begin(desk, &mut record, RunKind::Deploy, commit);
    let commit = commit.create(&record);
    let answer = web::created(&show::deployment(record, &platform.addresses));
    let refused = |error| match error {
        CommitError::Refused(Refusal::Uses) => ErrorCode::ConnectorReferenceNotFound
            .with([
                ("identifier", json!(staged.to_string())),
                ("version", json!("latest")),
            ])
            .into(),
        error => taken(error),
    };
    idempotency::create(desk, &caller, &request, commit, answer, refused).await
}

async fn record(
    platform: &Platform,
    caller: &Caller<scope::ManageDeployments>,
    draft: DeploymentDraft,
    kind: DeploymentType,
    referred: Referred,
    values: Values,
) -> Result<(DeploymentRecord, Option<ApiClientRow>), Fail> {
    let desk = &platform.desk;
    let now = desk.clock.now();
    let id = desk.ids.next();
    let owner = caller.project.clone();
    let spec = &referred.release.spec;
    let scopes = &spec.inherit.api_client_scopes;
    let client =
        (!scopes.is_empty()).then(|| clients::make(desk, owner.clone(), scopes.clone(), Some(id)));
    let sealed = Secrets {
        values: values.clone(),
        api_client: client.as_ref().map(credentials),
    };
    let sealed = secret::seal(platform.keys.as_ref(), &owner, id, &sealed)
        .await
        .map_err(Fail::fault)?;
    let application_ids: BTreeMap<_, _> = spec
        .applications
        .iter()
        .map(|one| (one.name.clone(), desk.ids.next()))
        .collect();
    let (status, _) = DeploymentStatus::create();
    let deployment = Deployment {
        id,
        key: draft.key,
        version: 1,
        kind,
        connector: referred.connector.clone(),
        global_configuration: values.shown_global(spec),
        api_client: client.as_ref().map(shown),
        details: DeploymentDetails::default(),
        deployed_region: draft.region,
        applications: show::applications(spec, &values, &application_ids, &platform.addresses),
        preview: kind == DeploymentType::Preview,
        status,
        rollback_revision: None,
    };
    let target = Target {
        connector: referred.connector,
        release: referred.release,
        values: values.masked(),
        sealed,
        sites: BTreeMap::default(),
    };
    let record = DeploymentRecord {
        owner,
        created_at: now,
        last_modified_at: now,
        run: None,
        revision: 1,
        serving: None,
        skip_scripts: false,
        target,
        application_ids,
        deployment,
    };
    Ok((record, client.map(|client| client.row)))
}

fn credentials(client: &NewClient) -> Credentials {
    Credentials {
        id: client.row.id.clone(),
        secret: client.secret.expose().to_owned(),
    }
}

fn shown(client: &NewClient) -> DeploymentApiClient {
    let project = &client.row.project;
    let scopes = client.row.scopes.iter();
    DeploymentApiClient {
        name: client.row.id.clone(),
        scopes: scopes.map(|scope| format!("{scope}:{project}")).collect(),
    }
}
