//! Executions of jobs: run now, and what came of it.

use std::time::Duration;

use jiff::Timestamp;
use reqwest::Method;
use serde_json::{Value, json};

use crate::house::{
    Deployment, Project, eventually, in_a_house_of_its_own, in_a_project, redacted,
};

async fn job(shop: &Project) -> Deployment {
    shop.draft("minimal-job")
        .await
        .previewed()
        .await
        .deployed(json!([]))
        .await
}

async fn ended(deployment: &Deployment, count: usize) -> Vec<Value> {
    eventually(&format!("{count} executions end"), async || {
        let path = deployment.path("/applications/job/executions");
        let page = deployment.project.get(&path).await.of_status(200);
        let results = page["results"].as_array().unwrap().clone();
        let open = results
            .iter()
            .any(|one| one["state"] == "queued" || one["state"] == "running");
        (results.len() == count && !open).then_some(results)
    })
    .await
}

#[test]
fn a_job_runs_when_it_is_asked_to() {
    in_a_project(async |shop| {
        let deployment = job(&shop).await;
        let path = deployment.path("/applications/job/executions");
        let asked = shop
            .send(shop.request(Method::POST, &path))
            .await
            .of_status(201);
        insta::assert_snapshot!(redacted(asked.to_string()), @r#"{"id":"{id}","state":"queued","scheduledTime":"{time}"}"#);
        let execution = ended(&deployment, 1).await.remove(0);
        insta::assert_snapshot!(redacted(execution.to_string()), @r#"{"id":"{id}","state":"succeeded","scheduledTime":"{time}","startedAt":"{time}","endedAt":"{time}","statusCode":200}"#);
        let logged = deployment.logged("the job ran", 1).await;
        assert_eq!(logged[0]["details"]["method"], "POST");
        assert_eq!(logged[0]["details"]["execution"], asked["id"]);
        assert_eq!(
            logged[0]["details"]["scheduledTime"],
            asked["scheduledTime"]
        );
    });
}

#[test]
fn a_job_that_answers_an_error_has_a_failed_execution() {
    in_a_project(async |shop| {
        shop.repository("minimal-job");
        let failing = crate::house::fixture("minimal-job/job/index.js")
            .replace("response.end()", "response.writeHead(500).end()");
        shop.commit("minimal-job", &[("job/index.js", &failing)], "v1");
        let deployment = job(&shop).await;
        shop.post(&deployment.path("/applications/job/executions"), &json!({}))
            .await
            .of_status(201);
        let execution = ended(&deployment, 1).await.remove(0);
        assert_eq!(
            (&execution["state"], &execution["statusCode"]),
            (&json!("failed"), &json!(500))
        );
        insta::assert_snapshot!(execution["message"], @r#""the application answered 500; a job answers 2xx when it is done""#);
    });
}

#[test]
fn a_job_that_is_asked_for_while_it_runs_is_skipped() {
    in_a_project(async |shop| {
        shop.repository("minimal-job");
        let slow = crate::house::fixture("minimal-job/job/index.js")
            .replace("response.end()", "setTimeout(() => response.end(), 4000)");
        shop.commit("minimal-job", &[("job/index.js", &slow)], "v1");
        let deployment = job(&shop).await;
        let path = deployment.path("/applications/job/executions");
        let first = shop.post(&path, &json!({})).await.of_status(201);
        deployment.logged("the job ran", 1).await;
        shop.post(&path, &json!({})).await.of_status(201);
        let executions = ended(&deployment, 2).await;
        for execution in executions {
            let expected = if execution["id"] == first["id"] {
                "succeeded"
            } else {
                "skipped"
            };
            assert_eq!(execution["state"], expected, "{execution}");
        }
    });
}

#[test]
fn what_is_no_job_does_not_run() {
    in_a_project(async |shop| {
        let deployment = shop
            .draft("minimal")
            .await
            .previewed()
            .await
            .deployed(json!([]))
            .await;
        let mut told = Vec::new();
        for name in ["service", "nothing"] {
            let path = deployment.path(&format!("/applications/{name}/executions"));
            told.push(shop.post(&path, &json!({})).await.errors());
            told.push(shop.get(&path).await.errors());
        }
        insta::assert_snapshot!(told.join("\n"), @"
        400
        DeploymentApplicationNotAJob: Application 'service' is not a job and cannot be run.
        400
        DeploymentApplicationNotAJob: Application 'service' is not a job and cannot be run.
        400
        DeploymentApplicationDoesNotExist: Deployment does not have an application named nothing.
        400
        DeploymentApplicationDoesNotExist: Deployment does not have an application named nothing.
        ");
    });
}

#[test]
fn a_job_of_a_deployment_that_never_served_does_not_run() {
    in_a_project(async |shop| {
        shop.repository("minimal-job");
        shop.commit("minimal-job", &[("job/index.js", "process.exit(7)")], "v1");
        let deployment = shop
            .draft("minimal-job")
            .await
            .previewed()
            .await
            .deploy(json!([]))
            .await;
        assert_eq!(deployment.settled().await["status"], "Failed");
        let path = deployment.path("/applications/job/executions");
        insta::assert_snapshot!(shop.post(&path, &json!({})).await.errors(), @"
        400
        DeploymentInvalidStatusTransition: Invalid status change: the Deployment has no revision that serves
        ");
    });
}

#[test]
fn a_job_runs_when_its_schedule_says_so_and_once_for_each_tick() {
    in_a_house_of_its_own(async |house| {
        let shop = house.project().await;
        let daily = json!([{"applicationName": "job", "schedule": "@daily"}]);
        let deployment = shop
            .draft("minimal-job")
            .await
            .previewed()
            .await
            .deployed(daily)
            .await;
        assert_eq!(deployment.application("job").await["schedule"], "@daily");
        let to_midnight = 86_400_000 - house.time.now().millis() % 86_400_000;
        house
            .time
            .pass(Duration::from_millis(u64::try_from(to_midnight).unwrap()));
        let deployment = Deployment {
            project: shop.log_in_again().await,
            ..deployment
        };
        let execution = ended(&deployment, 1).await.remove(0);
        assert_eq!(execution["state"], "succeeded");
        let tick = execution["scheduledTime"].as_str().unwrap();
        assert!(tick.ends_with("T00:00:00.000Z"), "{tick}");
    });
}

#[test]
fn ticks_that_were_missed_while_the_platform_was_down_run_once() {
    in_a_house_of_its_own(async |house| {
        let shop = house.project().await;
        let hourly = json!([{"applicationName": "job", "schedule": "@hourly"}]);
        let draft = shop.draft("minimal-job").await.previewed().await;
        let deployment = draft.deployed(hourly).await;
        house.restart_after(Duration::from_secs(5 * 60 * 60)).await;
        let deployment = Deployment {
            project: shop.log_in_again().await,
            ..deployment
        };
        let execution = ended(&deployment, 1).await.remove(0);
        assert_eq!(execution["state"], "succeeded");
        // The next one is that of the coming hour.
        house.time.pass(Duration::from_secs(60 * 60));
        let deployment = Deployment {
            project: shop.log_in_again().await,
            ..deployment
        };
        let times: Vec<Value> = ended(&deployment, 2)
            .await
            .iter()
            .map(|one| one["scheduledTime"].clone())
            .collect();
        let times: Vec<Timestamp> = times
            .iter()
            .map(|time| time.as_str().unwrap().parse().unwrap())
            .collect();
        let between = times[0].duration_since(times[1]).as_hours();
        assert!((5..=6).contains(&between), "{times:?}");
    });
}
