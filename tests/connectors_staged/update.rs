//! POST /connectors/drafts/{id}: all actions or none, at the version that the caller has seen (contract, sections 3.4 and 16).

use serde_json::{Value, json};

use crate::house::{Draft, in_a_project};

#[test]
fn every_field_is_set_in_one_step() {
    in_a_project(async |shop| {
        let draft = shop.draft("minimal").await;
        let changed = draft
            .act(json!([
                {"action": "setName", "name": "Tax sync"},
                {"action": "setDescription", "description": "Keeps taxes in step"},
                {"action": "setSupportedRegions", "regions": ["us-central1.gcp"]},
                {"action": "setIntegrationTypes", "integrationTypes": ["tax"]},
                {"action": "setDocumentationUrl", "documentationUrl": "https://example.org/docs"},
                {"action": "setCreatorName", "creatorName": "Ada"},
                {"action": "setCreatorTitle", "creatorTitle": "Dr"},
                {"action": "setCreatorEmail", "creatorEmail": "ada@example.com"},
                {"action": "setCreatorCompany", "creatorCompany": "Example Ltd"},
                {"action": "setCreatorSupportUrl", "creatorSupportUrl": "https://example.org/help"},
                {"action": "setCreatorLogo", "logoUrl": "https://example.org/logo.svg"},
                {"action": "setCreatorNoOfContributors", "creatorNoOfContributors": 3},
                {"action": "addPrivateProject", "privateProject": "europe-west1.gcp:one"},
                {"action": "addPrivateProject", "privateProject": "europe-west1.gcp:two"},
                {"action": "removePrivateProject", "privateProject": "europe-west1.gcp:one"},
            ]))
            .await
            .of_status(201);
        let mut seen = changed.clone();
        seen.as_object_mut().unwrap().retain(|name, _| {
            [
                "version",
                "name",
                "description",
                "integrationTypes",
                "creator",
                "privateProjects",
                "supportedRegions",
                "documentationUrl",
            ]
            .contains(&name.as_str())
        });
        insta::assert_snapshot!(seen, @r#"{"version":2,"name":"Tax sync","description":"Keeps taxes in step","integrationTypes":["tax"],"creator":{"name":"Ada","title":"Dr","email":"ada@example.com","company":"Example Ltd","logoUrl":"https://example.org/logo.svg","noOfContributors":3,"supportUrl":"https://example.org/help"},"privateProjects":["europe-west1.gcp:two"],"supportedRegions":["us-central1.gcp"],"documentationUrl":"https://example.org/docs"}"#);
        assert_eq!(draft.read().await, changed);
    });
}

#[test]
fn a_version_that_was_passed_is_refused() {
    in_a_project(async |shop| {
        let draft = shop.draft("minimal").await;
        let rename = json!({"version": 1, "actions": [{"action": "setName", "name": "first"}]});
        shop.post(&draft.path(), &rename).await.of_status(201);
        insta::assert_snapshot!(shop.post(&draft.path(), &rename).await.errors(), @"
        409
        ConcurrentModification: Version mismatch. Concurrent modification: expected version 1, the current version is 2.
          expectedVersion: 1
          currentVersion: 2
        ");
        assert_eq!(draft.read().await["version"], 2);
    });
}

#[test]
fn no_actions_change_nothing() {
    in_a_project(async |shop| {
        let draft = shop.draft("minimal").await;
        let before = draft.read().await;
        assert_eq!(draft.act(json!([])).await.of_status(201), before);
    });
}

#[test]
fn every_value_that_cannot_be_is_told_by_its_place() {
    in_a_project(async |shop| {
        let draft = shop.draft("minimal").await;
        let bad = json!([
            {"action": "setName", "name": " "},
            {"action": "setDescription", "description": "d".repeat(4097)},
            {"action": "setSupportedRegions", "regions": []},
            {"action": "setCreatorNoOfContributors", "creatorNoOfContributors": 0},
        ]);
        insta::assert_snapshot!(draft.act(bad).await.errors(), @"
        400
        InvalidJsonInput: Request body does not contain valid JSON.
          detailedErrorMessage: actions[0].name is empty; it takes 1 to 256 characters
        InvalidJsonInput: Request body does not contain valid JSON.
          detailedErrorMessage: actions[1].description has 4097 characters; the most is 4096
        InvalidJsonInput: Request body does not contain valid JSON.
          detailedErrorMessage: actions[2].regions is empty; it takes one entry or more
        InvalidJsonInput: Request body does not contain valid JSON.
          detailedErrorMessage: actions[3].creatorNoOfContributors is 0; it takes 1 or more
        ");
        let told = [
            draft
                .act(json!([{"action": "setColor", "color": "red"}]))
                .await
                .errors(),
            draft.act(json!([{"action": "setName"}])).await.errors(),
            draft
                .act(vec![json!({"action": "setName", "name": "x"}); 101].into())
                .await
                .errors(),
        ];
        insta::assert_snapshot!(told.join("\n"), @"
        400
        InvalidJsonInput: Request body does not contain valid JSON.
          detailedErrorMessage: actions[0].action is 'setColor'; it takes setName, setDescription, setRepository, setSupportedRegions, setIntegrationTypes, setDocumentationUrl, setCreatorName, setCreatorTitle, setCreatorEmail, setCreatorCompany, setCreatorSupportUrl, setCreatorLogo, setCreatorNoOfContributors, addPrivateProject, removePrivateProject, updatePreviewable, publish, addCertificationComment or unlist
        400
        InvalidJsonInput: Request body does not contain valid JSON.
          detailedErrorMessage: actions[0].name is missing
        400
        InvalidJsonInput: Request body does not contain valid JSON.
          detailedErrorMessage: actions has 101 entries; the most is 100
        ");
        assert_eq!(draft.read().await["version"], 1);
    });
}

// The official client sends setRepository with the tag of before, and no url, with every update (contract, section 15.6).
#[test]
fn set_repository_with_the_same_tag_has_no_effect() {
    in_a_project(async |shop| {
        let draft = shop
            .draft("minimal")
            .await
            .previewed()
            .await
            .published()
            .await;
        let same = json!([{"action": "setRepository", "tag": "v1"}, {"action": "setName", "name": "minimal"}]);
        let after = draft.act(same).await.of_status(201);
        assert_eq!(after["isPreviewable"], "true");
        assert_eq!(after["hasChanges"], false);
        assert_eq!(after["status"], "Published");
    });
}

#[test]
fn another_tag_brings_its_configuration_and_undoes_the_preview() {
    in_a_project(async |shop| {
        let draft = shop
            .draft("minimal")
            .await
            .previewed()
            .await
            .published()
            .await;
        let yaml = crate::house::fixture("minimal/connect.yaml").replace("GREETING", "SALUTE");
        shop.commit("minimal", &[("connect.yaml", &yaml)], "v2");
        let after = draft
            .act(json!([{"action": "setRepository", "tag": "v2"}]))
            .await
            .of_status(201);
        assert_eq!(after["repository"]["tag"], "v2");
        assert_eq!(
            after["configurations"][0]["standardConfiguration"][0]["key"],
            "SALUTE"
        );
        assert_eq!(after["isPreviewable"], "none");
        assert_eq!(after["previewableReport"], Value::Null);
        assert_eq!(after["hasChanges"], true);
        assert_eq!(after["status"], "Published");
    });
}

async fn refused_while(draft: &Draft, actions: Value) -> String {
    let answer = draft.act(actions).await;
    draft.settled().await;
    answer.errors()
}

#[test]
fn what_cannot_be_while_a_preview_runs_is_refused() {
    in_a_project(async |shop| {
        let draft = shop.slow_draft().await;
        let preview = json!([{"action": "updatePreviewable"}]);
        draft.act(preview.clone()).await.of_status(201);
        let publish = json!([{"action": "publish", "certification": false}]);
        let told = draft.act(publish).await.errors();
        insta::assert_snapshot!(told, @"
        400
        ConnectorStagedPublishRequestUnderProcess: The ConnectorStaged is being processed; try again when that has ended
        ");
        insta::assert_snapshot!(refused_while(&draft, preview).await, @"
        400
        ConnectorStagedPreviewRequestUnderProcess: The ConnectorStaged preview request is already in progress
        ");
    });
}

#[test]
fn nothing_changes_while_a_publication_runs() {
    in_a_project(async |shop| {
        let draft = shop.slow_draft().await;
        draft
            .act(json!([{"action": "publish", "certification": false}]))
            .await
            .of_status(201);
        let rename = json!([{"action": "setName", "name": "another"}]);
        insta::assert_snapshot!(refused_while(&draft, rename).await, @"
        400
        ConnectorStagedPublishRequestUnderProcess: The ConnectorStaged is being processed; try again when that has ended
        ");
        assert_eq!(draft.read().await["name"], "minimal");
    });
}

#[test]
fn a_draft_can_be_renamed_while_its_preview_runs() {
    in_a_project(async |shop| {
        let draft = shop.slow_draft().await;
        draft
            .act(json!([{"action": "updatePreviewable"}]))
            .await
            .of_status(201);
        draft
            .act(json!([{"action": "setName", "name": "another"}]))
            .await
            .of_status(201);
        let settled = draft.settled().await;
        assert_eq!(
            (&settled["name"], &settled["isPreviewable"]),
            (&json!("another"), &json!("true"))
        );
    });
}

#[test]
fn a_preview_of_the_tag_before_says_nothing_about_the_new_one() {
    in_a_project(async |shop| {
        let draft = shop.draft("failing-build").await;
        shop.commit(
            "failing-build",
            &[("service/build.js", "console.log('built')")],
            "v2",
        );
        draft
            .act(json!([{"action": "updatePreviewable"}]))
            .await
            .of_status(201);
        let moved = draft
            .act(json!([{"action": "setRepository", "tag": "v2"}]))
            .await
            .of_status(201);
        assert_eq!(moved["isPreviewable"], "none");
        draft.clone().previewed().await;
    });
}
