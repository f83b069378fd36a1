//! Assets, job and event application: each is used as whoever it is made for uses it.

use std::time::Duration;

use anyhow::{Context, bail, ensure};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::StatusCode;
use serde_json::{Value, json};

use super::api::{Api, send, text, until};
use super::deployment::Deployment;
use super::logs;
use super::story::Done;

/// The starter's job and event application take milliseconds; a loaded machine may take longer.
const SOON: Duration = Duration::from_secs(120);
const ORDER: &str = "demo-order-1";

/// Fetches the page and the script that it names. The site's host resolves in browsers, so here it is only named.
pub(super) async fn fetch_site(api: &Api, deployment: &Deployment) -> Done<()> {
    let url = text(deployment.application("assets")?, "url")?;
    let host = url
        .strip_prefix("http://")
        .and_then(|rest| rest.split('/').next());
    let host = host.with_context(|| format!("the site's URL {url} does not begin with http://"))?;
    let page = ok(api, host, "/").await?;
    let script = script(&page)
        .with_context(|| format!("the page at {url} has no script with a hash in its name"))?;
    let path = format!("/{script}");
    let bytes = ok(api, host, &path).await?.len();
    Ok((
        (),
        vec![
            format!("{url} → a page of {} bytes", page.len()),
            format!("{path} → a script of {bytes} bytes"),
        ],
    ))
}

async fn ok(api: &Api, host: &str, path: &str) -> anyhow::Result<String> {
    let answer = send(api.visit_host(host, path)).await?;
    let is = answer.is(StatusCode::OK);
    is.with_context(|| format!("the site {host} does not answer"))?;
    Ok(answer.body)
}

/// The starter's build puts a hash into its script's name: a page without one is not what was built.
fn script(page: &str) -> Option<&str> {
    let name = page.split("src=\"").nth(1)?.split('"').next()?;
    let hash = name.strip_prefix("greeting.")?.strip_suffix(".js")?;
    (hash.len() == 8).then_some(name)
}

/// Runs the job and waits for its end.
pub(super) async fn run_job(api: &Api, deployment: &Deployment) -> Done<()> {
    let path = format!("{}/applications/job/executions", deployment.path);
    let asked = api.post(&path, &json!({})).await?;
    let id = text(&asked, "id")?;
    let ended = until(SOON, "the job to end", async || {
        let all = api.get(&path).await?;
        let mut all = all["results"].as_array().into_iter().flatten();
        let execution = all.find(|one| one["id"] == id).cloned();
        let execution = execution.context("the execution is not in the list of executions")?;
        let open = execution["state"] == "queued" || execution["state"] == "running";
        Ok((!open).then_some(execution))
    })
    .await?;
    if ended["state"] != "succeeded" {
        let why = ended["message"].as_str().unwrap_or("no reason is given");
        bail!(
            "the execution of the job is `{}`: {why}",
            ended["state"].as_str().unwrap_or_default()
        );
    }
    Ok((
        (),
        vec![format!(
            "execution {id} succeeded with {}",
            ended["statusCode"]
        )],
    ))
}

/// Publishes as a Pub/Sub client does, and waits until the application has logged the event.
pub(super) async fn publish_event(api: &Api, deployment: &Deployment, shop: &str) -> Done<()> {
    let topic = text(deployment.application("event")?, "topic")?;
    let order =
        json!({"notificationType": "Message", "type": "OrderCreated", "order": {"id": ORDER}});
    let data = STANDARD.encode(order.to_string());
    let body = json!({"messages": [{"data": data, "attributes": {"source": "demo"}}]});
    let path = format!("/v1/{topic}:publish");
    let published = api
        .request(http::Method::POST, &path, Some(&body))
        .await?
        .expect(StatusCode::OK)?;
    let id = published["messageIds"][0]
        .as_str()
        .context("the answer of the topic names no message")?;
    let received = format!("{shop} received a message");
    until(SOON, "the event application to log the event", async || {
        let entries = logs::all(api, deployment, Some("event")).await?;
        let seen = |entry: &Value| {
            entry["details"]["message"] == received.as_str() && entry["details"]["data"] == order
        };
        Ok(entries.iter().any(seen).then_some(()))
    })
    .await?;
    ensure!(
        !id.is_empty(),
        "the topic answered with an empty message id"
    );
    Ok((
        (),
        vec![
            format!("{topic}"),
            format!("message {id} → the application logged `{received}`"),
        ],
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_script_of_a_built_page_has_a_hash_in_its_name() {
        let page = |name| format!("<script type=\"module\" src=\"{name}\"></script>");
        assert_eq!(
            script(&page("greeting.0a1b2c3d.js")),
            Some("greeting.0a1b2c3d.js")
        );
        assert_eq!(script(&page("greeting.js")), None);
        assert_eq!(script("<p>404</p>"), None);
    }
}
