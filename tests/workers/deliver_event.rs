//! `deliver_event`: an event comes until it is acknowledged or given up, and is never lost (contract, sections 10 and 16).

use domain::limits;
use serde_json::{Value, json};
use store::keys::lists;
use store::rows::EventRow;

use crate::house::{
    Deployment, House, Project, eventually, in_a_house_of_its_own, in_a_project, in_the_house,
    redacted,
};

async fn deployed(shop: &Project) -> Deployment {
    shop.draft("minimal-event")
        .await
        .previewed()
        .await
        .deployed(json!([]))
        .await
}

async fn rows(house: &House, deployment: &Deployment, state: &str) -> Vec<EventRow> {
    let application = deployment.application("event").await["id"]
        .as_str()
        .unwrap()
        .parse()
        .unwrap();
    house
        .platform()
        .desk
        .store
        .list(&lists::events(application, state))
        .await
        .unwrap()
}

#[test]
fn an_event_is_received_in_the_envelope_of_pub_sub() {
    in_the_house(async |house| {
        let shop = house.project().await;
        let deployment = deployed(&shop).await;
        let topic = deployment.application("event").await["topic"]
            .as_str()
            .unwrap()
            .to_owned();
        let message = json!({"data": "eyJvcmRlciI6MX0=", "attributes": {"shop": "eu"}});
        let published = shop
            .post(
                &format!("/v1/{topic}:publish"),
                &json!({"messages": [message]}),
            )
            .await
            .of_status(200);
        let logged = deployment.logged("received", 1).await.remove(0);
        assert_eq!(logged["details"]["messageId"], published["messageIds"][0]);
        insta::assert_snapshot!(redacted(logged["details"].to_string()), @r#"{"severity":"INFO","message":"received","data":{"order":1},"messageId":"{id}","publishTime":"{time}","attributes":{"shop":"eu"},"subscription":"projects/slipway/subscriptions/{id}"}"#);
        eventually("an acknowledged event is forgotten", async || {
            rows(house, &deployment, "pending")
                .await
                .is_empty()
                .then_some(())
        })
        .await;
    });
}

#[test]
fn deployments_of_one_connector_see_their_own_events_only() {
    in_a_project(async |shop| {
        let draft = shop.draft("minimal-event").await.previewed().await;
        let (one, two) = (
            draft.deployed(json!([])).await,
            draft.deployed(json!([])).await,
        );
        for (deployment, data) in [(&one, "eyJvbmUiOjF9"), (&two, "eyJ0d28iOjJ9")] {
            let topic = deployment.application("event").await["topic"].clone();
            let publish = format!("/v1/{}:publish", topic.as_str().unwrap());
            let messages = json!({"messages": [{"data": data}]});
            shop.post(&publish, &messages).await.of_status(200);
        }
        let seen = |entries: Vec<Value>| entries[0]["details"]["data"].clone();
        assert_eq!(seen(one.logged("received", 1).await), json!({"one": 1}));
        assert_eq!(seen(two.logged("received", 1).await), json!({"two": 2}));
        assert_eq!(one.logged("received", 1).await.len(), 1);
        assert_eq!(two.logged("received", 1).await.len(), 1);
    });
}

#[test]
fn an_event_that_is_not_acknowledged_comes_again_until_it_is_given_up() {
    in_the_house(async |house| {
        let deployment = deployed(&house.project().await).await;
        deployment
            .publish_event(&json!({"answer": 503}))
            .await
            .of_status(200);
        let dead = eventually("the event is given up", async || {
            rows(house, &deployment, "dead").await.pop()
        })
        .await;
        assert_eq!(
            (dead.attempts, dead.last_error.as_deref()),
            (5, Some("the application answered 503"))
        );
        let attempts = deployment.logged("\"answer\":503", 5).await;
        assert_eq!(attempts.len(), 5);
        let ids: Vec<&Value> = attempts
            .iter()
            .map(|one| &one["details"]["messageId"])
            .collect();
        assert!(
            ids.iter().all(|id| *id == ids[0]),
            "one message, five times"
        );
    });
}

#[test]
fn every_acknowledging_status_is_one_and_no_other() {
    in_the_house(async |house| {
        let deployment = deployed(&house.project().await).await;
        for status in [200, 201, 202, 204] {
            deployment
                .publish_event(&json!({"answer": status}))
                .await
                .of_status(200);
        }
        deployment
            .publish_event(&json!({"answer": 302}))
            .await
            .of_status(200);
        let dead = eventually("the redirect is given up", async || {
            rows(house, &deployment, "dead").await.pop()
        })
        .await;
        assert_eq!(
            dead.last_error.as_deref(),
            Some("the application answered 302")
        );
        assert_eq!(deployment.logged("received", 9).await.len(), 9);
        assert_eq!(rows(house, &deployment, "dead").await.len(), 1);
    });
}

#[test]
fn a_retry_policy_of_the_deployment_is_shown_and_holds() {
    in_a_house_of_its_own(async |house| {
        let shop = house.project().await;
        let policy = json!({"strategy": "exponential-backoff", "minBackoffSeconds": 600, "maxBackoffSeconds": 600, "maxAttempts": 5});
        let draft = shop.draft("minimal-event").await.previewed().await;
        let deployment = draft
            .deployed(json!([{"applicationName": "event", "retryPolicy": policy}]))
            .await;
        assert_eq!(deployment.application("event").await["retryPolicy"], policy);
        deployment
            .publish_event(&json!({"answer": 503}))
            .await
            .of_status(200);
        let waiting = eventually("the first attempt is over", async || {
            rows(house, &deployment, "pending")
                .await
                .pop()
                .filter(|row| row.last_error.is_some())
        })
        .await;
        assert_eq!(waiting.attempts, 1);
        let wait = waiting.next_attempt.millis() - house.time.now().millis();
        assert!((590_000..=600_000).contains(&wait), "{wait} ms");
        assert_eq!(deployment.undeploy("").await, None);
        // The message is still on its way: when it comes, it finds the application gone, and the event goes too.
        house.time.pass(limits::QUEUE_DELAY);
        functions::scheduled::sweep::handle(house.platform())
            .await
            .unwrap();
    });
}

#[test]
fn a_deployment_shows_the_policy_of_its_connector() {
    in_a_project(async |shop| {
        let deployment = deployed(&shop).await;
        let shown = deployment.application("event").await;
        insta::assert_snapshot!(redacted(shown.to_string()), @r#"{"id":"{id}","applicationName":"event","standardConfiguration":[],"securedConfiguration":[],"topic":"projects/slipway/topics/{id}","retryPolicy":{"strategy":"immediate"}}"#);
    });
}
