//! A step as the request that a client sends, with the version that the client has seen.

use reqwest::Method;
use serde_json::{Value, json};

use super::actions::{Action, MARK, Tag, text};
use super::deployment::Given;
use super::state::State;
use super::steps::{By, List, Step};

/// An id that nothing has.
pub(super) const NOBODY: &str = "0a8f3a52-7d6e-4c1b-9e0f-3d2c1b0a9f8e";

/// A request, with [`MARK`] where the Project's own values go.
#[derive(Debug)]
pub(super) struct Wire {
    pub(super) method: Method,
    pub(super) path: String,
    pub(super) body: Option<Value>,
    /// The version in it, where there is one.
    pub(super) version: Option<u64>,
}

/// Ids by the order of creation.
#[derive(Debug, Default, Clone)]
pub(super) struct Ids {
    pub(super) drafts: Vec<String>,
    pub(super) deployments: Vec<String>,
}

/// The key with this number.
pub(super) fn key(number: u8) -> String {
    format!("{MARK}-key-{number}")
}

fn name(ids: &[String], slot: usize, by: By, key_of: Option<u8>) -> String {
    match key_of.filter(|_| by == By::Key) {
        Some(number) => format!("key={}", key(number)),
        None => ids.get(slot).map_or(NOBODY, String::as_str).to_owned(),
    }
}

impl Ids {
    pub(super) fn draft(&self, state: &State, slot: usize, by: By) -> String {
        let key = state.drafts.get(slot).and_then(|draft| draft.key);
        format!("/connectors/drafts/{}", name(&self.drafts, slot, by, key))
    }

    fn certification(&self, state: &State, slot: usize, by: By) -> String {
        let draft = self.draft(state, slot, by);
        draft.replace("/connectors/drafts/", "/certifications/")
    }

    pub(super) fn deployment(&self, state: &State, slot: usize, by: By) -> String {
        let key = state.deployments.get(slot).and_then(|one| one.key);
        let name = name(&self.deployments, slot, by, key);
        format!("/{MARK}/deployments/{name}")
    }

    /// A list's path. A search finds what others let everybody see too, so it is narrowed to what is the Project's own.
    pub(super) fn list(&self, list: List, query: &str) -> String {
        match list {
            List::Drafts => format!("/connectors/drafts?{query}"),
            List::Deployments => format!("/{MARK}/deployments?{query}"),
            List::Connectors => {
                let own = self.drafts.iter().map(|id| format!("&id={id}"));
                let own: String = own.collect();
                format!("/connectors/search?{query}&id={NOBODY}{own}")
            }
        }
    }

    /// The request of a step, before it changes the state.
    pub(super) fn wire(&self, state: &State, step: &Step) -> Wire {
        let seen = |slot, by| deployment_version(state, slot, by);
        match step {
            Step::Register {
                key: number,
                name,
                tag,
            } => register(*number, *name, *tag),
            Step::Update {
                draft,
                by,
                at,
                actions,
            } => {
                let actions: Vec<Value> = actions.iter().map(Action::json).collect();
                let version = at.of(draft_version(state, *draft, *by));
                let body = json!({"version": version, "actions": actions});
                post(self.draft(state, *draft, *by), body)
            }
            Step::Certify {
                draft,
                by,
                at,
                verdicts,
            } => {
                let verdicts: Vec<Value> = verdicts.iter().map(|one| one.json()).collect();
                let version = at.of(draft_version(state, *draft, *by));
                let path = self.certification(state, *draft, *by);
                post(path, json!({"version": version, "actions": verdicts}))
            }
            Step::Delete { draft, by } => delete(self.draft(state, *draft, *by), None),
            Step::Deploy { .. } => post(format!("/{MARK}/deployments"), self.deploy(state, step)),
            Step::Redeploy {
                deployment,
                by,
                at,
                update,
                given,
            } => {
                let actions: Vec<Value> = given.iter().map(|one| one.redeploy(*update)).collect();
                let body = json!({"version": at.of(seen(*deployment, *by)), "actions": actions});
                post(self.deployment(state, *deployment, *by), body)
            }
            Step::Rollback {
                deployment,
                at,
                revision,
            } => {
                let path = self.deployment(state, *deployment, By::Id);
                let path = format!("{path}/revisions/{revision}/rollback");
                post(path, json!({"version": at.of(seen(*deployment, By::Id))}))
            }
            Step::Undeploy { deployment, by, at } => {
                let version = at.map(|at| at.of(seen(*deployment, *by)));
                delete(self.deployment(state, *deployment, *by), version)
            }
            Step::Query {
                list,
                limit,
                offset,
                ascending,
            } => {
                let order = if *ascending { "asc" } else { "desc" };
                let page = format!("limit={limit}&offset={offset}&sort=createdAt+{order}");
                get(self.list(*list, &page))
            }
        }
    }

    fn deploy(&self, state: &State, step: &Step) -> Value {
        let Step::Deploy {
            draft,
            by,
            at,
            kind,
            key: number,
            given,
        } = step
        else {
            unreachable!("only a deployment is asked for here");
        };
        let by_key = state.drafts.get(*draft).and_then(|draft| draft.key);
        let mut connector = match by_key.filter(|_| *by == By::Key) {
            Some(number) => json!({"key": key(number)}),
            None => json!({"id": self.drafts.get(*draft).map_or(NOBODY, String::as_str)}),
        };
        connector["staged"] = json!(kind.staged);
        if let Some(at) = at {
            let named = state.draft(*draft, *by).map(|slot| &state.drafts[slot]);
            let version = named.and_then(|draft| match &draft.connector {
                _ if kind.staged => Some(draft.version),
                connector => connector.as_ref().map(|one| one.version),
            });
            connector["version"] = json!(at.of(version.unwrap_or(1)));
        }
        let mut body = json!({"connector": connector, "region": "europe-west1.gcp"});
        body["configurations"] = given.json();
        if let Some(asked) = kind.asked {
            body["type"] = json!(asked);
        }
        if let Some(number) = number {
            body["key"] = json!(key(*number));
        }
        body
    }
}

fn draft_version(state: &State, slot: usize, by: By) -> u64 {
    let found = state.draft(slot, by);
    found.map_or(1, |slot| state.drafts[slot].version)
}

fn deployment_version(state: &State, slot: usize, by: By) -> u64 {
    let found = state.deployment(slot, by);
    found.map_or(1, |slot| state.deployments[slot].version)
}

fn register(number: Option<u8>, name: u8, tag: Tag) -> Wire {
    let url = format!("https://github.com/tests/{MARK}/minimal.git");
    let mut body = json!({
        "name": text("name", name),
        "creator": {"email": text("email", 0)},
        "repository": {"url": url, "tag": tag.name()},
    });
    if let Some(number) = number {
        body["key"] = json!(key(number));
    }
    post("/connectors/drafts".to_owned(), body)
}

impl Given {
    fn redeploy(self, update: bool) -> Value {
        let mut action = json!({"action": "redeploy", "updateConnector": update});
        if self != Self::Nothing {
            action["configurationValues"] = self.json();
        }
        action
    }

    /// The list of applications.
    pub(super) fn json(self) -> Value {
        let list = |key: &str, value: &str| json!([{"key": key, "value": value}]);
        let none = json!([]);
        let (standard, secured) = match self {
            Self::Nothing | Self::NoApplication => return none,
            Self::Empty => (none.clone(), none),
            Self::Greeting(number) => (list("GREETING", &Self::greeting(number)), none),
            Self::NoGreeting => (list("GREETING", ""), none),
            Self::Token => (none, list("TOKEN", &text("token", 0))),
            Self::Unknown => (list("COLOR", "red"), none),
        };
        json!([{
            "applicationName": "service",
            "standardConfiguration": standard,
            "securedConfiguration": secured,
        }])
    }
}

/// A write.
pub(super) fn post(path: String, body: Value) -> Wire {
    let version = body["version"].as_u64();
    Wire {
        method: Method::POST,
        path,
        body: Some(body),
        version,
    }
}

fn delete(path: String, version: Option<u64>) -> Wire {
    let query = version.map(|version| format!("?version={version}"));
    Wire {
        method: Method::DELETE,
        path: path + &query.unwrap_or_default(),
        body: None,
        version,
    }
}

/// A read.
pub(super) fn get(path: String) -> Wire {
    Wire {
        method: Method::GET,
        path,
        body: None,
        version: None,
    }
}
