//! Requests to applications go through as they are, and what an application does not answer the gateway does.

use reqwest::Method;
use serde_json::{Value, json};

use crate::house::{Deployment, eventually, fixture, in_a_project, in_the_house, redacted};

#[test]
fn a_request_reaches_the_application_as_it_was_sent() {
    in_a_project(async |shop| {
        let deployment = shop
            .draft("minimal")
            .await
            .previewed()
            .await
            .deployed(json!([]))
            .await;
        let url = deployment.application("service").await["url"]
            .as_str()
            .unwrap()
            .to_owned();
        let path = url.split_once("/apps/").unwrap().1.to_owned();
        let request = shop.anonymous(Method::PUT, &format!("/apps/{path}/service/a%20b?c=d&c=e"));
        let request = request
            .header("authorization", "Basic eDp5")
            .header("x-own", "1")
            .header("user-agent", "test");
        let seen = shop.send(request.body("one\ntwo")).await.of_status(200);
        insta::assert_snapshot!(redacted(seen.to_string()), @r#"{"method":"PUT","url":"/service/a%20b?c=d&c=e","headers":{"authorization":"Basic eDp5","x-own":"1","user-agent":"test","accept":"*/*","host":"{platform}","content-length":"7","cdn-loop":"slipway","x-forwarded-for":"127.0.0.1","x-forwarded-proto":"http","x-forwarded-host":"{platform}"},"body":"one\ntwo","environment":{"GREETING":"hello","PORT":"8080","K_REVISION":"service-{id}-00001"}}"#);
    });
}

#[test]
fn a_path_to_no_application_is_told() {
    in_a_project(async |shop| {
        let told = [
            shop.get("/apps/0a8f3a52-7d6e-4c1b-9e0f-3d2c1b0a9f8e/service")
                .await
                .errors(),
            shop.get("/apps/service").await.errors(),
        ];
        insta::assert_snapshot!(told.join("\n"), @"
        404
        ResourceNotFound: No application with this id is deployed. Its URL is in `applications` of its Deployment.
        404
        ResourceNotFound: No application has this address.
        ");
    });
}

#[test]
fn an_application_that_ends_without_an_answer_is_told_and_started_again() {
    in_a_project(async |shop| {
        let deployment = shop
            .draft("crash-on-request")
            .await
            .previewed()
            .await
            .deployed(json!([]))
            .await;
        let first = deployment.call("/service").await.of_status(200);
        let broken = deployment.call_with(Method::POST, "/service", "").await;
        insta::assert_snapshot!(broken.errors(), @"
        502
        BadGateway: There is no answer: the application closed the connection before it answered. The Deployment's logs may tell why.
        ");
        let second = eventually("the application is started again", async || {
            let answer = deployment.call("/service").await;
            (answer.status == 200).then(|| answer.json())
        })
        .await;
        assert_ne!(first["startedAt"], second["startedAt"]);
        deployment.logged("This request was too much.", 1).await;
        let requests = deployment.logged("HTTP_REQUEST", 3).await;
        assert!(
            requests.iter().any(|one| one["details"]["status"] == 502),
            "{requests:?}"
        );
    });
}

#[test]
fn the_applications_of_two_deployments_listen_on_the_same_port_and_do_not_meet() {
    in_the_house(async |house| {
        let (one, two) = (house.project().await, house.project().await);
        let mut revisions = Vec::new();
        for shop in [one, two] {
            let deployment = shop
                .draft("minimal")
                .await
                .previewed()
                .await
                .deployed(json!([]))
                .await;
            let seen = deployment.call("/service").await.of_status(200);
            assert_eq!(seen["environment"]["PORT"], "8080");
            revisions.push(seen["environment"]["K_REVISION"].clone());
        }
        assert_ne!(revisions[0], revisions[1]);
    });
}

#[test]
fn a_hundred_requests_at_once_are_all_answered() {
    in_a_project(async |shop| {
        let deployment = shop
            .draft("minimal")
            .await
            .previewed()
            .await
            .deployed(json!([]))
            .await;
        let url = deployment.application("service").await["url"]
            .as_str()
            .unwrap()
            .to_owned();
        let path = url.split_once("/apps/").unwrap().1.to_owned();
        let calls = (0..100).map(|number| {
            let (shop, path) = (shop.clone(), format!("/apps/{path}/service/{number}"));
            async move { shop.get(&path).await.of_status(200)["url"].clone() }
        });
        let seen = futures_util::future::join_all(calls).await;
        let expected: Vec<Value> = (0..100)
            .map(|number| json!(format!("/service/{number}")))
            .collect();
        assert_eq!(seen, expected);
    });
}

#[test]
fn a_redeploy_drops_no_request() {
    in_a_project(async |shop| {
        let deployment = shop
            .draft("minimal")
            .await
            .previewed()
            .await
            .deployed(json!([]))
            .await;
        deployment.redeploy(json!({})).await.of_status(201);
        loop {
            deployment.call("/service").await.of_status(200);
            if deployment.read().await["status"] == "Deployed" {
                break;
            }
        }
        let seen = deployment.call("/service").await.of_status(200);
        assert!(
            seen["environment"]["K_REVISION"]
                .as_str()
                .unwrap()
                .ends_with("-00002"),
            "{seen}"
        );
    });
}

/// Calls until the Deployment is in this state, and none of the calls fails; how many there were.
async fn called_until(deployment: &Deployment, status: &str, revision: &str) -> u32 {
    let mut calls = 0;
    loop {
        let seen = deployment.call("/service").await.of_status(200);
        calls += 1;
        if deployment.read().await["status"] == status {
            let seen = seen["environment"]["K_REVISION"]
                .as_str()
                .unwrap()
                .to_owned();
            let after = deployment.call("/service").await.of_status(200);
            let after = after["environment"]["K_REVISION"].as_str().unwrap();
            assert!(after.ends_with(revision), "{seen}, then {after}");
            return calls;
        }
    }
}

#[test]
fn neither_a_new_version_that_crashes_nor_a_rollback_drops_a_request() {
    in_a_project(async |shop| {
        let draft = shop.draft("minimal").await.previewed().await;
        let deployment = draft.deployed(json!([])).await;
        let original = fixture("minimal/service/index.js");
        let crashing = format!(
            "setTimeout(() => process.exit(7), 500);\n{}",
            original.replace("listen(8080", "listen(3000")
        );
        for (source, status, revision) in [
            (crashing, "Failed", "-00001"),
            (original, "Deployed", "-00003"),
        ] {
            shop.commit("minimal", &[("service/index.js", &source)], "v1");
            let moved = json!([{"action": "updatePreviewable"}]);
            draft.act(moved).await.of_status(201);
            draft.settled().await;
            deployment
                .redeploy(json!({"updateConnector": true}))
                .await
                .of_status(201);
            assert!(called_until(&deployment, status, revision).await > 3);
        }
        let version = deployment.read().await["version"].clone();
        let rollback = deployment.path("/revisions/1/rollback");
        shop.post(&rollback, &json!({"version": version}))
            .await
            .of_status(201);
        assert!(called_until(&deployment, "Deployed", "-00004").await > 3);
    });
}
