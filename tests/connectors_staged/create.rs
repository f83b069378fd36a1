//! POST /connectors/drafts: a draft shows what its repository declares (contract, sections 3.1, 3.2 and 15.12).

use serde_json::json;

use crate::house::{in_a_project, in_the_house, redacted};

#[test]
fn a_draft_shows_what_its_repository_declares_in_the_order_of_the_contract() {
    in_a_project(async |shop| {
        let answer = shop
            .post("/connectors/drafts", &shop.registration("minimal"))
            .await;
        answer.of_status(201);
        insta::assert_snapshot!(redacted(&answer.text), @r#"{"id":"{id}","key":"{shop}-minimal","version":1,"name":"minimal","description":"","integrationTypes":["other"],"creator":{"email":"ada@example.org"},"repository":{"url":"https://github.com/tests/{shop}/minimal.git","tag":"v1"},"configurations":[{"applicationName":"service","applicationType":"service","standardConfiguration":[{"key":"GREETING","description":"A value that the service echoes","required":false,"default":"hello"}],"securedConfiguration":[{"key":"TOKEN","description":"A secret that the service echoes","required":false}]}],"private":true,"privateProjects":[],"supportedRegions":[],"status":"Draft","publishingReport":null,"alreadyListed":false,"hasChanges":true,"isPreviewable":"none","previewableReport":null}"#);
    });
}

#[test]
fn a_draft_keeps_everything_that_was_sent() {
    in_a_project(async |shop| {
        let mut body = shop.registration("leaks-environment");
        body.as_object_mut().unwrap().extend(
            json!({
                "description": "Shows what it sees",
                "integrationTypes": ["tax", "oms", "tax"],
                "creator": {"name": "Ada", "title": "Dr", "email": "ada@example.org", "company": "Example Ltd",
                    "logoUrl": "https://example.org/logo.svg", "noOfContributors": 3, "supportUrl": "https://example.org/help"},
                "supportedRegions": ["europe-west1.gcp"],
                "privateProjects": ["europe-west1.gcp:another-shop"],
                "documentationUrl": "https://example.org/docs",
                "noOfDevelopers": 7,
            })
            .as_object()
            .unwrap()
            .clone(),
        );
        let answer = shop.post("/connectors/drafts", &body).await;
        answer.of_status(201);
        insta::assert_snapshot!(redacted(&answer.text), @r#"{"id":"{id}","key":"{shop}-leaks-environment","version":1,"name":"leaks-environment","description":"Shows what it sees","integrationTypes":["tax","oms"],"creator":{"name":"Ada","title":"Dr","email":"ada@example.org","company":"Example Ltd","logoUrl":"https://example.org/logo.svg","noOfContributors":3,"supportUrl":"https://example.org/help"},"repository":{"url":"https://github.com/tests/{shop}/leaks-environment.git","tag":"v1"},"configurations":[{"applicationName":"service","applicationType":"service","standardConfiguration":[{"key":"GREETING","description":"A value that the application may see","required":false,"default":"hello"}],"securedConfiguration":[{"key":"TOKEN","description":"A secret that the application may see","required":false}]}],"globalConfiguration":{"standardConfiguration":[{"key":"SHOP","description":"A value that every application may see","required":false,"default":"main"}],"securedConfiguration":[]},"private":true,"privateProjects":["europe-west1.gcp:another-shop"],"supportedRegions":["europe-west1.gcp"],"status":"Draft","publishingReport":null,"alreadyListed":false,"hasChanges":true,"isPreviewable":"none","previewableReport":null,"documentationUrl":"https://example.org/docs"}"#);
    });
}

#[test]
fn a_draft_needs_no_key() {
    in_a_project(async |shop| {
        let mut body = shop.registration("minimal");
        body.as_object_mut().unwrap().remove("key");
        for _ in 0..2 {
            let draft = shop.post("/connectors/drafts", &body).await.of_status(201);
            assert!(draft.get("key").is_none(), "{draft}");
        }
    });
}

#[test]
fn a_key_is_taken_in_the_whole_installation() {
    in_the_house(async |house| {
        let (first, second) = (house.project().await, house.project().await);
        first.draft("minimal").await;
        let mut body = second.registration("minimal");
        body["key"] = json!(format!("{}-minimal", first.key));
        insta::assert_snapshot!(second.post("/connectors/drafts", &body).await.errors(), @"
        400
        DuplicateField: A duplicate value '{shop}-minimal' exists for field 'key'.
          field: key
          duplicateValue: {shop}-minimal
        ");
    });
}

#[test]
fn a_key_is_free_again_once_its_draft_is_deleted() {
    in_a_project(async |shop| {
        let draft = shop.draft("minimal").await;
        shop.delete(&draft.path()).await.of_status(200);
        let again = shop.draft("minimal").await;
        assert_ne!(again.id, draft.id);
    });
}

#[test]
fn an_annotated_tag_is_as_good_as_any() {
    in_a_project(async |shop| {
        shop.draft("minimal").await;
        shop.commit("minimal", &[("README.md", "Hello")], "release/2026-11");
        let mut body = shop.registration("minimal");
        body["key"] = json!(format!("{}-tagged", shop.key));
        body["repository"]["tag"] = json!("release/2026-11");
        let draft = shop.post("/connectors/drafts", &body).await.of_status(201);
        assert_eq!(draft["repository"]["tag"], "release/2026-11");
    });
}
