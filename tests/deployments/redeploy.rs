//! POST /{projectKey}/deployments/{id}: values merge, the address stays, and what serves goes on until the new revision does.

use serde_json::{Value, json};

use crate::house::{Deployment, in_a_project, in_the_house, report, values};

#[test]
fn a_redeploy_merges_values_and_keeps_the_address() {
    in_a_project(async |shop| {
        let draft = shop.draft("minimal").await.previewed().await;
        let deployment = draft
            .deployed(values(
                "service",
                &[("GREETING", "hi")],
                &[("TOKEN", "s3cret-token")],
            ))
            .await;
        let before = deployment.application("service").await;
        // As the official client re-runs a preview: empty lists for every application.
        deployment.redeploy(json!({"updateConnector": true, "configurationValues": values("service", &[], &[])})).await.of_status(201);
        assert_eq!(deployment.settled().await["status"], "Deployed");
        assert_eq!(deployment.application("service").await, before);
        let seen = deployment.call("/service").await.of_status(200);
        assert_eq!(
            (
                &seen["environment"]["GREETING"],
                &seen["environment"]["TOKEN"]
            ),
            (&json!("hi"), &json!("s3cret-token"))
        );
        // An empty value of a key that is not required removes it.
        let removed = values("service", &[("GREETING", "")], &[("TOKEN", "")]);
        deployment
            .redeploy(json!({"configurationValues": removed}))
            .await
            .of_status(201);
        assert_eq!(deployment.settled().await["status"], "Deployed");
        let seen = deployment.call("/service").await.of_status(200);
        assert_eq!(
            (
                &seen["environment"]["GREETING"],
                seen["environment"].get("TOKEN")
            ),
            (&json!("hello"), None)
        );
    });
}

#[test]
fn a_deployment_moves_to_the_newest_connector_only_when_it_is_told_to() {
    in_a_project(async |shop| {
        let draft = shop.draft("minimal").await.published().await;
        let mut body = draft.deployment(json!([]));
        body["connector"] = json!({"id": draft.id});
        let deployment = Deployment::create(&shop, &body).await;
        assert_eq!(deployment.settled().await["status"], "Deployed");
        let yaml = crate::house::fixture("minimal/connect.yaml")
            .replace("default: hello", "default: salute");
        shop.commit("minimal", &[("connect.yaml", &yaml)], "v2");
        draft
            .act(json!([{"action": "setRepository", "tag": "v2"}]))
            .await
            .of_status(201);
        draft.published().await;
        for (update, tag, greeting) in [(false, "v1", "hello"), (true, "v2", "salute")] {
            deployment
                .redeploy(json!({"updateConnector": update}))
                .await
                .of_status(201);
            let settled = deployment.settled().await;
            assert_eq!(
                (
                    &settled["status"],
                    &settled["connector"]["repository"]["tag"]
                ),
                (&json!("Deployed"), &json!(tag))
            );
            let seen = deployment.call("/service").await.of_status(200);
            assert_eq!(seen["environment"]["GREETING"], greeting);
        }
    });
}

#[test]
fn a_newer_connector_that_needs_more_is_refused_with_the_cause() {
    in_a_project(async |shop| {
        let draft = shop.draft("minimal").await.previewed().await;
        let deployment = draft.deployed(json!([])).await;
        let yaml = crate::house::fixture("minimal/connect.yaml")
            .replace("default: hello", "required: true")
            .replace("required: false", "required: true");
        shop.commit("minimal", &[("connect.yaml", &yaml)], "v2");
        draft
            .act(json!([{"action": "setRepository", "tag": "v2"}]))
            .await
            .of_status(201);
        let told = deployment
            .redeploy(json!({"updateConnector": true}))
            .await
            .errors();
        insta::assert_snapshot!(told, @"
        400
        DeploymentConnectorUpdateFailure: Deployment with id={id} failed while trying to update Connector id={id} (cause: Connector id={id} or key={shop}-minimal with version 4 is not previewable)
        ");
        draft.previewed().await;
        let told = deployment
            .redeploy(json!({"updateConnector": true}))
            .await
            .errors();
        insta::assert_snapshot!(told, @"
        400
        DeploymentConnectorUpdateFailure: Deployment with id={id} failed while trying to update Connector id={id} (cause: Deployment requires standard configuration with key GREETING for application named service. Deployment requires secret configuration with key TOKEN for application named service.)
        ");
        assert_eq!(deployment.read().await["status"], "Deployed");
    });
}

#[test]
fn a_redeploy_that_does_not_start_leaves_the_old_revision_serving() {
    in_a_project(async |shop| {
        let draft = shop.draft("minimal").await.previewed().await;
        let deployment = draft.deployed(json!([])).await;
        shop.commit(
            "minimal",
            &[("service/index.js", "throw new Error('not today');")],
            "v2",
        );
        draft
            .act(json!([{"action": "setRepository", "tag": "v2"}]))
            .await
            .of_status(201);
        draft.previewed().await;
        deployment
            .redeploy(json!({"updateConnector": true}))
            .await
            .of_status(201);
        let failed = deployment.settled().await;
        assert_eq!(failed["status"], "Failed");
        let told = report(&failed["details"]["build"]["report"]);
        assert!(told.contains("Error: not today"), "{told}");
        let seen = deployment.call("/service").await.of_status(200);
        assert!(
            seen["environment"]["K_REVISION"]
                .as_str()
                .unwrap()
                .ends_with("-00001"),
            "{seen}"
        );
    });
}

#[test]
fn what_a_redeploy_does_not_take_is_told() {
    in_a_project(async |shop| {
        let draft = shop.draft("minimal").await.previewed().await;
        let deployment = draft.deployed(json!([])).await;
        let told = [
            deployment
                .redeploy(json!({"configurationValues": []}))
                .await
                .errors(),
            deployment
                .redeploy(json!({"configurationValues": values("nothing", &[], &[])}))
                .await
                .errors(),
            deployment
                .redeploy(
                    json!({"configurationValues": values("service", &[("COLOR", "red")], &[])}),
                )
                .await
                .errors(),
            shop.post(
                &deployment.path(""),
                &json!({"version": 1, "actions": [{"action": "redeploy"}]}),
            )
            .await
            .errors(),
            shop.post(
                &deployment.path(""),
                &json!({"version": 2, "actions": [{"action": "restart"}]}),
            )
            .await
            .errors(),
        ];
        insta::assert_snapshot!(told.join("\n"), @"
        400
        DeploymentApplicationRequired: A Deployment requires at least one application
        400
        DeploymentApplicationDoNotBelong: Deployment with id={id} or key=- does not include application: nothing
        400
        DeploymentUnknownApplicationConfigurationKey: Deployment does not require standard configuration with key COLOR for application named service.
        409
        ConcurrentModification: Version mismatch. Concurrent modification: expected version 1, the current version is 2.
          expectedVersion: 1
          currentVersion: 2
        400
        InvalidJsonInput: Request body does not contain valid JSON.
          detailedErrorMessage: actions[0].action is 'restart'; it takes redeploy
        ");
        assert_eq!(deployment.read().await["version"], 2);
    });
}

#[test]
fn one_run_at_a_time() {
    in_a_project(async |shop| {
        let draft = shop.draft("slow-start").await.previewed().await;
        let deployment = draft.deploy(json!([])).await;
        let redeploy = deployment.redeploy(json!({})).await;
        let undeploy = shop.delete(&deployment.path("")).await;
        assert_eq!(deployment.settled().await["status"], "Deployed");
        insta::assert_snapshot!([redeploy.errors(), undeploy.errors()].join("\n"), @"
        400
        DeploymentInvalidStatusTransition: Invalid status change: Already deploying
        400
        DeploymentInvalidStatusTransition: Invalid status change: Already deploying
        ");
    });
}

#[test]
fn a_redeploy_without_scripts_runs_none() {
    in_a_project(async |shop| {
        let draft = shop.draft("failing-post-deploy").await.previewed().await;
        let deployment = draft
            .deployed(values("service", &[("POST_DEPLOY_EXIT_CODE", "0")], &[]))
            .await;
        let failing = values("service", &[("POST_DEPLOY_EXIT_CODE", "3")], &[]);
        let fields = json!({"skipScripts": true, "configurationValues": failing});
        deployment.redeploy(fields).await.of_status(201);
        assert_eq!(deployment.settled().await["status"], "Deployed");
        assert_eq!(
            deployment.read().await["applications"][0]["standardConfiguration"][0]["value"],
            Value::from("3")
        );
    });
}

#[test]
fn several_redeploys_in_one_update_are_applied_in_order() {
    in_a_project(async |shop| {
        let draft = shop.draft("minimal").await.previewed().await;
        let deployment = draft.deployed(json!([])).await;
        let redeploy = |values: Value| json!({"action": "redeploy", "configurationValues": values});
        let actions = json!([
            redeploy(values("service", &[("GREETING", "hi")], &[])),
            redeploy(values("service", &[], &[("TOKEN", "s3cret-token")])),
        ]);
        let body = json!({"version": 2, "actions": actions});
        let begun = shop.post(&deployment.path(""), &body).await.of_status(201);
        assert_eq!(begun["version"], 3);
        assert_eq!(deployment.settled().await["status"], "Deployed");
        let seen = deployment.call("/service").await.of_status(200);
        assert_eq!(
            (
                &seen["environment"]["GREETING"],
                &seen["environment"]["TOKEN"]
            ),
            (&json!("hi"), &json!("s3cret-token"))
        );
    });
}

#[test]
fn a_project_that_a_draft_no_longer_names_keeps_what_it_has_and_gets_nothing_newer() {
    in_the_house(async |house| {
        let (owner, friend) = (house.project().await, house.project().await);
        let draft = owner.draft("minimal").await.previewed().await;
        let project = format!("europe-west1.gcp:{}", friend.key);
        let names = |action: &str| json!([{"action": action, "privateProject": project}]);
        draft.act(names("addPrivateProject")).await.of_status(201);
        let body = draft.deployment(json!([]));
        let deployment = Deployment::create(&friend, &body).await;
        assert_eq!(deployment.settled().await["status"], "Deployed");
        let secret = json!([{"action": "setName", "name": "secret"}]);
        draft.act(secret).await.of_status(201);
        draft
            .act(names("removePrivateProject"))
            .await
            .of_status(201);
        let newer = json!({"updateConnector": true});
        insta::assert_snapshot!(deployment.redeploy(newer).await.errors(), @"
        400
        DeploymentConnectorUpdateFailure: Deployment with id={id} failed while trying to update Connector id={id} (cause: the draft no longer exists)
        ");
        deployment.redeploy(json!({})).await.of_status(201);
        let settled = deployment.settled().await;
        assert_eq!(
            (&settled["status"], &settled["connector"]["name"]),
            (&json!("Deployed"), &json!("minimal"))
        );
    });
}
