//! After a restart everything is as it was: what was written is there, what served serves, and what was under way ends.

use reqwest::Method;
use serde_json::json;

use crate::house::{eventually, in_a_house_of_its_own, values};

#[test]
fn drafts_connectors_deployments_logs_and_tokens_outlive_a_restart() {
    in_a_house_of_its_own(async |house| {
        let shop = house.project().await;
        let draft = shop
            .draft("minimal")
            .await
            .previewed()
            .await
            .published()
            .await;
        let deployment = draft
            .deployed(values(
                "service",
                &[("GREETING", "hi")],
                &[("TOKEN", "s3cret-token")],
            ))
            .await;
        deployment.call("/service").await.of_status(200);
        deployment.logged("HTTP_REQUEST", 1).await;
        let connector = format!("/connectors/{}", draft.id);
        let revisions = deployment.path("/revisions");
        let before = (
            draft.read().await,
            deployment.read().await,
            shop.get(&connector).await.json(),
            shop.get(&revisions).await.json(),
        );
        house.restart().await;
        let after = (
            draft.read().await,
            deployment.read().await,
            shop.get(&connector).await.json(),
            shop.get(&revisions).await.json(),
        );
        assert_eq!(after, before);
        let seen = eventually(
            "the Deployment serves again at its old address",
            async || {
                let answer = deployment.call("/service").await;
                (answer.status == 200).then(|| answer.json())
            },
        )
        .await;
        let environment = &seen["environment"];
        assert_eq!(
            (&environment["GREETING"], &environment["TOKEN"]),
            (&json!("hi"), &json!("s3cret-token"))
        );
        assert!(
            environment["K_REVISION"]
                .as_str()
                .unwrap()
                .ends_with("-00001")
        );
        // Once before the restart and once after it.
        deployment.logged("listening on port 8080", 2).await;
        deployment.redeploy(json!({})).await.of_status(201);
        assert_eq!(deployment.settled().await["status"], "Deployed");
    });
}

#[test]
fn a_request_that_goes_on_when_the_platform_is_stopped_is_answered_first() {
    in_a_house_of_its_own(async |house| {
        let shop = house.project().await;
        let slow = "require('http').createServer((req, res) => { console.log('begun'); setTimeout(() => res.end('done'), 1500) }).listen(8080)";
        let draft = shop.draft_of(slow).await;
        let deployment = draft.deployed(json!([])).await;
        let url = deployment.application("service").await["url"].clone();
        let path = format!(
            "/apps/{}",
            url.as_str().unwrap().split_once("/apps/").unwrap().1
        );
        let request = tokio::spawn(shop.anonymous(Method::GET, &path).send());
        deployment.logged("begun", 1).await;
        house.restart().await;
        let answer = request.await.unwrap().unwrap();
        assert_eq!(answer.text().await.unwrap(), "done");
    });
}

#[test]
fn a_preview_that_was_under_way_ends_after_the_restart() {
    in_a_house_of_its_own(async |house| {
        let shop = house.project().await;
        shop.repository("failing-build");
        // Long enough to be cut off by the restart, and different from what other houses built.
        let slow = "setTimeout(() => console.log('built'), 3000)";
        shop.commit("failing-build", &[("service/build.js", slow)], "v1");
        let draft = shop.draft("failing-build").await;
        draft
            .act(json!([{"action": "updatePreviewable"}]))
            .await
            .of_status(201);
        house.restart().await;
        assert_eq!(draft.settled().await["isPreviewable"], "true");
    });
}

#[test]
fn a_deploy_that_was_under_way_ends_after_the_restart() {
    in_a_house_of_its_own(async |house| {
        let shop = house.project().await;
        let slow = shop.draft("slow-start").await.previewed().await;
        let crashing = shop.draft("crashes-at-start").await.previewed().await;
        let (slow, crashing) = (
            slow.deploy(json!([])).await,
            crashing.deploy(json!([])).await,
        );
        house.restart().await;
        assert_eq!(slow.settled().await["status"], "Deployed");
        assert_eq!(crashing.settled().await["status"], "Failed");
        assert_eq!(slow.call("/service").await.status, 200);
    });
}

#[test]
fn an_undeploy_that_was_under_way_ends_after_the_restart() {
    in_a_house_of_its_own(async |house| {
        let shop = house.project().await;
        let draft = shop.draft("minimal").await.previewed().await;
        let deployment = draft.deployed(json!([])).await;
        shop.delete(&deployment.path("")).await.of_status(202);
        house.restart().await;
        eventually("the Deployment is gone", async || {
            (shop.get(&deployment.path("")).await.status == 404).then_some(())
        })
        .await;
    });
}

#[test]
fn an_event_that_was_acknowledged_to_its_publisher_is_delivered_after_the_restart() {
    in_a_house_of_its_own(async |house| {
        let shop = house.project().await;
        let deployment = shop
            .draft("minimal-event")
            .await
            .previewed()
            .await
            .deployed(json!([]))
            .await;
        let before: Vec<u32> = (0..20).collect();
        for number in &before {
            deployment
                .publish_event(&json!({"number": number}))
                .await
                .of_status(200);
        }
        house.restart().await;
        let received = deployment.logged("received", before.len()).await;
        for number in before {
            let one = json!({"number": number});
            assert!(
                received.iter().any(|entry| entry["details"]["data"] == one),
                "event {number} was lost"
            );
        }
    });
}

#[test]
fn a_failed_redeploy_and_the_revision_that_serves_outlive_a_restart() {
    in_a_house_of_its_own(async |house| {
        let shop = house.project().await;
        let draft = shop.draft("failing-post-deploy").await.previewed().await;
        let deployment = draft
            .deployed(values("service", &[("POST_DEPLOY_EXIT_CODE", "0")], &[]))
            .await;
        let failing = values("service", &[("POST_DEPLOY_EXIT_CODE", "3")], &[]);
        deployment
            .redeploy(json!({"configurationValues": failing}))
            .await
            .of_status(201);
        assert_eq!(deployment.settled().await["status"], "Failed");
        house.restart().await;
        assert_eq!(deployment.read().await["status"], "Failed");
        eventually("the revision before serves", async || {
            (deployment.call("/service").await.text == "ok").then_some(())
        })
        .await;
    });
}
