//! The operator's endpoints: API clients are made and revoked by who can read the data folder, and by nobody else.

use reqwest::Method;
use serde_json::{Value, json};

use crate::house::{Answer, House, Project, in_a_house_of_its_own, redacted};

async fn operate(
    house: &House,
    shop: &Project,
    method: Method,
    rest: &str,
    body: &Value,
) -> Answer {
    let file = std::fs::read_to_string(house.data().join("operator.json")).unwrap();
    let running: Value = serde_json::from_str(&file).unwrap();
    assert_eq!(running["url"], house.url());
    let token = running["token"].as_str().unwrap();
    let request = shop.anonymous(method, &format!("/operator/clients{rest}"));
    shop.send(
        request
            .header("authorization", format!("Bearer {token}"))
            .json(body),
    )
    .await
}

#[test]
fn the_operator_makes_lists_and_revokes_api_clients() {
    in_a_house_of_its_own(async |house| {
        let shop = house.project().await;
        let new = json!({"projectKey": shop.key, "scopes": ["view_connectors"]});
        let made = operate(house, &shop, Method::POST, "", &new)
            .await
            .of_status(200);
        let (id, secret) = (
            made["clientId"].as_str().unwrap(),
            made["clientSecret"].as_str().unwrap(),
        );
        let form = format!("grant_type=client_credentials&client_id={id}&client_secret={secret}");
        let log_in = async || {
            shop.send(
                shop.anonymous(Method::POST, "/oauth/token")
                    .body(form.clone()),
            )
            .await
        };
        assert_eq!(
            log_in().await.of_status(200)["scope"],
            format!("view_connectors:{}", shop.key)
        );
        let listed = operate(house, &shop, Method::GET, "", &Value::Null)
            .await
            .of_status(200);
        assert!(listed.to_string().contains(id));
        assert!(!listed.to_string().contains("ecret"), "{listed}");
        let revoked = operate(
            house,
            &shop,
            Method::DELETE,
            &format!("/{id}"),
            &Value::Null,
        )
        .await;
        assert_eq!(revoked.of_status(200), json!({"revoked": true}));
        log_in().await.of_status(401);
        let again = operate(
            house,
            &shop,
            Method::DELETE,
            &format!("/{id}"),
            &Value::Null,
        )
        .await;
        assert_eq!(again.of_status(200), json!({"revoked": false}));
    });
}

#[test]
fn nobody_else_is_the_operator() {
    in_a_house_of_its_own(async |house| {
        let shop = house.project().await;
        for method in [Method::GET, Method::POST, Method::DELETE] {
            let anonymous = shop
                .send(shop.anonymous(method.clone(), "/operator/clients"))
                .await;
            let project = shop.send(shop.request(method, "/operator/clients")).await;
            insta::allow_duplicates! {
                for answer in [anonymous, project] {
                    insta::assert_snapshot!(redacted(answer.errors()), @"
        401
        invalid_token: This endpoint takes the operator's token only.
        ");
                }
            }
        }
    });
}

#[test]
fn an_api_client_that_cannot_be_is_refused() {
    in_a_house_of_its_own(async |house| {
        let shop = house.project().await;
        let mut told = Vec::new();
        for bad in [
            json!({"projectKey": "a key", "scopes": []}),
            json!({"projectKey": "connectors", "scopes": []}),
            json!({"projectKey": "shop", "scopes": ["everything"]}),
        ] {
            let answer = operate(house, &shop, Method::POST, "", &bad).await;
            assert_eq!(answer.status, 400, "{}", answer.text);
            told.push(answer.json()["message"].as_str().unwrap().to_owned());
        }
        insta::assert_snapshot!(told[1..].join("\n"), @"
        A Project cannot be called connectors: the paths of the API begin with this word. Choose another key.
        There is no scope everything; an API client takes manage_project, view_connectors, manage_connectors, view_connectors_deployments, manage_connectors_deployments, manage_api_clients, manage_certifications.
        ");
        let large = json!({"projectKey": "x".repeat(64 * 1024)});
        let answer = operate(house, &shop, Method::POST, "", &large).await;
        answer.of_status(413);
    });
}

#[test]
fn a_method_that_an_api_client_does_not_take_is_told() {
    in_a_house_of_its_own(async |house| {
        let shop = house.project().await;
        for (method, rest, allowed) in [
            (Method::PUT, "", "GET, POST"),
            (Method::GET, "/some-client", "DELETE"),
        ] {
            let answer = operate(house, &shop, method, rest, &Value::Null).await;
            answer.of_status(405);
            assert_eq!(answer.header("allow"), allowed);
        }
    });
}
