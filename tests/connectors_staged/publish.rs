//! `publish` and `unlist`: what becomes of the draft (contract, sections 3.5 and 16).

use serde_json::json;

use crate::house::{in_a_project, report};

#[test]
fn a_published_draft_is_listed_and_stays_private() {
    in_a_project(async |shop| {
        let draft = shop.draft("minimal").await.publish(false).await;
        assert_eq!(draft["status"], "Published");
        assert_eq!(draft["private"], true);
        assert_eq!(draft["alreadyListed"], true);
        assert_eq!(draft["hasChanges"], false);
        insta::assert_snapshot!(report(&draft["publishingReport"]), @"
        Information: Connector specification file validation check succeeded
          Applications: 1.
        Information [service]: Connector image build check succeeded
        Information: SAST and SCA analysis check succeeded
          Files: 1, lines: 18, rules: 107; test files left out: 0.
        Warning: SCA analysis check skipped
          No advisories are loaded, so nothing is known about the dependencies. The operator loads them with `slipway up --advisories PATH`.
        Information: Secret detection check succeeded
          Files: 4, shapes: 27.
        Information: Image security analysis check succeeded
          Size: 0 MiB, dependencies: 0.
        ");
    });
}

#[test]
fn a_publication_that_fails_leaves_no_connector() {
    in_a_project(async |shop| {
        let draft = shop.draft("failing-unit-test").await;
        let failed = draft.publish(false).await;
        assert_eq!(failed["status"], "Failed");
        assert_eq!(failed["alreadyListed"], false);
        shop.get(&format!("/connectors/{}", draft.id))
            .await
            .of_status(404);
    });
}

#[test]
fn a_failed_publication_keeps_the_connector_of_before() {
    in_a_project(async |shop| {
        let draft = shop.draft("minimal").await.published().await;
        let broken =
            r#"{"name": "minimal", "scripts": {"build": "exit 1", "start": "node index.js"}}"#;
        shop.commit("minimal", &[("service/package.json", broken)], "v2");
        draft
            .act(json!([{"action": "setRepository", "tag": "v2"}]))
            .await
            .of_status(201);
        assert_eq!(draft.publish(false).await["status"], "Failed");
        let connector = shop
            .get(&format!("/connectors/{}", draft.id))
            .await
            .of_status(200);
        assert_eq!(
            (&connector["version"], &connector["repository"]["tag"]),
            (&json!(1), &json!("v1"))
        );
    });
}

#[test]
fn a_certified_publication_waits_for_a_certifier() {
    in_a_project(async |shop| {
        let draft = shop.draft("minimal").await;
        let ready = draft.publish(true).await;
        assert_eq!(ready["status"], "ReadyForCertification");
        assert_eq!(ready["alreadyListed"], false);
        shop.get(&format!("/connectors/{}", draft.id))
            .await
            .of_status(404);
        let rename = json!([{"action": "setName", "name": "another"}]);
        insta::assert_snapshot!(draft.act(rename).await.errors(), @"
        400
        ConnectorStagedInCertification: The ConnectorStaged is already in certification
        ");
        let comment = json!([{"action": "addCertificationComment", "comment": "Is there a date?"}]);
        let commented = draft.act(comment).await.of_status(201);
        let comment = &commented["certificationInfo"]["comments"][0];
        assert_eq!(
            (&comment["userId"], &comment["comment"]),
            (&json!(shop.key), &json!("Is there a date?"))
        );
    });
}

#[test]
fn unlist_takes_a_connector_out_of_search_once() {
    in_a_project(async |shop| {
        let draft = shop.draft("minimal").await.published().await;
        let unlist = json!([{"action": "unlist"}]);
        assert_eq!(
            draft.act(unlist.clone()).await.of_status(201)["alreadyListed"],
            false
        );
        insta::assert_snapshot!(draft.act(unlist).await.errors(), @"
        400
        ConnectorNotListed: The ConnectorStaged with id={id} is not listed
        ");
        let found = shop.get("/connectors/search").await.of_status(200);
        assert!(!found.to_string().contains(&draft.id), "{found}");
        shop.get(&format!("/connectors/{}", draft.id))
            .await
            .of_status(200);
    });
}
