//! A demo that was interrupted leaves a draft and Deployments; the next one takes them away, so that it can be run again and again.

use anyhow::bail;
use http::{Method, StatusCode};
use serde_json::Value;

use super::api::{Api, text};
use super::connector::{self, KEY, PIPELINE};
use super::deployment::{self, DEPLOYMENT};
use super::story::Done;

/// Undeploys after this many attempts do not succeed; the second is forced.
const ATTEMPTS: u32 = 3;

/// The draft that an earlier demo left.
pub(super) async fn earlier(api: &Api) -> anyhow::Result<Option<Value>> {
    api.find(&format!("/connectors/drafts/key={KEY}")).await
}

/// Removes the draft and every Deployment of it.
pub(super) async fn remove(api: &Api, draft: Value) -> Done<()> {
    let id = text(&draft, "id")?;
    let all = format!("/{}/deployments", api.project());
    let page = api.get(&format!("{all}?limit=500")).await?;
    let deployments = page["results"].as_array().into_iter().flatten();
    let mut told = Vec::new();
    for deployment in deployments.filter(|one| one["connector"]["id"] == id) {
        let path = format!("{all}/{}", text(deployment, "id")?);
        undeploy(api, &path).await?;
        let key = deployment["key"].as_str().unwrap_or("(without key)");
        told.push(format!(
            "Deployment {key}, which was {}",
            deployment["status"].as_str().unwrap_or_default()
        ));
    }
    let path = format!("/connectors/drafts/{id}");
    if api
        .settled(&path, PIPELINE, connector::is_moving)
        .await?
        .is_some()
    {
        let deleted = api.request(Method::DELETE, &path, None).await?;
        if deleted.status != StatusCode::NOT_FOUND {
            deleted.expect(StatusCode::OK)?;
        }
    }
    told.push(format!(
        "draft {KEY}, which was {}",
        draft["status"].as_str().unwrap_or_default()
    ));
    Ok(((), told))
}

/// Waits for what is under way, undeploys, and where a script fails leaves it out.
async fn undeploy(api: &Api, path: &str) -> anyhow::Result<()> {
    for attempt in 0..ATTEMPTS {
        if api
            .settled(path, DEPLOYMENT, deployment::is_moving)
            .await?
            .is_none()
        {
            return Ok(());
        }
        let force = if attempt == 0 { "" } else { "?force=true" };
        let deleted = api
            .request(Method::DELETE, &format!("{path}{force}"), None)
            .await?;
        if deleted.status != StatusCode::NOT_FOUND {
            deleted.expect(StatusCode::ACCEPTED)?;
        }
    }
    let left = api.settled(path, DEPLOYMENT, deployment::is_moving).await?;
    match left {
        None => Ok(()),
        Some(left) => bail!(
            "{path} cannot be undeployed: {}",
            deployment::complaint(&left)
        ),
    }
}
