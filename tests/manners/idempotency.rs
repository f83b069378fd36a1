//! A create that is sent again under its `Idempotency-Key` makes nothing new (contract, section 16).

use std::time::Duration;

use futures_util::future::join_all;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use crate::house::{Answer, Project, in_a_house_of_its_own, in_a_project, in_the_house};

fn create(shop: &Project, key: &str, body: &Value) -> RequestBuilder {
    keyed(shop, "/connectors/drafts", key, body)
}

fn keyed(shop: &Project, path: &str, key: &str, body: &Value) -> RequestBuilder {
    let request = shop.request(Method::POST, path);
    request.header("idempotency-key", key).json(body)
}

fn replayed(answer: &Answer) -> bool {
    answer.headers.contains_key("idempotency-replayed")
}

async fn drafts(shop: &Project) -> Value {
    shop.get("/connectors/drafts").await.of_status(200)["total"].take()
}

#[test]
fn the_same_request_again_gets_the_same_answer_and_makes_nothing() {
    in_a_project(async |shop| {
        let body = shop.registration("minimal");
        let first = shop.send(create(&shop, "once-1", &body)).await;
        first.of_status(201);
        assert!(!replayed(&first));
        let again = shop.send(create(&shop, "once-1", &body)).await;
        assert_eq!((again.status, &again.text), (201, &first.text));
        assert_eq!(again.header("idempotency-replayed"), "true");
        assert_eq!(again.header("content-type"), "application/json");
        assert_eq!(drafts(&shop).await, 1);
        // Without the key it is another request, which finds its key taken.
        let another = shop.post("/connectors/drafts", &body).await;
        assert_eq!(
            another.of_status(400)["errors"][0]["code"],
            "DuplicateField"
        );
    });
}

#[test]
fn a_key_that_was_used_for_something_else_is_refused() {
    in_a_project(async |shop| {
        let mut body = shop.registration("minimal");
        shop.send(create(&shop, "once-2", &body))
            .await
            .of_status(201);
        body["name"] = json!("another");
        let other_body = shop.send(create(&shop, "once-2", &body)).await;
        insta::assert_snapshot!(other_body.errors(), @"
        400
        IdempotencyKeyReused: The Idempotency-Key was used for another request within 24 hours: send this one with a key of its own.
        ");
        let path = shop.deployments("");
        let other_path = shop.send(keyed(&shop, &path, "once-2", &body)).await;
        assert_eq!(
            other_path.of_status(400)["errors"][0]["code"],
            "IdempotencyKeyReused"
        );
    });
}

#[test]
fn a_key_belongs_to_who_sent_it() {
    in_the_house(async |house| {
        for shop in [house.project().await, house.project().await] {
            let body = shop.registration("minimal");
            let made = shop.send(create(&shop, "once-3", &body)).await;
            made.of_status(201);
            assert!(!replayed(&made));
        }
    });
}

#[test]
fn what_was_refused_may_be_mended_under_the_same_key() {
    in_a_project(async |shop| {
        let mut body = shop.registration("minimal");
        let creator = body["creator"].take();
        shop.send(create(&shop, "once-4", &body))
            .await
            .of_status(400);
        body["creator"] = creator;
        let mended = shop.send(create(&shop, "once-4", &body)).await;
        mended.of_status(201);
        assert!(!replayed(&mended));
    });
}

#[test]
fn of_many_at_the_same_time_one_makes_it_and_all_get_its_answer() {
    in_a_project(async |shop| {
        let mut body = shop.registration("minimal");
        // Nothing but the header says that they are the same.
        body.as_object_mut().unwrap().remove("key");
        let sent = (0..8).map(|_| shop.send(create(&shop, "once-5", &body)));
        let answers = join_all(sent).await;
        for answer in &answers {
            assert_eq!((answer.status, &answer.text), (201, &answers[0].text));
        }
        assert_eq!(answers.iter().filter(|one| !replayed(one)).count(), 1);
        assert_eq!(drafts(&shop).await, 1);
    });
}

#[test]
fn a_deployment_and_an_execution_are_made_once() {
    in_a_project(async |shop| {
        let draft = shop.draft("minimal-job").await.previewed().await;
        let body = draft.deployment(json!([]));
        let path = shop.deployments("");
        let made = shop.send(keyed(&shop, &path, "once-6", &body)).await;
        let made = made.of_status(201);
        let again = shop.send(keyed(&shop, &path, "once-6", &body)).await;
        assert!(replayed(&again));
        assert_eq!(again.of_status(201), made);
        let listed = shop.get(&path).await.of_status(200);
        assert_eq!(listed["total"], 1);

        let path = shop.deployments(&format!("/{}", made["id"].as_str().unwrap()));
        assert_eq!(
            shop.get_settled(&path).await.of_status(200)["status"],
            "Deployed"
        );
        let path = format!("{path}/applications/job/executions");
        let run = || keyed(&shop, &path, "once-7", &Value::Null);
        let first = shop.send(run()).await;
        first.of_status(201);
        let again = shop.send(run()).await;
        assert_eq!((again.status, &again.text), (201, &first.text));
        assert_eq!(shop.get(&path).await.of_status(200)["total"], 1);
    });
}

#[test]
fn an_answer_is_remembered_over_a_restart_and_for_a_day() {
    in_a_house_of_its_own(async |house| {
        let shop = house.project().await;
        let mut body = shop.registration("minimal");
        body.as_object_mut().unwrap().remove("key");
        let first = shop.send(create(&shop, "once-8", &body)).await;
        first.of_status(201);
        house.restart().await;
        house
            .time
            .pass(Duration::from_secs(24 * 60 * 60).saturating_sub(Duration::from_secs(60)));
        let shop = shop.log_in_again().await;
        let again = shop.send(create(&shop, "once-8", &body)).await;
        assert_eq!((again.status, &again.text), (201, &first.text));
        house.time.pass(Duration::from_secs(120));
        let new = shop.send(create(&shop, "once-8", &body)).await;
        assert_ne!(new.of_status(201)["id"], first.json()["id"]);
        assert!(!replayed(&new));
    });
}

#[test]
fn what_is_no_key_is_told() {
    in_a_project(async |shop| {
        let body = shop.registration("minimal");
        for key in ["", "two words", &"x".repeat(256), "caf\u{e9}"] {
            let answer = shop.send(create(&shop, key, &body)).await;
            insta::allow_duplicates! {
                insta::assert_snapshot!(answer.errors(), @"
                400
                InvalidHeader: A request header is not valid
                  detailedErrorMessage: Idempotency-Key takes one key of 1 to 255 visible ASCII characters, such as a UUID
                ");
            }
        }
        let twice = create(&shop, "a", &body).header("idempotency-key", "b");
        shop.send(twice).await.of_status(400);
        assert_eq!(drafts(&shop).await, 0);
    });
}
