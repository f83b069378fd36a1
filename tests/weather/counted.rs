//! A GET asks the table once, and a change is one transaction.

use std::collections::BTreeMap;
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

async fn deployed(house: &House) -> (Project, Deployment) {
    let shop = house.project().await;
    let draft = shop.draft("minimal").await.previewed().await;
    draft.publish(false).await;
    let deployment = draft.deployed(json!([])).await;
    (shop, deployment)
}

#[test]
fn each_get_asks_the_table_once() {
    let counter = Counter::default();
    in_a_house(house(&counter), async |house| {
        let (shop, deployment) = deployed(house).await;
        let draft = deployment.read().await["connector"]["id"]
            .as_str()
            .unwrap()
            .to_owned();
        let reports = shop
            .get(&format!("/connectors/drafts/{draft}/reports"))
            .await;
        let run = reports.of_status(200)["results"][0]["id"]
            .as_str()
            .unwrap()
            .to_owned();
        let paths = [
            "/connectors/drafts".to_owned(),
            format!("/connectors/drafts/{draft}"),
            format!("/connectors/drafts/{draft}/reports"),
            format!("/connectors/drafts/{draft}/reports/{run}"),
            format!("/connectors/{draft}"),
            "/connectors/search?text=minimal".to_owned(),
            format!("/{}/deployments", shop.key),
            deployment.path(""),
            deployment.path("/revisions"),
            deployment.path("/revisions/1"),
            deployment.path("/logs"),
        ];
        let mut asked = BTreeMap::new();
        for path in &paths {
            let seen = counter
                .least(async |_| drop(shop.get(path).await.of_status(200)))
                .await;
            let path = path.replace(&draft, "{id}").replace(&run, "{run}");
            let path = path
                .replace(&deployment.id, "{id}")
                .replace(&shop.key, "{projectKey}");
            asked.insert(path, seen.join(" "));
        }
        let told: Vec<String> = asked
            .iter()
            .map(|(path, seen)| format!("{path}: {seen}"))
            .collect();
        insta::assert_snapshot!(told.join("\n"), @"
        /connectors/drafts: GetItem Query BatchGetItem
        /connectors/drafts/{id}: GetItem
        /connectors/drafts/{id}/reports: GetItem GetItem Query BatchGetItem
        /connectors/drafts/{id}/reports/{run}: GetItem GetItem
        /connectors/search?text=minimal: BatchGetItem
        /connectors/{id}: GetItem
        /{projectKey}/deployments: GetItem Query BatchGetItem
        /{projectKey}/deployments/{id}: GetItem
        /{projectKey}/deployments/{id}/logs: GetItem
        /{projectKey}/deployments/{id}/revisions: GetItem Query
        /{projectKey}/deployments/{id}/revisions/1: GetItem GetItem
        ");
    });
}

#[test]
fn each_change_is_one_transaction() {
    let counter = Counter::default();
    in_a_house(house(&counter), async |house| {
        let (shop, _) = deployed(house).await;
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
