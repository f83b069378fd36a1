//! `undeploy`: preUndeploy runs first, and its failure stops the undeploy until somebody forces it (contract, section 16).

use serde_json::json;

use crate::house::{in_a_project, report, values};

#[test]
fn a_failing_pre_undeploy_is_told_and_everything_goes_on_serving_until_it_is_forced() {
    in_a_project(async |shop| {
        let draft = shop.draft("failing-pre-undeploy").await.previewed().await;
        let deployment = draft.deployed(json!([])).await;
        let failed = deployment.undeploy("").await.expect("it is still there");
        assert_eq!(failed["status"], "UndeployFailed");
        insta::assert_snapshot!(report(&failed["details"]["build"]["report"]), @"
        Error [service]: Failed during the execution of 'preUndeploy' script
          The script ended with exit code 4. It must end with exit code 0, also when it runs a second time; its whole output is in the logs. Its last lines:
            preUndeploy: line 11 of 30
            preUndeploy: line 12 of 30
            preUndeploy: line 13 of 30
            preUndeploy: line 14 of 30
            preUndeploy: line 15 of 30
            preUndeploy: line 16 of 30
            preUndeploy: line 17 of 30
            preUndeploy: line 18 of 30
            preUndeploy: line 19 of 30
            preUndeploy: line 20 of 30
            preUndeploy: line 21 of 30
            preUndeploy: line 22 of 30
            preUndeploy: line 23 of 30
            preUndeploy: line 24 of 30
            preUndeploy: line 25 of 30
            preUndeploy: line 26 of 30
            preUndeploy: line 27 of 30
            preUndeploy: line 28 of 30
            preUndeploy: line 29 of 30
            preUndeploy: line 30 of 30
        ");
        assert_eq!(deployment.call("/service").await.text, "ok");
        assert_eq!(deployment.undeploy("?force=true").await, None);
    });
}

#[test]
fn a_pre_undeploy_that_was_mended_lets_the_deployment_go() {
    in_a_project(async |shop| {
        let draft = shop.draft("failing-pre-undeploy").await.previewed().await;
        let deployment = draft.deployed(json!([])).await;
        deployment.undeploy("").await.expect("it is still there");
        let mended = values("service", &[("PRE_UNDEPLOY_EXIT_CODE", "0")], &[]);
        deployment
            .redeploy(json!({"configurationValues": mended}))
            .await
            .of_status(201);
        assert_eq!(deployment.settled().await["status"], "Deployed");
        assert_eq!(deployment.undeploy("").await, None);
    });
}
