//! Whatever happens to requests between the platform and its services, every run ends as it would have in fair weather, once.

use reqwest::Method;
use serde_json::{Value, json};

use crate::house::{Deployment, Draft, Project, in_a_house};

use super::sky::{Sky, house};

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
        sky.rages().await;
        sky.storms(false);
        let deployment = Deployment {
            project: shop.clone(),
            id: made["id"].as_str().unwrap().to_owned(),
        };
        let deployed = deployment.settled().await;
        assert_eq!(deployed["status"], "Deployed", "{deployed}");
        let revisions = shop.get(&deployment.path("/revisions")).await;
        assert_eq!(revisions.of_status(200)["total"], 1);
        let deployments = shop.get(&shop.deployments("")).await.of_status(200);
        assert_eq!(deployments["total"], 1);
        assert_eq!(deployment.call("/service").await.status, 200);
        let drafts = shop.get("/connectors/drafts").await.of_status(200);
        assert_eq!(drafts["total"], 1);
    });
}
