//! `deploy`: an application that does not start, or a script that fails, is told as its author needs it, and nothing of it stays.

use serde_json::json;

use crate::house::{in_a_project, values};

#[test]
fn an_application_that_crashes_at_its_start_is_told_with_its_last_words() {
    in_a_project(async |shop| {
        let draft = shop.draft("crashes-at-start").await.previewed().await;
        let deployment = draft.deploy(json!([])).await;
        assert_eq!(deployment.settled().await["status"], "Failed");
        let told = deployment.report().await;
        // The rest is output of two streams, whose order is nobody's, and Node's own words.
        insta::assert_snapshot!(told.lines().take(2).collect::<Vec<_>>().join("\n"), @"
        Error [service]: Application did not start
          The application ended with exit code 1 before it listened on port 8080 and was healthy. Start it on your machine with the same configuration values to see the same failure. Its last lines:
        ");
        for line in [
            "\n    starting",
            "\n    Error: The database is not configured.",
        ] {
            assert!(told.contains(line), "{told}");
        }
        deployment
            .logged("The database is not configured.", 1)
            .await;
        let call = deployment.call("/service").await;
        insta::assert_snapshot!(call.errors(), @"
        404
        ResourceNotFound: No application with this id is deployed. Its URL is in `applications` of its Deployment.
        ");
    });
}

#[test]
fn an_application_that_listens_nowhere_is_told_the_port() {
    in_a_project(async |shop| {
        let draft = shop.draft("never-listens").await.previewed().await;
        let deployment = draft.deploy(json!([])).await;
        assert_eq!(deployment.settled().await["status"], "Failed");
        insta::assert_snapshot!(deployment.report().await, @"
        Error [service]: Application did not start
          The application runs, but listened on no port for 15 seconds; Connect sends requests to port 8080 (PORT). Listen on process.env.PORT, on all addresses. Its last lines:
            up, but not listening
        ");
    });
}

#[test]
fn an_application_that_listens_elsewhere_is_told_where() {
    in_a_project(async |shop| {
        let draft = shop
            .draft("listens-on-another-port")
            .await
            .previewed()
            .await;
        let deployment = draft.deploy(json!([])).await;
        assert_eq!(deployment.settled().await["status"], "Failed");
        insta::assert_snapshot!(deployment.report().await, @"
        Error [service]: Application did not start
          It listens on port 3000; Connect sends requests to port 8080 (PORT), which stayed closed for 15 seconds. Listen on process.env.PORT, on all addresses. Its last lines:
            listening on port 3000
        ");
    });
}

#[test]
fn an_application_that_takes_its_time_is_waited_for() {
    in_a_project(async |shop| {
        let draft = shop.draft("slow-start").await.previewed().await;
        let deployment = draft.deployed(json!([])).await;
        assert_eq!(deployment.call("/service").await.status, 200);
    });
}

#[test]
fn a_failing_post_deploy_is_told_and_the_revision_before_goes_on() {
    in_a_project(async |shop| {
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
        insta::assert_snapshot!(deployment.report().await, @"
        Information [service]: Application started
        Error [service]: Failed during the execution of 'postDeploy' script
          The script ended with exit code 3. It must end with exit code 0, also when it runs a second time; its whole output is in the logs. Its last lines:
            postDeploy: line 11 of 30
            postDeploy: line 12 of 30
            postDeploy: line 13 of 30
            postDeploy: line 14 of 30
            postDeploy: line 15 of 30
            postDeploy: line 16 of 30
            postDeploy: line 17 of 30
            postDeploy: line 18 of 30
            postDeploy: line 19 of 30
            postDeploy: line 20 of 30
            postDeploy: line 21 of 30
            postDeploy: line 22 of 30
            postDeploy: line 23 of 30
            postDeploy: line 24 of 30
            postDeploy: line 25 of 30
            postDeploy: line 26 of 30
            postDeploy: line 27 of 30
            postDeploy: line 28 of 30
            postDeploy: line 29 of 30
            postDeploy: line 30 of 30
        ");
        assert_eq!(deployment.call("/service").await.text, "ok");
        let revisions = shop
            .get(&deployment.path("/revisions"))
            .await
            .of_status(200);
        assert_eq!(revisions["total"], 1);
    });
}

#[test]
fn a_deployment_that_failed_is_mended_by_a_redeploy() {
    in_a_project(async |shop| {
        let draft = shop.draft("failing-post-deploy").await.previewed().await;
        let deployment = draft.deploy(json!([])).await;
        assert_eq!(deployment.settled().await["status"], "Failed");
        assert_eq!(deployment.call("/service").await.status, 404);
        let mended = values("service", &[("POST_DEPLOY_EXIT_CODE", "0")], &[]);
        deployment
            .redeploy(json!({"configurationValues": mended}))
            .await
            .of_status(201);
        assert_eq!(deployment.settled().await["status"], "Deployed");
        assert_eq!(deployment.call("/service").await.text, "ok");
    });
}

#[test]
fn a_post_deploy_that_succeeds_is_in_the_report() {
    in_a_project(async |shop| {
        let draft = shop.draft("failing-post-deploy").await.previewed().await;
        let deployment = draft
            .deployed(values("service", &[("POST_DEPLOY_EXIT_CODE", "0")], &[]))
            .await;
        insta::assert_snapshot!(deployment.report().await, @"
        Information [service]: Application started
        Information [service]: Executed the 'postDeploy' script
        ");
    });
}
