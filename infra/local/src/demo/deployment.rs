//! The Deployments of the demo: each change shows `Deploying` at once, and then ends as `Deployed` or says why not.

use std::time::Duration;

use anyhow::{Context, bail, ensure};
use http::{Method, StatusCode};
use secrets::Secret;
use serde_json::{Value, json};

use super::api::{Api, send, text};
use super::connector::{REGION, problems};
use super::service;
use super::story::Done;

/// The keys of the demo's Deployments.
pub(super) const PREVIEW_KEY: &str = "slipway-demo-preview";
pub(super) const SANDBOX_KEY: &str = "slipway-demo";
/// A deployment unpacks and starts four applications and runs their scripts.
pub(super) const DEPLOYMENT: Duration = Duration::from_secs(15 * 60);
const MASKED: &str = "********";

/// A Deployment as it was when it became `Deployed`; ids and URLs stay over redeploys.
pub(super) struct Deployment {
    pub(super) path: String,
    value: Value,
}

/// The values of one.
pub(super) struct Values<'a> {
    /// None: the default of connect.yaml.
    pub(super) greeting: Option<&'a str>,
    pub(super) shop: &'a str,
    pub(super) token: &'a Secret,
}

impl Deployment {
    /// One of its applications.
    pub(super) fn application(&self, name: &str) -> anyhow::Result<&Value> {
        let mut applications = self.value["applications"].as_array().into_iter().flatten();
        let found = applications.find(|one| one["applicationName"] == name);
        found.with_context(|| format!("the Deployment shows no application `{name}`"))
    }
}

/// Deploys the draft (`staged`) or the Connector.
pub(super) async fn deploy(
    api: &Api,
    key: &str,
    connector: &str,
    staged: bool,
    values: &Values<'_>,
) -> Done<Deployment> {
    let all = format!("/{}/deployments", api.project());
    let service = json!({
        "applicationName": "service",
        "standardConfiguration": values.greeting.map_or(json!([]), |text| json!([greeting(text)])),
        "securedConfiguration": [{"key": "SERVICE_TOKEN", "value": values.token.expose()}],
    });
    let draft = json!({
        "key": key,
        "connector": {"id": connector, "staged": staged},
        "region": REGION,
        "configurations": [service],
        "globalConfiguration": {"standardConfiguration": [{"key": "SHOP", "value": values.shop}]},
    });
    let created = api.post(&all, &draft).await?;
    is_deploying(&created)?;
    let path = format!("{all}/{}", text(&created, "id")?);
    let deployment = Deployment {
        value: deployed(api, &path).await?,
        path,
    };
    secret_is_masked(&deployment, values.token)?;
    let kind = if staged { "preview" } else { "sandbox" };
    ensure!(
        deployment.value["type"] == kind,
        "the Deployment is no {kind}, but {}",
        deployment.value["type"]
    );
    let told = told(&deployment.value, &["url", "topic", "schedule"]);
    Ok((deployment, told))
}

/// Gives the service another greeting; all other values stay.
pub(super) async fn redeploy(api: &Api, deployment: &Deployment, text: &str) -> Done<()> {
    let service = json!({
        "applicationName": "service",
        "standardConfiguration": [greeting(text)],
        "securedConfiguration": [],
    });
    let actions = json!([{"action": "redeploy", "configurationValues": [service]}]);
    let version = &api.get(&deployment.path).await?["version"];
    let body = json!({"version": version, "actions": actions});
    is_deploying(&api.post(&deployment.path, &body).await?)?;
    deployed(api, &deployment.path).await?;
    let revision = current_revision(api, deployment).await?;
    Ok(((), vec![format!("revision {revision} has GREETING={text}")]))
}

/// Deploys an earlier revision again.
pub(super) async fn roll_back(api: &Api, deployment: &Deployment, revision: u64) -> Done<()> {
    let version = &api.get(&deployment.path).await?["version"];
    let path = format!("{}/revisions/{revision}/rollback", deployment.path);
    is_deploying(&api.post(&path, &json!({"version": version})).await?)?;
    let now = deployed(api, &deployment.path).await?;
    ensure!(
        now["rollbackRevision"] == revision,
        "rollbackRevision is {} and not {revision}",
        now["rollbackRevision"]
    );
    let current = current_revision(api, deployment).await?;
    Ok((
        (),
        vec![format!("revision {current} is revision {revision} again")],
    ))
}

/// Undeploys, and waits until all are gone.
pub(super) async fn undeploy(api: &Api, deployments: &[&Deployment]) -> Done<()> {
    for deployment in deployments {
        let deleted = api.request(Method::DELETE, &deployment.path, None).await?;
        let deleted = deleted.expect(StatusCode::ACCEPTED)?;
        ensure!(
            deleted["status"] == "Undeploying",
            "the Deployment is not `Undeploying` right after DELETE"
        );
    }
    for deployment in deployments {
        if let Some(left) = api.settled(&deployment.path, DEPLOYMENT, is_moving).await? {
            bail!(
                "{} was not undeployed: {}",
                deployment.path,
                complaint(&left)
            );
        }
    }
    for deployment in deployments {
        let gone = send(api.visit(Method::GET, &service::url(deployment)?)).await?;
        gone.is(StatusCode::NOT_FOUND)?;
    }
    let told = "GET answers 404, of the Deployments and of their services";
    Ok(((), vec![told.to_owned()]))
}

/// Whether a run of the Deployment is under way.
pub(super) fn is_moving(deployment: &Value) -> bool {
    ["Queued", "Deploying", "Undeploying"]
        .iter()
        .any(|status| deployment["status"] == *status)
}

/// Why a Deployment is not what it should be.
pub(super) fn complaint(deployment: &Value) -> String {
    let status = deployment["status"].as_str().unwrap_or_default();
    format!(
        "it is {status}; {}",
        problems(&deployment["details"]["build"]["report"])
    )
}

fn greeting(text: &str) -> Value {
    json!({"key": "GREETING", "value": text})
}

fn is_deploying(answer: &Value) -> anyhow::Result<()> {
    let status = &answer["status"];
    ensure!(
        status == "Deploying",
        "the Deployment is {status} right after it was asked for, and not `Deploying`"
    );
    Ok(())
}

async fn deployed(api: &Api, path: &str) -> anyhow::Result<Value> {
    let deployment = api.settled(path, DEPLOYMENT, is_moving).await?;
    let deployment =
        deployment.with_context(|| format!("{path} is gone; something else deleted it"))?;
    if deployment["status"] != "Deployed" {
        bail!("the Deployment failed: {}", complaint(&deployment));
    }
    Ok(deployment)
}

fn secret_is_masked(deployment: &Deployment, token: &Secret) -> anyhow::Result<()> {
    let shown = &deployment.application("service")?["securedConfiguration"];
    let masked = json!([{"key": "SERVICE_TOKEN", "value": MASKED}]);
    ensure!(
        *shown == masked,
        "GET of the Deployment must show the secret as eight asterisks, and its securedConfiguration is something else"
    );
    let leaks = deployment.value.to_string().contains(token.expose());
    ensure!(
        !leaks,
        "GET of the Deployment shows the secret; this is a defect of the platform"
    );
    Ok(())
}

async fn current_revision(api: &Api, deployment: &Deployment) -> anyhow::Result<u64> {
    let revisions = api.get(&format!("{}/revisions", deployment.path)).await?;
    let mut revisions = revisions["results"].as_array().into_iter().flatten();
    let current = revisions.find(|one| one["currentRevision"] == true);
    current
        .and_then(|one| one["revisionNumber"].as_u64())
        .context("no revision is the current one")
}

/// A line for each application with those of its fields that it has.
fn told(deployment: &Value, fields: &[&str]) -> Vec<String> {
    let applications = deployment["applications"].as_array().into_iter().flatten();
    let line = |one: &Value| {
        let name = one["applicationName"].as_str().unwrap_or_default();
        let shown = fields.iter().filter_map(|field| one[*field].as_str());
        format!("{name:<8} {}", shown.collect::<Vec<_>>().join(" "))
    };
    applications.map(line).collect()
}
