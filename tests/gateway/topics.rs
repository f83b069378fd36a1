//! Topics take Pub/Sub's publish request, and refuse what cannot be delivered before they store it.

use reqwest::Method;
use serde_json::{Value, json};

use crate::house::in_a_project;

#[test]
fn an_unknown_topic_is_told() {
    in_a_project(async |shop| {
        let body = json!({"messages": [{"data": "e30="}]});
        for topic in ["0a8f3a52-7d6e-4c1b-9e0f-3d2c1b0a9f8e", "nothing"] {
            let answer = shop
                .post(
                    &format!("/v1/projects/slipway/topics/{topic}:publish"),
                    &body,
                )
                .await;
            assert_eq!(
                answer.errors(),
                "404\nResourceNotFound: the topic does not exist; the `topic` of a deployed event application names it"
            );
        }
    });
}

#[test]
fn a_service_has_no_topic() {
    in_a_project(async |shop| {
        let deployment = shop
            .draft("minimal")
            .await
            .previewed()
            .await
            .deployed(json!([]))
            .await;
        let shown = deployment.application("service").await;
        assert_eq!(shown.get("topic"), None::<&Value>);
        let path = format!(
            "/v1/projects/slipway/topics/{}:publish",
            shown["id"].as_str().unwrap()
        );
        shop.post(&path, &json!({"messages": [{"data": "e30="}]}))
            .await
            .of_status(404);
    });
}

#[test]
fn a_request_that_cannot_be_published_is_told_and_nothing_of_it_is_delivered() {
    in_a_project(async |shop| {
        let deployment = shop
            .draft("minimal-event")
            .await
            .previewed()
            .await
            .deployed(json!([]))
            .await;
        let topic = deployment.application("event").await["topic"]
            .as_str()
            .unwrap()
            .to_owned();
        let path = format!("/v1/{topic}:publish");
        let mut told = Vec::new();
        for body in [
            json!({}),
            json!({"messages": []}),
            json!({"messages": [{"data": "e30="}, {"data": "not base64!"}]}),
            json!({"messages": [{"data": "A".repeat(300 * 1024)}]}),
        ] {
            told.push(shop.post(&path, &body).await.errors());
        }
        told.push(
            shop.send(shop.request(Method::POST, &path).body("{"))
                .await
                .errors(),
        );
        told.push(shop.get(&path).await.errors());
        told.push(
            shop.send(
                shop.request(Method::POST, &path)
                    .body("x".repeat(1024 * 1024 + 1)),
            )
            .await
            .errors(),
        );
        insta::assert_snapshot!(told.join("\n"), @"
400
InvalidJsonInput: The body is no publish request of Pub/Sub: missing field `messages` at line 1 column 2.
400
InvalidJsonInput: A publish request has 1 to 1000 messages.
400
InvalidJsonInput: the data of message 1 is not Base64
400
InvalidJsonInput: message 0 is larger than 262144 bytes
400
InvalidJsonInput: The body is no publish request of Pub/Sub: EOF while parsing an object at line 1 column 1.
405
MethodNotAllowed: A topic takes POST.
413
RequestEntityTooLarge: A publish request has at most 1048576 bytes.
");
        deployment
            .publish_event(&json!({"last": true}))
            .await
            .of_status(200);
        let received = deployment.logged("received", 1).await;
        assert_eq!(received[0]["details"]["data"], json!({"last": true}));
    });
}
