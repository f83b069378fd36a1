//! Many clients, one resource: every version is won once, by one of those who had read the one before, and what is there in the end is
//! what the winners did, in the order of their versions.

use std::collections::BTreeMap;

use futures_util::future::join_all;
use proptest::prelude::*;
use proptest_state_machine::ReferenceStateMachine;
use serde_json::{Value, json};

use super::actions::{Action, MARK, Tag, edit};
use super::check;
use super::compare;
use super::connector_staged::{Draft, Run};
use super::deployment::{Deployment, Given};
use super::state::State;
use super::steps::{At, By, Kind, Step};
use super::tenant::Tenant;
use super::wire::{Wire, get, post};
use crate::house::in_the_house;

const CASES: u32 = 3;

/// What a client sent, and got.
#[derive(Debug)]
struct Write<T> {
    sent: u64,
    what: T,
    status: u16,
    body: Value,
}

/// A client: what it does, each time at the version that it reads right before (true) or at the one that it knows.
type Client<T> = Vec<(bool, T)>;

/// All clients at once.
async fn all_at_once<T: Clone + std::fmt::Debug>(
    tenant: &Tenant,
    path: &str,
    clients: &[Client<T>],
    wire: impl Fn(u64, &T) -> Wire,
    settled: bool,
) -> Vec<Write<T>> {
    // All begin at the same version, so that there is a winner and losers however they are scheduled.
    let begin = read(tenant, path, settled).await;
    let one = async |client: &Client<T>| {
        let mut writes = Vec::new();
        let mut known = begin;
        for (index, (again, what)) in client.iter().enumerate() {
            if index > 0 && *again {
                known = read(tenant, path, settled).await;
            }
            let (status, body) = tenant.send(&wire(known, what)).await;
            let sent = known;
            if status == 201 {
                known = body["version"].as_u64().unwrap();
            }
            let what = what.clone();
            writes.push(Write {
                sent,
                what,
                status,
                body,
            });
        }
        writes
    };
    join_all(clients.iter().map(one))
        .await
        .into_iter()
        .flatten()
        .collect()
}

async fn read(tenant: &Tenant, path: &str, settled: bool) -> u64 {
    let shown = if settled {
        tenant.get(path).await.1
    } else {
        tenant.send(&get(path.to_owned())).await.1
    };
    shown["version"].as_u64().unwrap()
}

/// The winners by the version that they made; every loser was told why.
fn winners<T: std::fmt::Debug>(writes: &[Write<T>], last: u64) -> BTreeMap<u64, &Write<T>> {
    let mut winners = BTreeMap::new();
    for write in writes {
        let error = &write.body["errors"][0];
        if write.status == 201 {
            let version = write.body["version"].as_u64().unwrap();
            assert_eq!(version, write.sent + 1, "{write:?}");
            let other = winners.insert(version, write);
            assert!(
                other.is_none(),
                "two made version {version}: {write:?} {other:?}"
            );
        } else if write.status == 409 {
            assert_eq!(error["code"], "ConcurrentModification", "{write:?}");
            assert_eq!(error["expectedVersion"], write.sent, "{write:?}");
            let current = error.get("currentVersion").map(|one| one.as_u64().unwrap());
            assert!(current.is_none_or(|one| one > write.sent), "{write:?}");
            assert!(
                last > write.sent,
                "nobody made the version after: {write:?}"
            );
        } else {
            assert_eq!(write.status, 400, "{write:?}");
        }
    }
    winners
}

fn draft_clients() -> impl Strategy<Value = Vec<Client<Vec<Action>>>> {
    let act = prop_oneof![
        10 => prop::collection::vec(edit(), 1..4),
        2 => Just(vec![Action::Preview]),
        1 => Just(vec![Action::Repository(Tag::Better)]),
        1 => Just(vec![Action::Repository(Tag::Good), Action::Preview]),
        1 => Just(vec![Action::Publish(false)]),
    ];
    let client = prop::collection::vec((prop::bool::weighted(0.6), act), 4..8);
    prop::collection::vec(client, 3..6)
}

#[test]
fn every_version_of_a_draft_is_won_once() {
    in_the_house(async |house| {
        check(CASES, &draft_clients(), async |clients| {
            let mut tenant = Tenant::new(house).await;
            let mut draft = Draft::new(Some(1), 0, Tag::Good);
            let path = register(&mut tenant).await;
            let wire = |version: u64, actions: &Vec<Action>| {
                let actions: Vec<Value> = actions.iter().map(Action::json).collect();
                post(
                    path.clone(),
                    json!({"version": version, "actions": actions}),
                )
            };
            let writes = all_at_once(&tenant, &path, &clients, wire, false).await;
            let shown = tenant.get(&path).await.1;
            let last = shown["version"].as_u64().unwrap();
            let winners = winners(&writes, last);
            let (mut at, mut run) = (BTreeMap::from([(1, draft.clone())]), None);
            for version in 2..=last {
                if let Some(winner) = winners.get(&version) {
                    let begun: Option<Run> =
                        draft.update(&winner.what).expect("the platform took it");
                    run = begun.or(run);
                    assert_eq!(compare::draft(winner.body.clone()), draft.shown());
                } else {
                    draft.settle(run.take().expect("only a run makes a version by itself"), 0);
                }
                at.insert(version, draft.clone());
            }
            assert_eq!(compare::draft(shown), draft.shown());
            for write in writes.iter().filter(|one| one.status == 400) {
                let refused = at[&write.sent].clone().update(&write.what).unwrap_err();
                assert_eq!(write.body["errors"][0]["code"], refused, "{write:?}");
            }
        });
    });
}

async fn register(tenant: &mut Tenant) -> String {
    let step = Step::Register {
        key: Some(1),
        name: 0,
        tag: Tag::Good,
    };
    let wire = tenant.ids.wire(&State::default(), &step);
    let (status, shown) = tenant.send(&wire).await;
    assert_eq!(status, 201, "{shown}");
    format!("/connectors/drafts/{}", shown["id"].as_str().unwrap())
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Change {
    Redeploy(u8),
    Rollback,
}

fn deployment_clients() -> impl Strategy<Value = Vec<Client<Change>>> {
    let change = prop_oneof![
        4 => (0..9_u8).prop_map(Change::Redeploy),
        1 => Just(Change::Rollback),
    ];
    let client = prop::collection::vec((prop::bool::weighted(0.8), change), 2..4);
    prop::collection::vec(client, 3..5)
}

/// A Deployment that serves, and its model.
async fn deployed(tenant: &mut Tenant) -> (String, Deployment) {
    let update = Step::Update {
        draft: 0,
        by: By::Id,
        at: At::Current,
        actions: vec![Action::Preview],
    };
    let deploy = Step::Deploy {
        draft: 0,
        by: By::Id,
        at: None,
        kind: Kind {
            staged: true,
            asked: None,
        },
        key: None,
        given: Given::Greeting(9),
    };
    let register = Step::Register {
        key: None,
        name: 0,
        tag: Tag::Good,
    };
    let mut state = State::default();
    for step in [register, update, deploy] {
        let after = State::apply(state.clone(), &step);
        tenant.step(&state, &after, &step).await;
        state = after;
    }
    let id = &tenant.ids.deployments[0];
    let deployment = state.deployments.remove(0);
    (format!("/{MARK}/deployments/{id}"), deployment)
}

fn change(path: &str, version: u64, change: Change) -> Wire {
    match change {
        Change::Redeploy(number) => {
            let values = Given::Greeting(number).json();
            let action = json!({"action": "redeploy", "configurationValues": values});
            post(
                path.to_owned(),
                json!({"version": version, "actions": [action]}),
            )
        }
        Change::Rollback => post(
            format!("{path}/revisions/1/rollback"),
            json!({"version": version}),
        ),
    }
}

fn changed(deployment: &mut Deployment, change: Change) {
    let mut target = deployment.target.clone();
    match change {
        Change::Redeploy(number) => {
            target.values = target.values.lay(Given::Greeting(number)).unwrap();
            deployment.restart(target, None);
        }
        Change::Rollback => {
            target = deployment.revisions[0].1.clone();
            deployment.restart(target, Some(1));
        }
    }
}

#[test]
fn every_version_of_a_deployment_is_won_once() {
    in_the_house(async |house| {
        check(1, &deployment_clients(), async |clients| {
            let mut tenant = Tenant::new(house).await;
            let (path, mut deployment) = deployed(&mut tenant).await;
            let wire = |version: u64, what: &Change| change(&path, version, *what);
            let writes = all_at_once(&tenant, &path, &clients, wire, true).await;
            let shown = tenant.get(&path).await.1;
            let last = shown["version"].as_u64().unwrap();
            let winners = winners(&writes, last);
            let mut at = BTreeMap::from([(2, deployment.clone())]);
            for version in 3..=last {
                if let Some(winner) = winners.get(&version) {
                    assert_eq!(
                        deployment.status, "Deployed",
                        "one run at a time: {winner:?}"
                    );
                    changed(&mut deployment, winner.what);
                    let answered = compare::deployment(winner.body.clone());
                    assert_eq!(answered, deployment.shown());
                } else {
                    deployment.settle();
                }
                at.insert(version, deployment.clone());
            }
            assert_eq!(compare::deployment(shown), deployment.shown());
            for write in writes.iter().filter(|one| one.status == 400) {
                let code = &write.body["errors"][0]["code"];
                let before = &at[&write.sent];
                if write.what == Change::Rollback {
                    assert_eq!(code, "DeploymentRollbackNotAllowed", "{write:?}");
                    let current = before.serving == Some(1);
                    assert!(current || before.status == "Deploying", "{write:?}");
                } else {
                    assert_eq!(code, "DeploymentInvalidStatusTransition", "{write:?}");
                    assert_eq!(before.status, "Deploying", "{write:?}");
                }
            }
        });
    });
}
