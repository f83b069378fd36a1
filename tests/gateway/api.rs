//! Every answer has the contract's envelope and a correlation id, also where no function is behind the path.

use reqwest::Method;

use crate::house::{in_a_project, redacted};

#[test]
fn an_unknown_path_and_a_method_that_it_does_not_take_are_told() {
    in_a_project(async |shop| {
        let told = [
            shop.get("/").await.errors(),
            shop.get("/connectors").await.errors(),
            shop.get(&shop.deployments("/x/y/z")).await.errors(),
        ];
        insta::assert_snapshot!(told.join("\n"), @"
        404
        ResourceNotFound: There is no GET / in this API.
        404
        ResourceNotFound: There is no GET /connectors in this API.
        404
        ResourceNotFound: There is no GET /{shop}/deployments/x/y/z in this API.
        ");
        let answer = shop.delete("/connectors/drafts").await;
        insta::assert_snapshot!(answer.errors(), @"
        405
        MethodNotAllowed: /connectors/drafts does not take DELETE; it takes POST, GET.
        ");
        assert_eq!(answer.header("allow"), "POST, GET");
        let request = shop.request(Method::PUT, &shop.deployments("/key=tax"));
        assert_eq!(
            shop.send(request).await.header("allow"),
            "GET, POST, DELETE"
        );
    });
}

#[test]
fn search_and_drafts_are_no_ids() {
    in_a_project(async |shop| {
        assert!(shop.get("/connectors/search").await.of_status(200)["results"].is_array());
        assert!(shop.get("/connectors/drafts").await.of_status(200)["results"].is_array());
    });
}

#[test]
fn the_correlation_id_is_echoed_or_made_up() {
    in_a_project(async |shop| {
        for path in [
            "/connectors/drafts",
            "/connectors/drafts/key=nothing",
            "/nothing",
        ] {
            let request = shop
                .request(Method::GET, path)
                .header("X-Correlation-ID", "my-id-7");
            assert_eq!(
                shop.send(request).await.header("x-correlation-id"),
                "my-id-7",
                "{path}"
            );
            let answer = shop.get(path).await;
            assert_eq!(
                redacted(answer.header("x-correlation-id")),
                "{id}",
                "{path}"
            );
        }
    });
}

#[test]
fn answers_are_compact_json() {
    in_a_project(async |shop| {
        let answer = shop.get("/connectors/drafts").await;
        assert_eq!(answer.header("content-type"), "application/json");
        assert_eq!(
            answer.text,
            r#"{"limit":20,"offset":0,"count":0,"total":0,"results":[]}"#
        );
    });
}

#[test]
fn health_needs_no_token() {
    in_a_project(async |shop| {
        let answer = shop.send(shop.anonymous(Method::GET, "/health")).await;
        assert_eq!(answer.of_status(200)["status"], "ok");
    });
}

// The official client's polls are held (contract, section 15.16).
#[test]
fn a_poll_of_the_official_client_is_held_until_the_preview_ends() {
    in_a_project(async |shop| {
        let draft = shop.draft("minimal").await;
        draft
            .act(serde_json::json!([{"action": "updatePreviewable"}]))
            .await
            .of_status(201);
        let poll = shop.request(Method::GET, &draft.path());
        let poll = poll.header(
            "X-Correlation-ID",
            "commercetools-cli-0123456789abcdef0123456789abcdef",
        );
        assert_eq!(
            shop.send(poll).await.of_status(200)["isPreviewable"],
            "true"
        );
    });
}
