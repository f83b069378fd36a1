//! `inheritAs.apiClient`: an API client that the Deployment has to itself, and that goes with it (contract, section 10.1).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::Method;
use serde_json::{Value, json};

use crate::house::{Answer, Project, fixture, in_a_project};

async fn token(shop: &Project, id: &str, secret: &str) -> Answer {
    let credentials = STANDARD.encode(format!("{id}:{secret}"));
    let request = shop.anonymous(Method::POST, "/oauth/token");
    let request = request.header("authorization", format!("Basic {credentials}"));
    let request = request.header("content-type", "application/x-www-form-urlencoded");
    shop.send(request.body("grant_type=client_credentials"))
        .await
}

#[test]
fn an_application_is_given_an_api_client_that_works_until_it_is_undeployed() {
    in_a_project(async |shop| {
        let scopes = "inheritAs:\n  apiClient:\n    scopes: [view_connectors, manage_orders]\n";
        let yaml = fixture("leaks-environment/connect.yaml").replace("inheritAs:\n", scopes);
        shop.repository("leaks-environment");
        shop.commit("leaks-environment", &[("connect.yaml", &yaml)], "v1");
        let draft = shop.draft("leaks-environment").await.previewed().await;
        let deployment = draft.deployed(json!([])).await;
        let seen: Value = deployment.call("/service").await.of_status(200);
        let value = |name: &str| seen[name].as_str().unwrap_or_default().to_owned();
        let (id, secret) = (value("CTP_CLIENT_ID"), value("CTP_CLIENT_SECRET"));
        let shown = deployment.read().await;
        assert_eq!(shown["apiClient"]["name"], id);
        assert!(
            !shown.to_string().contains(&secret),
            "the secret is shown to nobody else"
        );
        assert_eq!(value("CTP_PROJECT_KEY"), shop.key);
        assert_eq!(
            (value("CTP_API_URL"), value("CTP_AUTH_URL")),
            (shop.url().to_owned(), shop.url().to_owned())
        );
        assert_eq!(value("CTP_CLIENT_REGION"), "europe-west1.gcp");
        let scopes = format!("view_connectors:{0} manage_orders:{0}", shop.key);
        assert_eq!(
            (value("CTP_SCOPE"), value("CTP_CLIENT_SCOPE")),
            (scopes.clone(), scopes.clone())
        );
        let given = token(&shop, &id, &secret).await.of_status(200);
        assert_eq!(given["scope"], scopes);
        let bearer = format!("Bearer {}", given["access_token"].as_str().unwrap());
        let drafts = shop.anonymous(Method::GET, "/connectors/drafts");
        shop.send(drafts.header("authorization", bearer))
            .await
            .of_status(200);
        // A redeploy keeps it: what the application has registered with it goes on.
        deployment.redeploy(json!({})).await.of_status(201);
        deployment.settled().await;
        token(&shop, &id, &secret).await.of_status(200);
        deployment.undeploy("").await;
        token(&shop, &id, &secret).await.of_status(401);
    });
}
