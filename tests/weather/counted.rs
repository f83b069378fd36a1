//! A GET asks the table once, and a change is one transaction.

use std::sync::{Arc, Mutex};

use reqwest::Method;
use serde_json::{Value, json};
use slipway::engine::{Fate, Protocol, Weather};

use crate::house::{Deployment, House, Operator, Project, in_a_house};

/// The requests to the table since they were last looked at.
#[derive(Clone, Default)]
struct Counter(Arc<Mutex<Vec<String>>>);

impl Counter {
    fn weather(&self) -> Weather {
        let seen = self.0.clone();
        Weather::new(move |protocol, operation| {
            if protocol == Protocol::Rows {
                seen.lock().unwrap().push(operation.to_owned());
            }
            Fate::Fair
        })
    }

    fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap())
    }

    /// What a request asks of the table. The platform has other things to do meanwhile, so it is the least of several tries.
    async fn least(&self, asks: impl AsyncFn(usize)) -> Vec<String> {
        let mut least: Option<Vec<String>> = None;
        for number in 0..12 {
            self.take();
            asks(number).await;
            let seen = self.take();
            if least.as_ref().is_none_or(|least| seen.len() < least.len()) {
                least = Some(seen);
            }
        }
        least.unwrap()
    }
}

async fn house(counter: &Counter) -> House {
    House::of(Operator {
        weather: counter.weather(),
        ..Operator::default()
    })
    .await
}

async fn deployed(shop: &Project, fixture: &str) -> Deployment {
    let draft = shop.draft(fixture).await.previewed().await;
    draft.publish(false).await;
    draft.deployed(json!([])).await
}

/// What each of these asks the table, a line each.
async fn asked(counter: &Counter, caller: &Project, paths: &[(&str, String)]) -> Vec<String> {
    let mut told = Vec::new();
    for (name, path) in paths {
        let seen = counter
            .least(async |_| drop(caller.get(path).await.of_status(200)))
            .await;
        told.push(format!("{name}: {}", seen.join(" ")));
    }
    told
}

#[test]
fn each_get_asks_the_table_once() {
    let counter = Counter::default();
    in_a_house(house(&counter), async |house| {
        let shop = house.project().await;
        let deployment = deployed(&shop, "minimal").await;
        let draft = deployment.read().await["connector"]["id"].clone();
        let draft = format!("/connectors/drafts/{}", draft.as_str().unwrap());
        let reports = shop.get(&format!("{draft}/reports")).await.of_status(200);
        let run = reports["results"][0]["id"].as_str().unwrap().to_owned();
        let drafts = |query: &str| format!("/connectors/drafts{query}");
        let paths = [
            ("drafts", drafts("")),
            ("drafts, the second page", drafts("?offset=20")),
            ("draft", draft.clone()),
            ("reports", format!("{draft}/reports")),
            ("report", format!("{draft}/reports/{run}")),
            ("Connector", draft.replace("/drafts", "")),
            ("search", "/connectors/search?text=minimal".to_owned()),
            ("Deployments", shop.deployments("")),
            ("Deployment", deployment.path("")),
            ("revisions", deployment.path("/revisions")),
            ("revision", deployment.path("/revisions/1")),
            ("logs", deployment.path("/logs")),
        ];
        let mut told = asked(&counter, &shop, &paths).await;
        let certifications = [("certifications", "/certifications".to_owned())];
        told.extend(asked(&counter, &house.certifier().await, &certifications).await);
        insta::assert_snapshot!(told.join("\n"), @"
        drafts: Query
        drafts, the second page: Query
        draft: GetItem
        reports: Query
        report: BatchGetItem
        Connector: GetItem
        search: BatchGetItem
        Deployments: Query
        Deployment: GetItem
        revisions: Query
        revision: BatchGetItem
        logs: GetItem
        certifications: Query
        ");
    });
}

/// What is named by a key is found by it first, what is filtered or sorted is found before it is read, what lies far back is counted
/// off, and what belongs to an application is found by the Deployment.
#[test]
fn a_get_that_has_to_find_first_asks_the_table_again() {
    let counter = Counter::default();
    in_a_house(house(&counter), async |house| {
        let shop = house.project().await;
        let job = deployed(&shop, "minimal-job").await;
        let event = deployed(&shop, "minimal-event").await;
        let drafts = |query: &str| format!("/connectors/drafts{query}");
        let paths = [
            ("by key", drafts(&format!("/key={}-minimal-job", shop.key))),
            ("sorted", drafts("?sort=name")),
            ("filtered", drafts("?isPrivate=false")),
            ("oldest first", drafts("?sort=createdAt")),
            ("far back", drafts("?offset=5000")),
            ("executions", job.path("/applications/job/executions")),
            (
                "dead letters",
                event.path("/applications/event/dead-letters"),
            ),
        ];
        let told = asked(&counter, &shop, &paths).await;
        insta::assert_snapshot!(told.join("\n"), @"
        by key: GetItem GetItem
        sorted: Query BatchGetItem
        filtered: Query BatchGetItem
        oldest first: BatchGetItem Query
        far back: BatchGetItem
        executions: GetItem Query
        dead letters: GetItem Query
        ");
    });
}

#[test]
fn each_change_is_one_transaction() {
    let counter = Counter::default();
    in_a_house(house(&counter), async |house| {
        let shop = house.project().await;
        let made = counter
            .least(async |number| {
                let draft = json!({
                    "key": format!("counted-{number}"), "name": "Counted", "description": "Counted",
                    "creator": {"email": "a@example.org"}, "repository": {"url": shop.repository("minimal"), "tag": "v1"}, "integrationTypes": ["other"],
                });
                shop.post("/connectors/drafts", &draft).await.of_status(201);
            })
            .await;
        let changed = counter
            .least(async |number| {
                let body = json!({"version": number + 1, "actions": [{"action": "setName", "name": format!("Name {number}")}]});
                shop.post("/connectors/drafts/key=counted-0", &body).await.of_status(201);
            })
            .await;
        let deleted = counter
            .least(async |number| {
                let path = format!("/connectors/drafts/key=counted-{number}");
                let version = if number == 0 { 13 } else { 1 };
                let request = shop.request(Method::DELETE, &format!("{path}?version={version}"));
                let _: Value = shop.send(request).await.of_status(200);
            })
            .await;
        let told = [made, changed, deleted]
            .map(|seen| seen.join(" "))
            .join("\n");
        insta::assert_snapshot!(told, @"
        TransactWriteItems
        GetItem GetItem GetItem TransactWriteItems
        GetItem GetItem GetItem TransactWriteItems
        ");
    });
}
