//! Whatever happens to requests between the platform and its services, and wherever it is killed, every run ends as it would have in
//! fair weather, once.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use domain::run::Run;
use reqwest::Method;
use serde_json::{Value, json};
use slipway::engine::{Fate, Protocol, Weather};
use store::keys::lists;

use crate::house::{Deployment, Draft, House, Operator, Project, eventually, in_a_house};

/// Weather that a test changes.
#[derive(Clone, Default)]
struct Sky(Arc<State>);

#[derive(Default)]
struct State {
    storm: AtomicBool,
    requests: AtomicU64,
    /// Changes that still go well before the platform is cut off from everything; below zero, it is.
    changes_left: AtomicI64,
    counts: AtomicBool,
}

impl Sky {
    fn weather(&self) -> Weather {
        let state = self.0.clone();
        Weather::new(move |protocol, operation| state.of(protocol, operation))
    }

    fn storms(&self, storm: bool) {
        self.0.storm.store(storm, Ordering::SeqCst);
    }

    /// The platform is cut off after so many changes.
    fn dies_after(&self, changes: i64) {
        self.0.changes_left.store(changes, Ordering::SeqCst);
        self.0.counts.store(true, Ordering::SeqCst);
    }

    fn is_dead(&self) -> bool {
        self.0.changes_left.load(Ordering::SeqCst) < 0
    }

    /// It is not cut off any more.
    fn clears(&self) {
        self.0.counts.store(false, Ordering::SeqCst);
    }
}

impl State {
    fn of(&self, protocol: Protocol, operation: &str) -> Fate {
        if self.counts.load(Ordering::SeqCst) {
            return self.until_death(operation);
        }
        if !self.storm.load(Ordering::SeqCst) {
            return Fate::Fair;
        }
        // Fixed, and of no pattern that a run's requests could fall in with.
        let number = self.requests.fetch_add(1, Ordering::SeqCst);
        let dice = number.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 59;
        match (dice, protocol, operation) {
            (0, _, _) => Fate::Throttled,
            (1, _, _) => Fate::RequestLost,
            (2, _, _) => Fate::AnswerLost,
            (3..=8, Protocol::Messages, "SendMessage" | "SendMessageBatch") => Fate::Twice,
            (9..=14, Protocol::Messages, "SendMessage" | "SendMessageBatch") => {
                Fate::Late(Duration::from_millis(40))
            }
            _ => Fate::Fair,
        }
    }

    fn until_death(&self, operation: &str) -> Fate {
        let reads = matches!(
            operation,
            "GetItem" | "BatchGetItem" | "Query" | "GET" | "HEAD" | "ReceiveMessage"
        );
        let left = if reads {
            self.changes_left.load(Ordering::SeqCst)
        } else {
            self.changes_left.fetch_sub(1, Ordering::SeqCst)
        };
        match left {
            0 if !reads => Fate::AnswerLost,
            ..0 => Fate::RequestLost,
            _ => Fate::Fair,
        }
    }
}

async fn house(sky: &Sky) -> House {
    House::of(Operator {
        weather: sky.weather(),
        ..Operator::default()
    })
    .await
}

/// A request that is sent again with the same Idempotency-Key while the platform cannot answer it.
async fn insist(shop: &Project, method: Method, path: &str, body: &Value) -> Value {
    let key = format!("{method} {path} {body}").replace(|c: char| !c.is_ascii_alphanumeric(), "-");
    let key = key[..key.len().min(200)].to_owned();
    for _ in 0..50 {
        let request = shop.request(method.clone(), path).json(body);
        let answer = shop.send(request.header("idempotency-key", &key)).await;
        if answer.status < 500 {
            assert!(answer.status < 300, "{method} {path}: {answer:?}");
            return answer.json();
        }
    }
    panic!("{method} {path} is not answered");
}

fn at(shop: &Project, deployment: &str) -> Deployment {
    Deployment {
        project: shop.clone(),
        id: deployment.to_owned(),
    }
}

/// Waits until the platform is cut off, or all runs have ended before; then kills it, and starts it in fair weather. Whether it was cut off.
async fn killed_after(house: &mut House, sky: &Sky, changes: i64) -> bool {
    sky.dies_after(changes);
    eventually("the run ends, or is cut off", async || {
        let store = &house.platform().desk.store;
        let open = store.due::<Run>(lists::OPEN_RUNS, "\u{10ffff}", 100).await;
        // A look that is lost itself has met the death.
        (sky.is_dead() || open.is_ok_and(|open| open.is_empty())).then_some(())
    })
    .await;
    let died = sky.is_dead();
    house.restart_when(|| sky.clears()).await;
    died
}

async fn is_as_it_should_be(shop: &Project, deployment: &Deployment, revisions: usize) {
    let deployments = shop.get(&shop.deployments("")).await.of_status(200);
    assert_eq!(deployments["total"], 1);
    let all = shop
        .get(&deployment.path("/revisions"))
        .await
        .of_status(200);
    assert_eq!(all["total"], revisions);
    assert_eq!(deployment.call("/service").await.status, 200);
}

#[test]
fn in_a_storm_every_run_ends_as_it_would_have() {
    let sky = Sky::default();
    in_a_house(house(&sky), async |house| {
        let shop = house.project().await;
        let body = shop.registration("minimal");
        sky.storms(true);
        let made = insist(&shop, Method::POST, "/connectors/drafts", &body).await;
        let path = format!("/connectors/drafts/{}", made["id"].as_str().unwrap());
        let preview = json!({"version": 1, "actions": [{"action": "updatePreviewable"}]});
        insist(&shop, Method::POST, &path, &preview).await;
        sky.storms(false);
        let draft = Draft {
            project: shop.clone(),
            id: made["id"].as_str().unwrap().to_owned(),
        };
        let previewed = draft.settled().await;
        assert_eq!(previewed["isPreviewable"], "true", "{previewed}");
        sky.storms(true);
        let body = draft.deployment(json!([]));
        let made = insist(&shop, Method::POST, &shop.deployments(""), &body).await;
        tokio::time::sleep(Duration::from_secs(1)).await;
        sky.storms(false);
        let deployment = at(&shop, made["id"].as_str().unwrap());
        let deployed = deployment.settled().await;
        assert_eq!(deployed["status"], "Deployed", "{deployed}");
        is_as_it_should_be(&shop, &deployment, 1).await;
        let drafts = shop.get("/connectors/drafts").await.of_status(200);
        assert_eq!(drafts["total"], 1);
    });
}

#[test]
fn a_platform_that_is_cut_off_after_any_change_of_a_deploy_or_undeploy_ends_both() {
    let sky = Sky::default();
    in_a_house(house(&sky), async |house| {
        let shop = house.project().await;
        let draft = shop.draft("minimal").await.previewed().await;
        let (mut changes, mut died) = (0, true);
        while died {
            let deployment = draft.deploy(json!([])).await;
            died = killed_after(house, &sky, changes).await;
            let shop = shop.log_in_again().await;
            let deployment = at(&shop, &deployment.id);
            let deployed = deployment.settled().await;
            assert_eq!(
                deployed["status"], "Deployed",
                "after {changes} changes: {deployed}"
            );
            is_as_it_should_be(&shop, &deployment, 1).await;
            let request = shop.request(Method::DELETE, &deployment.path(""));
            shop.send(request).await.of_status(202);
            died |= killed_after(house, &sky, changes).await;
            let shop = shop.log_in_again().await;
            let deployment = at(&shop, &deployment.id);
            assert_eq!(deployment.gone().await, None, "after {changes} changes");
            changes += 1;
        }
        assert!(changes > 5, "a deploy has changes: {changes}");
    });
}
