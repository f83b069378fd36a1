//! Everything that a Project can ask of what it thinks another has: by id, by key, with right and wrong versions and bodies.

use reqwest::Method;
use serde_json::{Value, json};

/// A request that names something; `NAME` stands for the name of a resource, `KEY` and `ID` for what a body holds.
pub(super) struct Probe {
    pub(super) method: Method,
    pub(super) path: String,
    pub(super) body: Option<String>,
}

/// What names a resource.
#[derive(Debug, Clone)]
pub(super) enum Name {
    Id(String),
    Key(String),
}

impl Name {
    fn in_path(&self) -> String {
        match self {
            Self::Id(id) => id.clone(),
            Self::Key(key) => format!("key={key}"),
        }
    }

    fn in_body(&self) -> Value {
        match self {
            Self::Id(id) => json!({"id": id}),
            Self::Key(key) => json!({"key": key}),
        }
    }
}

fn probe(method: Method, path: String, body: Option<String>) -> Probe {
    Probe { method, path, body }
}

/// What is wrong with each of these, if anything, must not matter before it is clear that there is nothing.
fn bodies() -> Vec<String> {
    let version = |version: u64| json!({"version": version, "actions": []}).to_string();
    let actions = [
        json!({"action": "setName", "name": "mine"}),
        json!({"action": "setName", "name": ""}),
        json!({"action": "publish", "certification": false}),
        json!({"action": "addPrivateProject", "privateProject": "europe-west1.gcp:mine"}),
        json!({"action": "setRepository", "tag": "v9"}),
        json!({"action": "redeploy", "updateConnector": true}),
        json!({"action": "redeploy", "configurationValues": []}),
    ];
    let actions = (1..4).flat_map(|version| {
        let one = |action: &Value| json!({"version": version, "actions": [action]}).to_string();
        actions.iter().map(one).collect::<Vec<_>>()
    });
    let wrong = [
        "",
        "{}",
        "[]",
        "{\"version\": ",
        "{\"version\": -1, \"actions\": []}",
    ];
    let wrong = wrong.map(str::to_owned);
    actions.chain((0..9).map(version)).chain(wrong).collect()
}

/// Every request on a draft and its Connector that has this name.
pub(super) fn of_draft(name: &Name, project: &str) -> Vec<Probe> {
    let path = format!("/connectors/drafts/{}", name.in_path());
    let mut probes = vec![
        probe(Method::GET, path.clone(), None),
        probe(Method::DELETE, path.clone(), None),
        probe(Method::DELETE, format!("{path}?version=1"), None),
        probe(Method::GET, format!("/connectors/{}", name.in_path()), None),
        probe(
            Method::GET,
            format!("/certifications/{}", name.in_path()),
            None,
        ),
    ];
    for body in bodies() {
        probes.push(probe(Method::POST, path.clone(), Some(body)));
    }
    let query = match name {
        Name::Id(id) => format!("id={id}"),
        Name::Key(key) => format!("key={key}"),
    };
    for more in ["", "&private=true", "&private=false", "&limit=0"] {
        probes.push(probe(
            Method::GET,
            format!("/connectors/search?{query}{more}"),
            None,
        ));
    }
    for staged in [true, false] {
        for version in [None, Some(1), Some(2), Some(3), Some(99)] {
            for kind in [None, Some("preview"), Some("sandbox")] {
                let mut connector = name.in_body();
                connector["staged"] = json!(staged);
                connector["version"] = json!(version);
                let body = json!({
                    "connector": connector,
                    "type": kind,
                    "region": "us-central1.gcp",
                    "configurations": [],
                });
                let path = format!("/{project}/deployments");
                probes.push(probe(Method::POST, path, Some(body.to_string())));
            }
        }
    }
    probes
}

/// Every request on a Deployment that has this name, in the path of this Project.
pub(super) fn of_deployment(name: &Name, project: &str) -> Vec<Probe> {
    let path = format!("/{project}/deployments/{}", name.in_path());
    let mut probes = Vec::new();
    for rest in [
        "",
        "/logs",
        "/logs?applicationName=service",
        "/logs?applicationName=nothing",
        "/logs?pageToken=x",
        "/revisions",
        "/revisions/1",
        "/revisions/9",
        "/revisions/none",
        "/applications/service/executions",
    ] {
        probes.push(probe(Method::GET, format!("{path}{rest}"), None));
    }
    for query in [
        "",
        "?version=1",
        "?version=2",
        "?version=0",
        "?force=true",
        "?force=maybe",
    ] {
        probes.push(probe(Method::DELETE, format!("{path}{query}"), None));
    }
    for body in bodies() {
        probes.push(probe(Method::POST, path.clone(), Some(body)));
    }
    for version in [1, 2, 3] {
        for revision in ["1", "2", "9", "x"] {
            let path = format!("{path}/revisions/{revision}/rollback");
            let body = json!({"version": version}).to_string();
            probes.push(probe(Method::POST, path, Some(body)));
        }
    }
    for application in ["service", "nothing"] {
        let path = format!("{path}/applications/{application}/executions");
        probes.push(probe(Method::POST, path, Some("{}".to_owned())));
    }
    probes
}
