//! A platform that is cut off from everything after any of its changes, and started again, ends what it had begun, once.

use std::time::Duration;

use domain::limits;
use domain::run::Run;
use reqwest::Method;
use serde_json::{Value, json};
use store::keys::lists;
use store::rows::{EventRow, ExecutionRow};
use store::{Row, Store};

use crate::house::{
    Deployment, Draft, House, Project, eventually, expect_fault, in_a_house, redacted,
};

use super::sky::{Sky, house};

async fn is_empty<R: Row>(store: &Store, list: &str) -> bool {
    let due = store.due::<R>(list, "\u{10ffff}", 1).await;
    // A look that is lost itself has met the death.
    due.is_ok_and(|due| due.is_empty())
}

/// Waits until the platform is cut off, or has nothing to do any more before it is; then kills it, and starts it in fair weather when
/// the leases that it held have ended. Whether it was cut off.
pub(super) async fn cut_off(house: &mut House, sky: &Sky) -> bool {
    eventually("all is done, or the platform is cut off", async || {
        let store = &house.platform().desk.store;
        let idle = is_empty::<Run>(store, lists::OPEN_RUNS).await
            && is_empty::<EventRow>(store, lists::PENDING_EVENTS).await
            && is_empty::<ExecutionRow>(store, lists::OPEN_EXECUTIONS).await;
        (sky.is_dead() || idle).then_some(())
    })
    .await;
    let (died, time) = (sky.is_dead(), house.time.clone());
    let started = || {
        sky.clears();
        time.pass(limits::RUN_LEASE + Duration::from_secs(1));
    };
    house.restart_when(started).await;
    died
}

pub(super) fn at(shop: &Project, deployment: &str) -> Deployment {
    Deployment {
        project: shop.clone(),
        id: deployment.to_owned(),
    }
}

#[test]
fn a_platform_that_is_cut_off_after_any_change_of_a_deploy_or_undeploy_ends_both() {
    let sky = Sky::default();
    in_a_house(house(&sky), async |house| {
        let shop = house.project().await;
        let draft = shop.draft("minimal").await.previewed().await;
        let (mut changes, mut died) = (0, true);
        while died {
            let deployment = draft.deploy(json!([])).await;
            sky.dies_after(changes);
            died = cut_off(house, &sky).await;
            let shop = shop.log_in_again().await;
            let deployment = at(&shop, &deployment.id);
            let deployed = deployment.settled().await;
            assert_eq!(
                deployed["status"], "Deployed",
                "after {changes} changes: {deployed}"
            );
            let deployments = shop.get(&shop.deployments("")).await.of_status(200);
            assert_eq!(deployments["total"], 1);
            let revisions = shop.get(&deployment.path("/revisions")).await;
            assert_eq!(revisions.of_status(200)["total"], 1);
            // After a restart Deployments come back one after the other.
            eventually("the service answers", async || {
                (deployment.call("/service").await.status == 200).then_some(())
            })
            .await;
            let request = shop.request(Method::DELETE, &deployment.path(""));
            shop.send(request).await.of_status(202);
            sky.dies_after(changes);
            died |= cut_off(house, &sky).await;
            let shop = shop.log_in_again().await;
            let deployment = at(&shop, &deployment.id);
            assert_eq!(deployment.gone().await, None, "after {changes} changes");
            changes += 1;
        }
        assert!(changes > 5, "a deploy has changes: {changes}");
    });
}

#[test]
fn a_run_at_which_the_platform_dies_again_and_again_is_given_up_and_says_where() {
    let sky = Sky::default();
    in_a_house(house(&sky), async |house| {
        let shop = house.project().await;
        // A service that does not come up keeps its worker waiting.
        let draft = shop.draft_of("setInterval(() => {}, 1000)").await;
        let deployment = draft.deploy(json!([])).await;
        for deaths in 0..limits::RUN_DEATHS {
            let run = eventually("the run is worked on again", async || {
                let run = house.open_runs(&[]).await.pop()?;
                (run.deaths == deaths && !run.steps.is_empty()).then_some(run)
            })
            .await;
            expect_fault(&run.id.to_string());
            sky.dies_after(-1);
            cut_off(house, &sky).await;
        }
        let shop = shop.log_in_again().await;
        let deployment = at(&shop, &deployment.id);
        let deployed = deployment.settled().await;
        assert_eq!(deployed["status"], "Failed", "{deployed}");
        insta::assert_snapshot!(redacted(deployment.report().await), @"
        Error: The platform could not finish this run
          The platform stopped 5 times while it worked on this run, without a word; the last step: start. It may need more memory than there is. Tell the operator, who finds it in the log under the run {id}.
        ");
    });
}

#[test]
fn a_platform_that_is_cut_off_after_any_change_of_a_preview_or_publication_ends_both() {
    let sky = Sky::default();
    in_a_house(house(&sky), async |house| {
        let mut shop = house.project().await;
        let id = shop.draft("minimal").await.id;
        let (mut changes, mut died) = (0, true);
        while died {
            // Another commit, so that all of it is fetched, checked and built.
            let tag = format!("round-{changes}");
            shop.commit("minimal", &[("service/round.txt", &tag)], &tag);
            let draft = draft(&shop, &id);
            let moved = draft.act(json!([{"action": "setRepository", "tag": tag}]));
            moved.await.of_status(201);
            let preview = draft.act(json!([{"action": "updatePreviewable"}]));
            preview.await.of_status(201);
            sky.dies_after(changes);
            died = cut_off(house, &sky).await;
            shop = shop.log_in_again().await;
            let previewed = self::draft(&shop, &id).settled().await;
            let told = format!("after {changes} changes: {previewed}");
            assert_eq!(previewed["isPreviewable"], "true", "{told}");
            let publish = json!([{"action": "publish", "certification": false}]);
            self::draft(&shop, &id).act(publish).await.of_status(201);
            sky.dies_after(changes);
            died |= cut_off(house, &sky).await;
            shop = shop.log_in_again().await;
            let published = self::draft(&shop, &id).settled().await;
            let told = format!("after {changes} changes: {published}");
            assert_eq!(published["status"], "Published", "{told}");
            changes += 1;
            let connector = shop.get(&format!("/connectors/{id}")).await.of_status(200);
            assert_eq!(connector["version"], changes, "{told}");
            let reports = shop.get(&format!("/connectors/drafts/{id}/reports")).await;
            let reports = reports.of_status(200);
            assert_eq!(reports["total"], 2 * changes);
            let results = reports["results"].as_array().unwrap();
            let passed = results.iter().all(|report| report["state"] == "Passed");
            assert!(passed, "{reports}");
            let found = shop.get("/connectors/search?text=minimal").await;
            assert_eq!(found.of_status(200)["total"], 1);
        }
        assert!(changes > 5, "a preview has changes: {changes}");
    });
}

fn draft(shop: &Project, id: &str) -> Draft {
    Draft {
        project: shop.clone(),
        id: id.to_owned(),
    }
}

/// Who publishes an event is told whether it is kept, and publishes it again where it is not told.
#[test]
fn a_platform_that_is_cut_off_after_any_change_of_a_delivery_loses_no_event() {
    let sky = Sky::default();
    in_a_house(house(&sky), async |house| {
        let mut shop = house.project().await;
        let draft = shop.draft("minimal-event").await.previewed().await;
        let id = draft.deployed(json!([])).await.id;
        let (mut changes, mut died) = (0, true);
        while died {
            died = false;
            let mut published = 0;
            let event = json!({"round": changes, "event": "one of them"});
            let deployment = at(&shop, &id);
            let topic = deployment.topic().await;
            sky.dies_after(changes);
            loop {
                published += 1;
                let kept = deployment.publish_to(&topic, &event).await.status == 200;
                died |= cut_off(house, &sky).await;
                if kept {
                    break;
                }
            }
            shop = shop.log_in_again().await;
            let deployment = at(&shop, &id);
            house.settle().await;
            let round = format!("\"round\":{changes},");
            let received = deployment.logged(&round, published).await.len();
            // Once more where it was cut off between the application's answer and the note of it.
            assert!(
                received <= published + 1,
                "after {changes} changes: {received} of {published}"
            );
            let letters = deployment.path("/applications/event/dead-letters");
            assert_eq!(shop.get(&letters).await.of_status(200)["total"], 0);
            changes += 1;
        }
        assert!(changes > 3, "a delivery has changes: {changes}");
    });
}

#[test]
fn a_platform_that_is_cut_off_after_any_change_of_an_execution_ends_it() {
    let sky = Sky::default();
    in_a_house(house(&sky), async |house| {
        let mut shop = house.project().await;
        let draft = shop.draft("minimal-job").await.previewed().await;
        let id = draft.deployed(json!([])).await.id;
        let (mut changes, mut died) = (0, true);
        while died {
            died = false;
            let path = at(&shop, &id).path("/applications/job/executions");
            sky.dies_after(changes);
            let key = format!("round-{changes}");
            let execution: Value = loop {
                let request = shop.request(Method::POST, &path).json(&json!({}));
                let answer = shop.send(request.header("idempotency-key", &key)).await;
                died |= cut_off(house, &sky).await;
                if answer.status < 500 {
                    break answer.of_status(201);
                }
            };
            shop = shop.log_in_again().await;
            house.settle().await;
            changes += 1;
            let executions = shop.get(&path).await.of_status(200);
            assert_eq!(executions["total"], changes);
            let last = &executions["results"][0];
            let told = format!("after {changes} changes: {last}");
            assert_eq!(last["id"], execution["id"], "{told}");
            assert_eq!(last["state"], "succeeded", "{told}");
            let ran = at(&shop, &id).logged(last["id"].as_str().unwrap(), 1).await;
            assert!(ran.len() <= 2, "{told} ran {} times", ran.len());
        }
        assert!(changes > 3, "an execution has changes: {changes}");
    });
}
