//! `bootstrap` hosts the same catalogue on Lambda, and gives every event of tests/events the answer that the embedded engine gives the same
//! request.

use functions::catalogue::{ENDPOINTS, OPERATED, SCHEDULED, WORKERS};
use functions::routes;
use http::Method;
use serde_json::Value;

use super::runtime::invoke;
use crate::house::{Visit, in_the_house};

/// The event of a function.
fn event(name: &str) -> String {
    let file = format!("{}/events/{name}.json", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{file}: {error}"))
}

/// Whether a function can answer its event without a table.
fn needs_rows(name: &str) -> bool {
    matches!(name, "auth-jwks" | "auth-token")
}

#[test]
fn every_endpoint_answers_its_event_as_the_embedded_engine_answers_the_request() {
    in_the_house(async |house: &Visit| {
        let names = ENDPOINTS.iter().map(|endpoint| endpoint.name);
        for name in names.chain([routes::NAME]).filter(|name| !needs_rows(name)) {
            let event = event(name);
            let told: Value = serde_json::from_str(&event).unwrap();
            let method = told["requestContext"]["http"]["method"].as_str().unwrap();
            let request = reqwest::Client::new()
                .request(
                    Method::from_bytes(method.as_bytes()).unwrap(),
                    format!("{}{}", house.url(), told["rawPath"].as_str().unwrap()),
                )
                .header("x-correlation-id", "event-1")
                .header("content-type", "application/json")
                .body(told["body"].as_str().unwrap_or_default().to_owned());
            let embedded = request.send().await.unwrap();
            let status = embedded.status().as_u16();
            let text = embedded.text().await.unwrap();
            let answer = invoke(name, event).await;
            assert_eq!(answer["statusCode"], status, "{name}");
            assert_eq!(answer["headers"]["x-correlation-id"], "event-1", "{name}");
            // The document names the address at which it was asked for.
            let text = text.replace(house.url(), "https://api.example.org");
            assert_eq!(answer["body"].as_str().unwrap(), text, "{name}");
        }
    });
}

#[tokio::test]
async fn a_token_that_cannot_be_checked_is_our_failure() {
    let answer = invoke("auth-token", event("auth-token")).await;
    assert_eq!(answer["statusCode"], 503);
}

#[tokio::test]
async fn every_worker_names_the_message_that_must_come_again_while_the_table_does_not_answer() {
    for worker in WORKERS {
        let answer = invoke(worker.name, event(worker.name)).await;
        let expected = serde_json::json!({"batchItemFailures": [{"itemIdentifier": "message-1"}]});
        assert_eq!(answer, expected, "{}", worker.name);
    }
}

#[tokio::test]
async fn what_the_clock_or_the_operator_calls_says_why_it_failed() {
    let scheduled = SCHEDULED.iter().map(|scheduled| scheduled.name);
    let asked = OPERATED.iter().map(|operated| operated.name);
    for name in scheduled
        .chain(asked)
        .filter(|name| *name != "refresh_advisories")
    {
        let answer = invoke(name, event(name)).await;
        let told = answer["errorMessage"].as_str().unwrap_or_default();
        assert!(told.starts_with("the table refused"), "{name}: {answer}");
    }
    // Nothing is fetched where the operator has named no address.
    let answer = invoke("refresh_advisories", event("refresh_advisories")).await;
    assert_eq!(answer, Value::Null);
}

#[tokio::test]
async fn the_operator_is_told_what_the_function_takes() {
    let answer = invoke("clients", r#"{"remove":{}}"#.to_owned()).await;
    insta::assert_snapshot!(answer["errorMessage"].as_str().unwrap(), @r#"This function takes {"create":{"projectKey":"my-shop"}}, {"list":{}} or {"revoke":{"clientId":"…"}}: unknown variant `remove`, expected one of `create`, `list`, `revoke`."#);
}
