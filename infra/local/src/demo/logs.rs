//! The logs hold what the applications wrote and who called them, and the secret nowhere, though it was sent in a URL.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{bail, ensure};
use http::{Method, StatusCode};
use secrets::Secret;
use serde_json::Value;

use super::api::{Api, send, text, until};
use super::deployment::Deployment;
use super::service;
use super::story::Done;

/// An entry is there within a second or so of what it tells.
const SOON: Duration = Duration::from_secs(60);
/// A demo writes a page or a few; this many are a `next` that does not end.
const PAGES: usize = 1000;

/// Every entry of a Deployment, or of one of its applications, oldest first.
pub(super) async fn all(
    api: &Api,
    deployment: &Deployment,
    application: Option<&str>,
) -> anyhow::Result<Vec<Value>> {
    let only = application
        .map(|name| format!("applicationName={name}&"))
        .unwrap_or_default();
    let (mut entries, mut token) = (Vec::new(), String::new());
    for _ in 0..PAGES {
        let page = api
            .get(&format!("{}/logs?{only}pageToken={token}", deployment.path))
            .await?;
        entries.extend(page["data"].as_array().into_iter().flatten().cloned());
        let next = text(&page, "next")?;
        if next.is_empty() {
            return Ok(entries);
        }
        token = percent_encoding::utf8_percent_encode(next, percent_encoding::NON_ALPHANUMERIC)
            .to_string();
    }
    bail!("the logs have a `next` after {PAGES} pages; they do not end")
}

/// Sends the secret where every request's URL is logged, and sees that the log has a mask in its place.
pub(super) async fn read(api: &Api, deployment: &Deployment, token: &Secret) -> Done<()> {
    let url = service::url(deployment)?;
    let careless = format!("{url}?token={}", token.expose());
    send(api.visit(Method::GET, &careless))
        .await?
        .expect(StatusCode::OK)?;
    let entries = until(SOON, "the log to tell of a request", async || {
        let entries = all(api, deployment, None).await?;
        let told = entries.iter().any(|entry| {
            let url = entry["details"]["requestUrl"].as_str().unwrap_or_default();
            entry["type"] == "HTTP_REQUEST" && url.contains("?token=")
        });
        Ok(told.then_some(entries))
    })
    .await?;
    let leak = entries
        .iter()
        .find(|entry| entry.to_string().contains(token.expose()));
    if let Some(leak) = leak {
        let masked = leak.to_string().replace(token.expose(), "<the secret>");
        bail!("the secret is in the logs, which is a defect of the platform: {masked}");
    }
    let expected = format!("CONNECT_SERVICE_URL is {url}");
    let script = entries
        .iter()
        .any(|entry| entry["details"]["message"] == expected.as_str());
    ensure!(
        script,
        "the logs do not hold what the service's postDeploy script wrote: `{expected}`"
    );
    let mut told = counts(&entries);
    told.push(format!("postDeploy wrote `{expected}`"));
    told.push("the secret, sent in a URL, is nowhere".to_owned());
    Ok(((), told))
}

/// How many entries there are of each application and type.
fn counts(entries: &[Value]) -> Vec<String> {
    let mut counts: BTreeMap<&str, BTreeMap<&str, u32>> = BTreeMap::new();
    for entry in entries {
        let part = |field: &str| entry[field].as_str().unwrap_or_default();
        *counts
            .entry(part("applicationName"))
            .or_default()
            .entry(part("type"))
            .or_default() += 1;
    }
    let line = |(name, types): (&str, BTreeMap<&str, u32>)| {
        let types: Vec<String> = types
            .iter()
            .map(|(kind, count)| format!("{count} {kind}"))
            .collect();
        format!("{name:<8} {}", types.join(", "))
    };
    counts.into_iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn entries_are_counted_by_application_and_type() {
        let entry = |name, kind| json!({"applicationName": name, "type": kind});
        let entries = [
            entry("service", "HTTP_REQUEST"),
            entry("job", "APPLICATION_JSON"),
            entry("service", "APPLICATION_JSON"),
            entry("service", "HTTP_REQUEST"),
        ];
        insta::assert_snapshot!(counts(&entries).join("\n"), @r"
        job      1 APPLICATION_JSON
        service  1 APPLICATION_JSON, 2 HTTP_REQUEST
        ");
    }
}
