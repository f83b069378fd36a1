//! GET /connectors/drafts/{id}: by id and by key, for the owner only; a foreign draft is as good as none.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::house::{in_a_project, in_the_house};

#[test]
fn a_draft_is_read_by_id_and_by_key() {
    in_a_project(async |shop| {
        let draft = shop.draft("minimal").await;
        let by_key = shop
            .get(&format!("/connectors/drafts/key={}-minimal", shop.key))
            .await
            .of_status(200);
        assert_eq!(by_key, draft.read().await);
    });
}

#[test]
fn an_unknown_draft_is_told_by_the_name_that_was_used() {
    in_a_project(async |shop| {
        let id = shop
            .get("/connectors/drafts/0a8f3a52-7d6e-4c1b-9e0f-3d2c1b0a9f8e")
            .await;
        insta::assert_snapshot!(id.errors(), @"
        404
        ResourceNotFound: The ConnectorStaged with ID '{id}' was not found.
        ");
        insta::assert_snapshot!(shop.get("/connectors/drafts/key=nothing").await.errors(), @"
        404
        ResourceNotFound: The ConnectorStaged with key 'nothing' was not found.
        ");
    });
}

#[test]
fn a_path_that_is_neither_id_nor_key_is_told() {
    in_a_project(async |shop| {
        insta::assert_snapshot!(shop.get("/connectors/drafts/minimal").await.errors(), @"
        400
        InvalidPathParam: Request path param is not valid
          detailedErrorMessage: 'minimal' is neither an id, which is a UUID, nor key= followed by a key
        ");
        insta::assert_snapshot!(shop.get("/connectors/drafts/key=a%20key").await.errors(), @"
        400
        InvalidPathParam: Request path param is not valid
          detailedErrorMessage: key: a key has 2 to 256 letters, digits, '_' or '-'
        ");
    });
}

#[test]
fn a_foreign_draft_is_as_good_as_none() {
    in_the_house(async |house| {
        let (owner, other) = (house.project().await, house.project().await);
        let draft = owner.draft("minimal").await;
        let by_key = format!("/connectors/drafts/key={}-minimal", owner.key);
        let update = json!({"version": 1, "actions": [{"action": "setName", "name": "mine"}]});
        for path in [draft.path(), by_key] {
            other.get(&path).await.of_status(404);
            other.post(&path, &update).await.of_status(404);
            other.delete(&path).await.of_status(404);
        }
        assert_eq!(
            other.get("/connectors/drafts").await.of_status(200)["total"],
            0
        );
        assert_eq!(draft.read().await["name"], "minimal");
    });
}

#[test]
fn a_read_that_waits_gives_the_end_of_the_preview_and_one_that_does_not_gives_what_is() {
    in_a_project(async |shop| {
        let draft = shop.slow_draft().await;
        let pending = draft
            .act(json!([{"action": "updatePreviewable"}]))
            .await
            .of_status(201);
        assert_eq!(pending["isPreviewable"], "pending");
        assert_eq!(draft.read().await["isPreviewable"], "pending");
        let ended = shop.get_settled(&draft.path()).await.of_status(200);
        assert_eq!(ended["isPreviewable"], "true");
        let begin = Instant::now();
        shop.get_settled(&draft.path()).await.of_status(200);
        assert!(
            begin.elapsed() < Duration::from_secs(5),
            "nothing is under way, so nobody waits"
        );
    });
}
