//! Scripts of real Connectors: they register their applications at a commerce API, by its official client, and take that back.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::Method;
use serde_json::{Value, json};

use crate::house::{Deployment, Project, in_a_project, report};

/// A commerce API for tests, which is a Deployment like any other.
struct Commerce {
    deployment: Deployment,
    url: String,
}

impl Commerce {
    async fn open(shop: &Project) -> Self {
        let draft = shop.draft("commerce-mock").await.previewed().await;
        let deployment = draft.deployed(json!([])).await;
        let url = deployment.application("commerce").await["url"].clone();
        Self {
            url: url.as_str().unwrap().to_owned(),
            deployment,
        }
    }

    /// The resources of a kind by their keys.
    async fn registered(&self, kind: &str) -> BTreeMap<String, Value> {
        let project = &self.deployment.project;
        let path = self.url.split_once("/apps/").unwrap().1;
        let token = project.anonymous(Method::POST, &format!("/apps/{path}/oauth/token"));
        let token = token
            .basic_auth("client", Some("client-secret"))
            .header("content-type", "application/x-www-form-urlencoded")
            .body("grant_type=client_credentials");
        let token = project.send(token).await.of_status(200);
        let request = project.anonymous(Method::GET, &format!("/apps/{path}/my-shop/{kind}"));
        let request = request.bearer_auth(token["access_token"].as_str().unwrap());
        let all = project.send(request).await.of_status(200);
        let results = all["results"].as_array().unwrap();
        let by_key = results
            .iter()
            .map(|one| (one["key"].as_str().unwrap().to_owned(), one.clone()));
        by_key.collect()
    }
}

/// Begins to deploy the Connector whose scripts register it at this commerce API.
async fn register(shop: &Project, api: &str) -> Deployment {
    let draft = shop.draft("registers").await.previewed().await;
    let value = |key: &str, value: &str| json!({"key": key, "value": value});
    let body = json!({
        "connector": {"id": draft.id, "staged": true},
        "region": "europe-west1.gcp",
        "configurations": [],
        "globalConfiguration": {
            "standardConfiguration": [value("CTP_API_URL", api), value("CTP_AUTH_URL", api), value("CTP_PROJECT_KEY", "my-shop")],
            "securedConfiguration": [value("CTP_CLIENT_ID", "client"), value("CTP_CLIENT_SECRET", "client-secret")],
        },
    });
    Deployment::create(shop, &body).await
}

#[test]
fn a_service_registers_its_address_as_an_api_extension_and_an_event_application_its_topic() {
    in_a_project(async |shop| {
        let commerce = Commerce::open(&shop).await;
        let deployment = register(&shop, &commerce.url).await;
        let told = report(&deployment.settled().await["details"]["build"]["report"]);
        insta::assert_snapshot!(told, @"
        Information [service]: Application started
        Information [event]: Application started
        Information [service]: Executed the 'postDeploy' script
        Information [event]: Executed the 'postDeploy' script
        ");
        let extensions = commerce.registered("extensions").await;
        let extension = &extensions["registers-carts"]["destination"]["url"];
        let url = deployment.application("service").await["url"].clone();
        assert_eq!(
            extension.as_str().unwrap(),
            format!("{}/service", url.as_str().unwrap())
        );
        let subscriptions = commerce.registered("subscriptions").await;
        let destination = subscriptions["registers-orders"]["destination"].clone();
        let topic = deployment.application("event").await["topic"].clone();
        assert_eq!(
            topic.as_str().unwrap(),
            format!(
                "projects/{}/topics/{}",
                destination["projectId"].as_str().unwrap(),
                destination["topic"].as_str().unwrap()
            )
        );
        // As the commerce API would: the extension is called, and a message is published.
        let path = extension.as_str().unwrap().split_once("/apps/").unwrap().1;
        let cart =
            json!({"action": "Create", "resource": {"typeId": "cart", "id": "c1", "obj": {}}});
        let answer = shop
            .post(&format!("/apps/{path}"), &cart)
            .await
            .of_status(200);
        assert_eq!(answer["actions"][0]["key"], "cart-c1");
        let data = STANDARD.encode(r#"{"notificationType":"Message","type":"OrderCreated"}"#);
        let publish = format!("/v1/{}:publish", topic.as_str().unwrap());
        shop.post(&publish, &json!({"messages": [{"data": data}]}))
            .await
            .of_status(200);
        deployment.logged("received OrderCreated", 1).await;
        // A redeploy runs the scripts again, and an undeploy takes all back.
        deployment.redeploy(json!({})).await.of_status(201);
        assert_eq!(deployment.settled().await["status"], "Deployed");
        assert_eq!(commerce.registered("extensions").await.len(), 1);
        deployment.undeploy("").await;
        assert!(commerce.registered("extensions").await.is_empty());
        assert!(commerce.registered("subscriptions").await.is_empty());
    });
}

#[test]
fn a_script_that_does_not_reach_the_commerce_api_is_told_with_what_it_wrote() {
    in_a_project(async |shop| {
        let deployment = register(&shop, "http://127.0.0.1:1").await;
        let shown = deployment.settled().await;
        assert_eq!(shown["status"], "Failed");
        let told = report(&shown["details"]["build"]["report"]);
        assert!(
            told.contains("Failed during the execution of 'postDeploy' script"),
            "{told}"
        );
        assert!(told.contains("The commerce API did not take it:"), "{told}");
        assert!(!told.contains("client-secret"), "{told}");
    });
}
