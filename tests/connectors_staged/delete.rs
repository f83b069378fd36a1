//! DELETE /connectors/drafts/{id}: the draft and its Connector go, unless something depends on them (contract, sections 3.6 and 16).

use serde_json::json;

use crate::house::in_a_project;

#[test]
fn a_draft_and_its_connector_go_together() {
    in_a_project(async |shop| {
        let draft = shop.draft("minimal").await.published().await;
        let deleted = shop.delete(&draft.path()).await.of_status(200);
        assert_eq!(deleted["id"], draft.id);
        shop.get(&draft.path()).await.of_status(404);
        shop.get(&format!("/connectors/{}", draft.id))
            .await
            .of_status(404);
        shop.delete(&draft.path()).await.of_status(404);
    });
}

#[test]
fn a_draft_that_is_deployed_stays() {
    in_a_project(async |shop| {
        let draft = shop.draft("minimal").await.previewed().await;
        let deployment = draft.deployed(json!([])).await;
        insta::assert_snapshot!(shop.delete(&draft.path()).await.errors(), @"
        400
        ConnectorStagedInUse: The ConnectorStaged with id={id} cannot be deleted: it is deployed; delete its Deployments first
        ");
        assert_eq!(deployment.undeploy("").await, None);
        shop.delete(&format!("/connectors/drafts/key={}-minimal", shop.key))
            .await
            .of_status(200);
    });
}

#[test]
fn a_draft_stays_while_a_run_goes_on() {
    in_a_project(async |shop| {
        let draft = shop.slow_draft().await;
        draft
            .act(json!([{"action": "updatePreviewable"}]))
            .await
            .of_status(201);
        let answer = shop.delete(&draft.path()).await;
        draft.settled().await;
        insta::assert_snapshot!(answer.errors(), @"
        400
        ConnectorStagedInUse: The ConnectorStaged with id={id} cannot be deleted: a run of it is under way; wait until it has ended
        ");
        shop.delete(&draft.path()).await.of_status(200);
    });
}
