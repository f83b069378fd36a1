//! Revisions: what once served can serve again (contract, sections 9.1 and 16).

use serde_json::{Value, json};

use crate::house::{Deployment, Project, in_a_project, redacted, report, values};

async fn three_revisions(shop: &Project) -> Deployment {
    let draft = shop.draft("minimal").await.previewed().await;
    let deployment = draft
        .deployed(values(
            "service",
            &[("GREETING", "one")],
            &[("TOKEN", "s3cret-token")],
        ))
        .await;
    for greeting in ["two", "three"] {
        let values = values("service", &[("GREETING", greeting)], &[]);
        deployment
            .redeploy(json!({"configurationValues": values}))
            .await
            .of_status(201);
        assert_eq!(deployment.settled().await["status"], "Deployed");
    }
    deployment
}

async fn rollback(deployment: &Deployment, revision: &str) -> crate::house::Answer {
    let version = deployment.read().await["version"].clone();
    let path = deployment.path(&format!("/revisions/{revision}/rollback"));
    deployment
        .project
        .post(&path, &json!({"version": version}))
        .await
}

#[test]
fn every_deployment_that_served_is_listed_newest_first() {
    in_a_project(async |shop| {
        let deployment = three_revisions(&shop).await;
        let page = shop
            .get(&deployment.path("/revisions?limit=2"))
            .await
            .of_status(200);
        let told = |page: &Value| -> Vec<Value> {
            let results = page["results"].as_array().unwrap().iter();
            results
                .map(|one| json!([one["revisionNumber"], one["currentRevision"]]))
                .collect()
        };
        assert_eq!(
            json!([page["limit"], page["offset"], page["count"], page["total"]]),
            json!([2, 0, 2, 3])
        );
        assert_eq!(told(&page), [json!([3, true]), json!([2, false])]);
        let answer = shop.get(&deployment.path("/revisions/1")).await;
        answer.of_status(200);
        insta::assert_snapshot!(redacted(&answer.text), @r#"{"revisionNumber":1,"currentRevision":false,"createdAt":"{time}","connector":{"id":"{id}","version":3,"repository":{"url":"https://github.com/tests/{shop}/minimal.git","tag":"v1"}},"applications":[{"id":"{id}","applicationName":"service","standardConfiguration":[{"key":"GREETING","value":"one"}],"securedConfiguration":[{"key":"TOKEN","value":"********"}],"url":"http://{platform}/apps/{id}"}]}"#);
    });
}

#[test]
fn a_rollback_serves_what_an_earlier_revision_served() {
    in_a_project(async |shop| {
        let deployment = three_revisions(&shop).await;
        let url = deployment.application("service").await["url"].clone();
        let begun = rollback(&deployment, "1").await.of_status(201);
        assert_eq!(
            (&begun["status"], &begun["rollbackRevision"]),
            (&json!("Deploying"), &json!(1))
        );
        let settled = deployment.settled().await;
        assert_eq!(
            settled["status"],
            "Deployed",
            "{}",
            report(&settled["details"]["build"]["report"])
        );
        assert_eq!(deployment.application("service").await["url"], url);
        let seen = deployment.call("/service").await.of_status(200);
        assert_eq!(
            (
                &seen["environment"]["GREETING"],
                &seen["environment"]["TOKEN"]
            ),
            (&json!("one"), &json!("s3cret-token"))
        );
        let page = shop
            .get(&deployment.path("/revisions"))
            .await
            .of_status(200);
        assert_eq!(page["total"], 4);
        assert_eq!(page["results"][0]["currentRevision"], true);
        deployment.redeploy(json!({})).await.of_status(201);
        assert_eq!(
            deployment.settled().await.get("rollbackRevision"),
            None::<&Value>
        );
    });
}

#[test]
fn a_rollback_that_cannot_be_is_told() {
    in_a_project(async |shop| {
        let deployment = three_revisions(&shop).await;
        let stale = shop
            .post(
                &deployment.path("/revisions/1/rollback"),
                &json!({"version": 1}),
            )
            .await;
        let mut told = vec![stale.errors()];
        for revision in ["3", "9", "0", "first"] {
            told.push(rollback(&deployment, revision).await.errors());
        }
        insta::assert_snapshot!(told.join("\n"), @"
        409
        ConcurrentModification: Version mismatch. Concurrent modification: expected version 1, the current version is 6.
          expectedVersion: 1
          currentVersion: 6
        400
        DeploymentRollbackNotAllowed: The Deployment cannot be rolled back to revision 3: it is the current revision
        404
        ResourceNotFound: The DeploymentRevision with number 9 was not found.
        400
        InvalidPathParam: Request path param is not valid
          detailedErrorMessage: '0' is no revision number; it is a whole number from 1
        400
        InvalidPathParam: Request path param is not valid
          detailedErrorMessage: 'first' is no revision number; it is a whole number from 1
        ");
    });
}

#[test]
fn there_is_no_rollback_while_a_run_goes_on() {
    in_a_project(async |shop| {
        let draft = shop.draft("slow-start").await.previewed().await;
        let deployment = draft.deployed(json!([])).await;
        deployment.redeploy(json!({})).await.of_status(201);
        let refused = rollback(&deployment, "1").await;
        assert_eq!(deployment.settled().await["status"], "Deployed");
        insta::assert_snapshot!(refused.errors(), @"
        400
        DeploymentRollbackNotAllowed: The Deployment cannot be rolled back to revision 1: it is the current revision
        ");
    });
}

#[test]
fn a_deployment_that_failed_has_no_revision_to_show() {
    in_a_project(async |shop| {
        let deployment = shop
            .draft("crashes-at-start")
            .await
            .previewed()
            .await
            .deploy(json!([]))
            .await;
        assert_eq!(deployment.settled().await["status"], "Failed");
        let page = shop
            .get(&deployment.path("/revisions"))
            .await
            .of_status(200);
        assert_eq!(page["total"], 0);
    });
}
