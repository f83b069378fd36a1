//! Every answer of the gateway has a correlation id, and none that a caller could smuggle something in with.

use reqwest::Method;
use serde_json::json;

use crate::house::{in_a_project, redacted};

#[test]
fn answers_outside_of_the_api_have_one_too() {
    in_a_project(async |shop| {
        for (method, path) in [
            (Method::GET, "/health"),
            (Method::GET, "/apps/nothing"),
            (Method::GET, "/operator/clients"),
            (Method::GET, "/operator/clientsandmore"),
            (Method::POST, "/v1/projects/slipway/topics/nothing:publish"),
            (Method::OPTIONS, "/connectors/drafts"),
            (Method::HEAD, "/connectors/drafts"),
            (Method::POST, "/oauth/token"),
        ] {
            let request = || shop.anonymous(method.clone(), path);
            let sent = request().header("x-correlation-id", "my-id-7");
            let answer = shop.send(sent).await;
            assert_eq!(answer.header("x-correlation-id"), "my-id-7", "{path}");
            let answer = shop.send(request()).await;
            let made_up = redacted(answer.header("x-correlation-id"));
            assert_eq!(made_up, "{id}", "{path}");
        }
    });
}

#[test]
fn an_application_answers_under_the_id_of_its_caller() {
    in_a_project(async |shop| {
        let draft = shop.draft("minimal").await.previewed().await;
        let deployment = draft.deployed(json!([])).await;
        let application = deployment.application("service").await;
        let url = application["url"].as_str().unwrap();
        let path = format!("/apps/{}/service", url.rsplit_once('/').unwrap().1);
        let request = shop.anonymous(Method::GET, &path);
        let answer = shop
            .send(request.header("x-correlation-id", "my-id-8"))
            .await;
        answer.of_status(200);
        assert_eq!(answer.header("x-correlation-id"), "my-id-8");
    });
}

#[test]
fn an_id_that_is_too_long_or_has_blanks_is_replaced() {
    in_a_project(async |shop| {
        for id in ["a b", "a\tb", &"x".repeat(257)] {
            for path in ["/connectors/drafts", "/nothing", "/health"] {
                let request = shop.request(Method::GET, path);
                let answer = shop.send(request.header("x-correlation-id", id)).await;
                let told = redacted(answer.header("x-correlation-id"));
                assert_eq!(told, "{id}", "{path}: {id}");
            }
        }
    });
}
