//! A platform that is cut off from everything after any change of a redeploy, and started again, ends the redeploy: the new revision serves
//! by its own schedules.

use reqwest::Method;
use serde_json::{Value, json};
use store::keys;
use store::rows::ScheduleRow;
use uuid::Uuid;

use crate::house::{House, Project, eventually, fixture, in_a_house};

use super::cut_off::{at, cut_off};
use super::sky::{Sky, house};

fn scheduled(schedule: &str) -> Value {
    json!([{"applicationName": "job", "schedule": schedule}])
}

/// A service and a job.
async fn deployed(shop: &Project) -> String {
    shop.repository("minimal");
    let yaml = fixture("minimal/connect.yaml").replace(
        "deployAs:\n",
        "deployAs:\n  - name: job\n    applicationType: job\n    endpoint: /job\n    properties: { schedule: '@daily' }\n",
    );
    let package = fixture("minimal-job/job/package.json");
    let code = fixture("minimal-job/job/index.js");
    let files = [
        ("connect.yaml", yaml.as_str()),
        ("job/package.json", &package),
        ("job/index.js", &code),
    ];
    shop.commit("minimal", &files, "v1");
    let draft = shop.draft("minimal").await.previewed().await;
    draft.deployed(scheduled("0 1 * * *")).await.id
}

async fn schedule_of(house: &House, job: &Value) -> Option<String> {
    let job: Uuid = job["id"].as_str().unwrap().parse().unwrap();
    let store = &house.platform().desk.store;
    let row: Option<ScheduleRow> = store.get(&keys::schedule(job)).await.unwrap();
    row.map(|row| row.schedule.to_string())
}

#[test]
fn a_platform_that_is_cut_off_after_any_change_of_a_redeploy_ends_it_with_its_schedules() {
    let sky = Sky::default();
    in_a_house(house(&sky), async |house| {
        let mut shop = house.project().await;
        let id = deployed(&shop).await;
        let (mut changes, mut died) = (0, true);
        while died {
            let schedule = format!("{changes} 3 * * *");
            let redeploy = json!({"configurationValues": scheduled(&schedule)});
            at(&shop, &id).redeploy(redeploy).await.of_status(201);
            sky.dies_after(changes);
            died = cut_off(house, &sky).await;
            shop = shop.log_in_again().await;
            let deployment = at(&shop, &id);
            let settled = deployment.settled().await;
            let told = format!("after {changes} changes: {settled}");
            assert_eq!(settled["status"], "Deployed", "{told}");
            changes += 1;
            let revisions = shop.get(&deployment.path("/revisions")).await;
            assert_eq!(revisions.of_status(200)["total"], changes + 1, "{told}");
            let job = deployment.application("job").await;
            assert_eq!(schedule_of(house, &job).await, Some(schedule), "{told}");
            let suffix = format!("-{:05}", changes + 1);
            eventually("the new revision answers", async || {
                let answer = deployment.call("/service").await;
                let seen: Value = serde_json::from_str(&answer.text).ok()?;
                let revision = seen["environment"]["K_REVISION"].as_str()?;
                revision.ends_with(&suffix).then_some(())
            })
            .await;
        }
        assert!(changes > 4, "a redeploy has changes: {changes}");
        let request = shop.request(Method::DELETE, &at(&shop, &id).path(""));
        shop.send(request).await.of_status(202);
        assert_eq!(at(&shop, &id).gone().await, None);
    });
}
