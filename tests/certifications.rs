//! Certifications: what a certifier decides on, seen by creator, certifier and client (contract, sections 3.5, 11 and 16).
//!
//! Who certifies does it in a house of its own: what is public would be found by the tests of search.

mod checklist;
mod decisions;
mod query;
mod refused;
mod republish;
mod required;
mod scope;

use serde_json::{Value, json};

use crate::house::{Answer, Draft, Project};

fn path(draft: &Draft) -> String {
    format!("/certifications/{}", draft.id)
}

/// The certification as its certifier reads it.
async fn read(certifier: &Project, draft: &Draft) -> Value {
    certifier.get(&path(draft)).await.of_status(200)
}

/// Sends actions at the current version.
async fn certify(certifier: &Project, draft: &Draft, actions: Value) -> Answer {
    let version = read(certifier, draft).await["version"].clone();
    let body = json!({"version": version, "actions": actions});
    certifier.post(&path(draft), &body).await
}

/// An action whose comment is its name.
fn action(name: &str) -> Value {
    json!({"action": name, "comment": format!("{name}, because")})
}

/// The conversation, one line for each comment.
fn spoken(draft: &Value) -> Vec<String> {
    let comments = draft["certificationInfo"]["comments"].as_array();
    let text = |one: &Value, name: &str| one[name].as_str().unwrap_or_default().to_owned();
    let comments = comments.into_iter().flatten();
    comments
        .map(|one| format!("{}: {}", text(one, "userId"), text(one, "comment")))
        .collect()
}

/// The versions and tags of a Connector that a Project finds by search.
async fn found(project: &Project, draft: &Draft) -> Vec<(u64, String)> {
    let page = project
        .get(&format!("/connectors/search?id={}", draft.id))
        .await
        .of_status(200);
    let results = page["results"].as_array().expect("a list").iter();
    results
        .map(|one| {
            let tag = one["repository"]["tag"].as_str().expect("a tag");
            (one["version"].as_u64().expect("a number"), tag.to_owned())
        })
        .collect()
}

/// Taken and approved.
async fn approved(certifier: &Project, draft: &Draft) {
    let all = json!([action("start"), action("approve")]);
    certify(certifier, draft, all).await.of_status(201);
}

/// Published, certified and listed.
async fn certified(certifier: &Project, draft: &Draft) {
    assert_eq!(draft.publish(true).await["status"], "ReadyForCertification");
    approved(certifier, draft).await;
}
