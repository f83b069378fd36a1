//! The connector's own life: draft, previewable, published, found, gone.

use std::time::Duration;

use anyhow::{bail, ensure};
use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::api::{Api, text};
use super::starter::StarterRepository;
use super::story::Done;

/// The draft's key; it says whose it is, as a demo removes what it finds under it.
pub(super) const KEY: &str = "slipway-demo-starter";
/// Any Region will do on one machine.
pub(super) const REGION: &str = "europe-west1.gcp";
const NAME: &str = "Slipway starter";
/// A first build downloads Node and dependencies, and compiles.
pub(super) const PIPELINE: Duration = Duration::from_secs(15 * 60);

/// Registers the draft; its id is what the other steps need.
pub(super) async fn register(api: &Api, repository: &StarterRepository) -> Done<String> {
    let (url, tag) = (repository.url(), repository.tag());
    let draft = json!({
        "key": KEY,
        "name": NAME,
        "description": "A service, a job, an event application and assets: the connector that ships with Slipway",
        "integrationTypes": ["other"],
        "creator": {"name": "Slipway", "email": "demo@example.org"},
        "repository": {"url": url, "tag": tag},
        "privateProjects": [format!("{REGION}:{}", api.project())],
    });
    let draft = api.post("/connectors/drafts", &draft).await?;
    let id = text(&draft, "id")?.to_owned();
    let applications = draft["configurations"].as_array().into_iter().flatten();
    let names: Vec<&str> = applications
        .filter_map(|one| one["applicationName"].as_str())
        .collect();
    let told = vec![
        format!("{url} at {tag} is draft {id}"),
        format!("its connect.yaml has the applications {}", names.join(", ")),
    ];
    Ok((id, told))
}

/// Has the draft validated, and tells the report.
pub(super) async fn preview(api: &Api, id: &str) -> Done<()> {
    let asked = update(api, id, json!({"action": "updatePreviewable"})).await?;
    ensure!(
        asked["isPreviewable"] == "pending",
        "the draft is not `pending` right after updatePreviewable"
    );
    let draft = settled(api, id).await?;
    let mut told = titles(&draft["previewableReport"]);
    told.extend(warnings(&draft["previewableReport"]));
    if draft["isPreviewable"] != "true" {
        bail!(
            "the draft is not previewable: {}",
            problems(&draft["previewableReport"])
        );
    }
    Ok(((), told))
}

/// Publishes without certification: for the Project alone.
pub(super) async fn publish(api: &Api, id: &str) -> Done<()> {
    let asked = update(
        api,
        id,
        json!({"action": "publish", "certification": false}),
    )
    .await?;
    ensure!(
        asked["status"] == "Processing",
        "the draft is not `Processing` right after publish"
    );
    let draft = settled(api, id).await?;
    if draft["status"] != "Published" {
        bail!(
            "the connector was not published: {}",
            problems(&draft["publishingReport"])
        );
    }
    let connector = api.get(&format!("/connectors/key={KEY}")).await?;
    let told = format!(
        "Connector {} in version {}",
        text(&connector, "key")?,
        connector["version"]
    );
    Ok(((), vec![told]))
}

/// Finds the Connector by the words of its name.
pub(super) async fn search(api: &Api, id: &str) -> Done<()> {
    let page = api.get("/connectors/search?text=slipway%20starter").await?;
    let results = page["results"].as_array();
    let found = results.is_some_and(|all| all.iter().any(|one| one["id"] == id));
    ensure!(
        found,
        "GET /connectors/search?text=slipway%20starter does not find the published connector, only: {page}"
    );
    Ok((
        (),
        vec![format!(
            "text=slipway starter finds it, {} in all",
            page["total"]
        )],
    ))
}

/// Deletes the draft, and the Connector with it.
pub(super) async fn delete(api: &Api, id: &str) -> Done<()> {
    let path = format!("/connectors/drafts/{id}");
    api.request(Method::DELETE, &path, None)
        .await?
        .expect(StatusCode::OK)?;
    for gone in [path, format!("/connectors/{id}")] {
        ensure!(
            api.find(&gone).await?.is_none(),
            "{gone} is still there after the draft was deleted"
        );
    }
    Ok(((), vec!["neither is there any more".to_owned()]))
}

/// The draft once no run is under way.
async fn settled(api: &Api, id: &str) -> anyhow::Result<Value> {
    let path = format!("/connectors/drafts/{id}");
    let draft = api.settled(&path, PIPELINE, is_moving).await?;
    draft.ok_or_else(|| anyhow::anyhow!("{path} is gone; something else deleted it"))
}

/// Whether a run of the draft is under way.
pub(super) fn is_moving(draft: &Value) -> bool {
    draft["isPreviewable"] == "pending" || draft["status"] == "Processing"
}

async fn update(api: &Api, id: &str, action: Value) -> anyhow::Result<Value> {
    let path = format!("/connectors/drafts/{id}");
    let version = api.get(&path).await?["version"].clone();
    api.post(&path, &json!({"version": version, "actions": [action]}))
        .await
}

/// The titles of a report, each once, with how often it is there and for which applications.
fn titles(report: &Value) -> Vec<String> {
    let mut titles: Vec<(&str, Vec<&str>)> = Vec::new();
    for entry in report["entries"].as_array().into_iter().flatten() {
        let title = entry["title"].as_str().unwrap_or_default();
        let at = titles
            .iter()
            .position(|(known, _)| *known == title)
            .unwrap_or_else(|| {
                titles.push((title, Vec::new()));
                titles.len() - 1
            });
        titles[at].1.extend(entry["application"].as_str());
    }
    let line = |(title, applications): (&str, Vec<&str>)| {
        if applications.is_empty() {
            title.to_owned()
        } else {
            format!("{title}: {}", applications.join(", "))
        }
    };
    titles.into_iter().map(line).collect()
}

/// What a report warns of, each in a line with its reason.
fn warnings(report: &Value) -> Vec<String> {
    let entries = report["entries"].as_array().into_iter().flatten();
    let warnings = entries.filter(|entry| entry["type"] == "Warning");
    let line = |entry: &Value| {
        let mut line = format!("warning: {}", entry["title"].as_str().unwrap_or_default());
        if let Some(message) = entry["message"].as_str() {
            line += &format!(": {message}");
        }
        line
    };
    warnings.map(line).collect()
}

/// What a report complains about.
pub(super) fn problems(report: &Value) -> String {
    let entries = report["entries"].as_array().into_iter().flatten();
    let problems = entries
        .filter(|entry| entry["type"] != "Information")
        .map(|entry| {
            let part = |field: &str| entry[field].as_str();
            let mut problem = part("title").unwrap_or_default().to_owned();
            if let Some(name) = part("application") {
                problem += &format!(" ({name})");
            }
            if let Some(message) = part("message") {
                problem += &format!(": {}", message.trim_end_matches('.'));
            }
            problem
        });
    let problems: Vec<String> = problems.collect();
    if problems.is_empty() {
        "its report names no cause".to_owned()
    } else {
        problems.join("; ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report() -> Value {
        json!({"entries": [
            {"type": "Information", "title": "Specification check succeeded"},
            {"type": "Information", "title": "Image build check succeeded", "application": "service"},
            {"type": "Information", "title": "Image build check succeeded", "application": "job", "message": null},
            {"type": "Error", "title": "Unit test check failed", "application": "job", "message": "1 of 3 tests failed"},
            {"type": "Warning", "title": "Old Node", "message": "Node.js 22 ends in April 2027."},
        ]})
    }

    #[test]
    fn a_title_is_told_once_with_its_applications() {
        insta::assert_snapshot!(titles(&report()).join("\n"), @r"
        Specification check succeeded
        Image build check succeeded: service, job
        Unit test check failed: job
        Old Node
        ");
    }

    #[test]
    fn a_warning_is_told_with_its_reason() {
        insta::assert_snapshot!(warnings(&report()).join("\n"), @"warning: Old Node: Node.js 22 ends in April 2027.");
    }

    #[test]
    fn a_failure_is_told_with_what_the_report_complains_about() {
        insta::assert_snapshot!(problems(&report()), @"Unit test check failed (job): 1 of 3 tests failed; Old Node: Node.js 22 ends in April 2027");
        insta::assert_snapshot!(problems(&Value::Null), @"its report names no cause");
    }
}
