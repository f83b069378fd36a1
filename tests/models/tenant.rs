//! A Project at the running platform: sends the steps of a history, and holds every answer against the model.

use serde_json::{Value, json};

use super::actions::{CERTIFIER, MARK, Tag};
use super::compare;
use super::state::{Outcome, State};
use super::steps::{By, List, Step};
use super::wire::{Ids, Wire};
use crate::house::{Answer, House, Project, fixture};

/// A request with its answer.
pub(super) struct Exchange {
    pub(super) request: String,
    pub(super) answer: Answer,
}

/// A Project with what it was given.
pub(super) struct Tenant {
    pub(super) project: Project,
    certifier: Project,
    pub(super) ids: Ids,
    /// Every exchange so far.
    pub(super) exchanges: std::cell::RefCell<Vec<Exchange>>,
}

impl Tenant {
    /// A Project with the repository of all releases.
    pub(super) async fn new(house: &House) -> Self {
        let (project, certifier) = (house.project().await, house.certifier().await);
        releases(&project);
        Self {
            project,
            certifier,
            ids: Ids::default(),
            exchanges: std::cell::RefCell::default(),
        }
    }

    /// Sends a step, waits for its run, and compares whatever can be seen.
    pub(super) async fn step(&mut self, before: &State, after: &State, step: &Step) {
        let wire = self.ids.wire(before, step);
        let shown = self.send(&wire).await;
        match after.last.as_ref().expect("a step was answered") {
            Outcome::Refused(code) => refused(code, &wire, before, step, &shown),
            Outcome::Page(page, total) => {
                let Step::Query {
                    list,
                    limit,
                    offset,
                    ..
                } = step
                else {
                    unreachable!("only a query has a page");
                };
                let (status, body) = shown;
                let told = json!([
                    status,
                    body["limit"],
                    body["offset"],
                    body["count"],
                    body["total"]
                ]);
                assert_eq!(
                    told,
                    json!([200, limit, offset, page.len(), total]),
                    "{body}"
                );
                assert_eq!(&results(*list, &body), page, "{step:?}");
            }
            Outcome::Done(status, expected) => {
                assert_eq!(shown.0, *status, "{step:?}: {}", shown.1);
                self.remember(step, &shown.1);
                let seen = match step {
                    Step::Register { .. } | Step::Update { .. } | Step::Delete { .. } => {
                        compare::draft(shown.1)
                    }
                    Step::Certify { .. } => compare::draft(shown.1["connectorStaged"].clone()),
                    _ => compare::deployment(shown.1),
                };
                assert_eq!(&seen, expected, "{step:?}");
            }
        }
        self.settle(after, step).await;
        self.compare(after).await;
        self.read_again(after, step).await;
    }

    fn remember(&mut self, step: &Step, shown: &Value) {
        let id = shown["id"].as_str().expect("a resource has an id");
        match step {
            Step::Register { .. } => self.ids.drafts.push(id.to_owned()),
            Step::Deploy { .. } => self.ids.deployments.push(id.to_owned()),
            _ => {}
        }
    }

    /// Sends a request as the Project's own, and gives the answer without its mark.
    pub(super) async fn send(&self, wire: &Wire) -> (u16, Value) {
        let path = wire.path.replace(MARK, &self.project.key);
        let caller = if path.starts_with("/certifications") {
            &self.certifier
        } else {
            &self.project
        };
        let mut request = caller.request(wire.method.clone(), &path);
        let mut sent = format!("{} {path}", wire.method);
        if let Some(body) = &wire.body {
            let body = body.to_string().replace(MARK, &self.project.key);
            sent += &format!(" {body}");
            request = request.body(body);
        }
        self.keep(sent, self.project.send(request).await)
    }

    pub(super) fn keep(&self, request: String, answer: Answer) -> (u16, Value) {
        let text = answer.text.replace(&self.project.key, MARK);
        let status = answer.status;
        let text = text.replace(&self.certifier.key, CERTIFIER);
        // What a certifier is told is not the Project's.
        if !request.contains("/certifications/") {
            self.exchanges
                .borrow_mut()
                .push(Exchange { request, answer });
        }
        (status, serde_json::from_str(&text).unwrap())
    }

    /// Reads a path; what is under way there ends first.
    pub(super) async fn get(&self, path: &str) -> (u16, Value) {
        let path = path.replace(MARK, &self.project.key);
        loop {
            let answer = self.project.get_settled(&path).await;
            let (status, shown) = self.keep(format!("GET {path}"), answer);
            let moving = ["Processing", "Deploying", "Undeploying"];
            let moves = moving.iter().any(|one| shown["status"] == *one);
            if !moves && shown["isPreviewable"] != "pending" {
                return (status, shown);
            }
        }
    }

    async fn settle(&self, state: &State, step: &Step) {
        match step {
            Step::Update { draft, by, .. } => {
                self.get(&self.ids.draft(state, *draft, *by)).await;
            }
            Step::Deploy { .. } => {
                for id in self.ids.deployments.iter().rev().take(1) {
                    self.get(&format!("/{MARK}/deployments/{id}")).await;
                }
            }
            Step::Redeploy { deployment, .. }
            | Step::Rollback { deployment, .. }
            | Step::Undeploy {
                deployment,
                by: By::Id,
                ..
            } => {
                self.get(&self.ids.deployment(state, *deployment, By::Id))
                    .await;
            }
            // A key that was given up may be another's, so what it named is waited for by its id.
            Step::Undeploy { .. } => {
                for id in &self.ids.deployments {
                    self.get(&format!("/{MARK}/deployments/{id}")).await;
                }
            }
            _ => {}
        }
    }

    /// Every list is what the model has.
    pub(super) async fn compare(&self, state: &State) {
        for list in [List::Drafts, List::Connectors, List::Deployments] {
            let (status, body) = self.get(&self.ids.list(list, "limit=500")).await;
            assert_eq!(status, 200, "{body}");
            let expected = state.listed(list);
            assert_eq!(body["total"], expected.len(), "{list:?}");
            assert_eq!(results(list, &body), expected, "{list:?}");
        }
    }

    /// What the step was about, by id and by key, with its Connector and its revisions.
    async fn read_again(&self, state: &State, step: &Step) {
        for by in [By::Id, By::Key] {
            match step {
                Step::Update { draft, .. }
                | Step::Delete { draft, .. }
                | Step::Certify { draft, .. } => {
                    let found = state.draft(*draft, by).map(|slot| &state.drafts[slot]);
                    let path = self.ids.draft(state, *draft, by);
                    let expected = found.map(super::connector_staged::Draft::shown);
                    self.expect(&path, expected, compare::draft).await;
                    let path = path.replace("/drafts", "");
                    let expected = found.and_then(|draft| draft.shown_connector());
                    self.expect(&path, expected, compare::connector).await;
                }
                Step::Redeploy { deployment, .. }
                | Step::Rollback { deployment, .. }
                | Step::Undeploy { deployment, .. } => {
                    let found = state.deployment(*deployment, by);
                    let found = found.map(|slot| &state.deployments[slot]);
                    let path = self.ids.deployment(state, *deployment, by);
                    let expected = found.map(super::deployment::Deployment::shown);
                    self.expect(&path, expected, compare::deployment).await;
                    let expected = found.map(|one| json!(one.shown_revisions()));
                    self.expect(&format!("{path}/revisions"), expected, revisions)
                        .await;
                }
                _ => {}
            }
        }
    }

    async fn expect(&self, path: &str, expected: Option<Value>, compare: fn(Value) -> Value) {
        let (status, body) = self.get(path).await;
        match expected {
            None => assert_eq!(status, 404, "{path}: {body}"),
            Some(expected) => {
                assert_eq!(status, 200, "{path}: {body}");
                assert_eq!(compare(body), expected, "{path}");
            }
        }
    }
}

fn revisions(page: Value) -> Value {
    let all = page["results"].as_array().unwrap().iter();
    all.map(|one| compare::revision(one.clone())).collect()
}

fn results(list: List, page: &Value) -> Vec<Value> {
    let results = page["results"].as_array().expect("a list has results");
    let compare = match list {
        List::Drafts => compare::draft,
        List::Connectors => compare::connector,
        List::Deployments => compare::deployment,
    };
    results.iter().cloned().map(compare).collect()
}

fn refused(code: &str, wire: &Wire, before: &State, step: &Step, (status, body): &(u16, Value)) {
    let expected = match code {
        "ResourceNotFound" => 404,
        "ConcurrentModification" => 409,
        _ => 400,
    };
    assert_eq!(body["errors"][0]["code"], code, "{step:?}: {body}");
    assert_eq!(
        (*status, &body["statusCode"]),
        (expected, &json!(expected)),
        "{body}"
    );
    if code == "ConcurrentModification" {
        let current = match step {
            Step::Update { draft, by, .. } | Step::Certify { draft, by, .. } => before
                .draft(*draft, *by)
                .map(|slot| before.drafts[slot].version),
            Step::Redeploy { deployment, by, .. } | Step::Undeploy { deployment, by, .. } => {
                let slot = before.deployment(*deployment, *by);
                slot.map(|slot| before.deployments[slot].version)
            }
            Step::Rollback { deployment, .. } => {
                let slot = before.deployment(*deployment, By::Id);
                slot.map(|slot| before.deployments[slot].version)
            }
            _ => None,
        };
        let error = &body["errors"][0];
        assert_eq!(
            json!([error["expectedVersion"], error["currentVersion"]]),
            json!([wire.version, current])
        );
    }
}

/// Tags every release of [`Tag`] that is there.
pub(super) fn releases(project: &Project) {
    project.repository("minimal");
    let yaml = fixture("minimal/connect.yaml");
    let package = fixture("minimal/service/package.json");
    let broken = package.replace("\"start\"", "\"build\": \"exit 1\", \"start\"");
    let better = yaml.replace("default: hello", "default: salute");
    let commits: [(Tag, &[(&str, &str)]); 4] = [
        (Tag::Better, &[("connect.yaml", &better)]),
        (
            Tag::Broken,
            &[("connect.yaml", &yaml), ("service/package.json", &broken)],
        ),
        (
            Tag::Crashing,
            &[
                ("service/package.json", &package),
                ("service/index.js", "process.exit(1);"),
            ],
        ),
        (Tag::Invalid, &[("connect.yaml", "deployAs: nothing")]),
    ];
    for (tag, files) in commits {
        project.commit("minimal", files, tag.name());
    }
}
