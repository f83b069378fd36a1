//! POST /{projectKey}/deployments: what cannot be deployed is refused with every reason at once, and leaves nothing behind.

use serde_json::{Value, json};

use crate::house::{Draft, in_a_project, values};

async fn refused(draft: &Draft, change: Value) -> String {
    let shop = &draft.project;
    let mut body = draft.deployment(json!([]));
    body.as_object_mut()
        .unwrap()
        .extend(change.as_object().unwrap().clone());
    let errors = shop.post(&shop.deployments(""), &body).await.errors();
    assert_eq!(
        shop.get(&shop.deployments("")).await.of_status(200)["total"],
        0
    );
    errors
}

#[test]
fn every_missing_empty_and_unknown_value_is_told_at_once() {
    in_a_project(async |shop| {
        let draft = shop.draft("required-value").await.previewed().await;
        insta::assert_snapshot!(refused(&draft, json!({})).await, @"
        400
        DeploymentMissingApplicationConfigurationKey: Deployment requires standard configuration with key STORE for application named service.
        DeploymentMissingApplicationConfigurationKey: Deployment requires secret configuration with key TOKEN for application named service.
        ");
        let wrong = values(
            "service",
            &[
                ("TOKEN", "in the wrong list"),
                ("STORE", ""),
                ("COLOR", "red"),
            ],
            &[("SHADE", "dark")],
        );
        insta::assert_snapshot!(refused(&draft, json!({"configurations": wrong})).await, @"
        400
        DeploymentUnknownApplicationConfigurationKey: Deployment does not require standard configuration with key COLOR for application named service.
        DeploymentEmptyRequiredApplicationConfigurationKey: Deployment requires a non empty value for standard configuration with key STORE for application named service.
        DeploymentUnknownApplicationConfigurationKey: Deployment does not require standard configuration with key TOKEN for application named service.
        DeploymentUnknownApplicationConfigurationKey: Deployment does not require secret configuration with key SHADE for application named service.
        ");
        let unknown = values("nothing", &[("STORE", "eu")], &[]);
        insta::assert_snapshot!(refused(&draft, json!({"configurations": unknown})).await, @"
        400
        DeploymentUnknownApplicationConfiguration: Deployment does not require configuration for application named 'nothing'.
        DeploymentMissingApplicationConfigurationKey: Deployment requires standard configuration with key STORE for application named service.
        DeploymentMissingApplicationConfigurationKey: Deployment requires secret configuration with key TOKEN for application named service.
        ");
    });
}

#[test]
fn global_values_are_checked_like_those_of_an_application() {
    in_a_project(async |shop| {
        shop.repository("minimal");
        let yaml = crate::house::fixture("minimal/connect.yaml")
            + "inheritAs:\n  configuration:\n    standardConfiguration:\n      - { key: SHOP, description: Which shop, required: true }\n    securedConfiguration:\n      - { key: PIN, description: Its pin, required: true }\n";
        shop.commit("minimal", &[("connect.yaml", &yaml)], "v1");
        let draft = shop.draft("minimal").await.previewed().await;
        insta::assert_snapshot!(refused(&draft, json!({})).await, @"
        400
        DeploymentMissingGlobalConfigurationKey: Deployment global configuration requires standard with key SHOP.
        DeploymentMissingGlobalConfigurationKey: Deployment global configuration requires secret with key PIN.
        ");
        let wrong = json!({"standardConfiguration": [{"key": "SHOP", "value": ""}, {"key": "COLOR", "value": "red"}]});
        insta::assert_snapshot!(refused(&draft, json!({"globalConfiguration": wrong})).await, @"
        400
        DeploymentUnknownGlobalConfigurationKey: Deployment global configuration does not require standard with key COLOR.
        DeploymentEmptyRequiredGlobalConfigurationKey: Deployment requires a non empty value for standard global configuration with key SHOP.
        DeploymentMissingGlobalConfigurationKey: Deployment global configuration requires secret with key PIN.
        ");
    });
}

#[test]
fn a_region_that_the_connector_does_not_support_is_refused() {
    in_a_project(async |shop| {
        let draft = shop.draft("minimal").await.previewed().await;
        draft
            .act(json!([{"action": "setSupportedRegions", "regions": ["us-central1.gcp"]}]))
            .await
            .of_status(201);
        insta::assert_snapshot!(refused(&draft, json!({})).await, @"
        400
        DeploymentUnsupportedRegion: Deployment unsupported region europe-west1.gcp
        ");
        insta::assert_snapshot!(refused(&draft, json!({"region": "mars-1.gcp"})).await, @"
        400
        InvalidJsonInput: Request body does not contain valid JSON.
          detailedErrorMessage: region is 'mars-1.gcp'; it takes europe-west1.gcp, us-central1.gcp, australia-southeast1.gcp, us-east-2.aws or eu-central-1.aws
        ");
    });
}

#[test]
fn a_type_that_does_not_fit_is_refused() {
    in_a_project(async |shop| {
        let draft = shop
            .draft("minimal")
            .await
            .previewed()
            .await
            .published()
            .await;
        let told = [
            refused(&draft, json!({"type": "production"})).await,
            refused(
                &draft,
                json!({"type": "preview", "connector": {"id": draft.id}}),
            )
            .await,
        ];
        insta::assert_snapshot!(told.join("\n"), @"
        400
        DeploymentInvalidType: The Connector id={id} or key={shop}-minimal cannot be deployed as a 'production' type. Only 'preview' types are allowed.
        400
        DeploymentInvalidType: The Connector id={id} or key={shop}-minimal cannot be deployed as a 'preview' type. Only 'sandbox' and 'production' types are allowed.
        ");
    });
}

#[test]
fn a_draft_that_is_not_previewable_is_not_deployed() {
    in_a_project(async |shop| {
        let draft = shop.draft("failing-build").await;
        insta::assert_snapshot!(refused(&draft, json!({})).await, @"
        400
        ConnectorStagedNotPreviewable: Connector id={id} or key={shop}-failing-build with version 1 is not previewable
        ");
        assert_eq!(draft.preview().await["isPreviewable"], "false");
        insta::assert_snapshot!(refused(&draft, json!({})).await, @"
        400
        ConnectorStagedNotPreviewable: Connector id={id} or key={shop}-failing-build with version 3 is not previewable
        ");
    });
}

#[test]
fn a_connector_that_is_not_there_is_told() {
    in_a_project(async |shop| {
        let draft = shop.draft("minimal").await;
        let told = [
            refused(&draft, json!({"connector": {"id": draft.id}})).await,
            refused(&draft, json!({"connector": {"key": "nothing"}})).await,
            refused(
                &draft,
                json!({"connector": {"id": draft.id, "staged": true, "version": 9}}),
            )
            .await,
            refused(&draft, json!({"connector": {}})).await,
        ];
        insta::assert_snapshot!(told.join("\n"), @"
        400
        ConnectorReferenceNotFound: Connector '{id}' with version latest not found
        400
        ConnectorReferenceNotFound: Connector 'nothing' with version latest not found
        400
        ConnectorReferenceNotFound: Connector '{id}' with version 9 not found
        400
        InvalidJsonInput: Request body does not contain valid JSON.
          detailedErrorMessage: connector: neither id nor key is given; name the Connector by one of them
        ");
    });
}

#[test]
fn a_schedule_and_a_retry_policy_fit_their_application_or_are_refused() {
    in_a_project(async |shop| {
        let draft = shop.draft("minimal-job").await.previewed().await;
        let event = shop.draft("minimal-event").await.previewed().await;
        let policy = |min: u32, max: u32| json!({"strategy": "exponential-backoff", "minBackoffSeconds": min, "maxBackoffSeconds": max});
        let told = [
            refused(&draft, json!({"configurations": [{"applicationName": "job", "schedule": "every night"}]})).await,
            refused(&draft, json!({"configurations": [{"applicationName": "job", "retryPolicy": policy(1, 2)}]})).await,
            refused(&event, json!({"configurations": [{"applicationName": "event", "schedule": "@daily"}]})).await,
            refused(&event, json!({"configurations": [{"applicationName": "event", "retryPolicy": policy(60, 10)}]})).await,
        ];
        insta::assert_snapshot!(told.join("\n"), @r#"
        400
        InvalidJsonInput: Request body does not contain valid JSON.
          detailedErrorMessage: configurations[0].schedule: a schedule has five fields (minute, hour, day of month, month, day of week), as in "0 2 * * *"; this one has 2
        400
        DeploymentRetryPolicyOverrideNotAllowed: Application 'job' is not an event application and takes no retry policy.
        400
        InvalidJsonInput: Request body does not contain valid JSON.
          detailedErrorMessage: configurations[0].schedule: 'event' is not of type job and has no schedule; remove it
        400
        DeploymentInvalidRetryPolicy: The retry policy of application 'event' is not valid: minBackoffSeconds must be less than or equal to maxBackoffSeconds
        "#);
    });
}

#[test]
fn a_key_is_taken_within_its_project() {
    in_a_project(async |shop| {
        let draft = shop.draft("minimal").await.previewed().await;
        let mut body = draft.deployment(json!([]));
        body["key"] = json!("tax");
        shop.post(&shop.deployments(""), &body).await.of_status(201);
        insta::assert_snapshot!(shop.post(&shop.deployments(""), &body).await.errors(), @"
        400
        DuplicateField: A duplicate value 'tax' exists for field 'key'.
          field: key
          duplicateValue: tax
        ");
        let all = shop.get(&shop.deployments("")).await.of_status(200);
        assert_eq!(all["total"], 1);
    });
}
