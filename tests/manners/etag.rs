//! Who has an answer already is told so, and gets no second copy (RFC 9110, section 13.1.2).

use reqwest::Method;
use serde_json::json;

use crate::house::{Answer, Project, in_a_project};

async fn get(shop: &Project, path: &str, known: &str) -> Answer {
    let request = shop.request(Method::GET, path);
    shop.send(request.header("if-none-match", known)).await
}

#[test]
fn an_unchanged_answer_is_not_sent_again() {
    in_a_project(async |shop| {
        let draft = shop.draft("minimal").await;
        for path in [&draft.path(), "/connectors/drafts", "/connectors/search"] {
            let first = shop.get(path).await;
            first.of_status(200);
            let tag = first.header("etag");
            assert!(tag.starts_with('"') && tag.ends_with('"'), "{tag}");
            assert_eq!(first.header("cache-control"), "private, no-cache");
            for known in [tag, "*", &format!(r#""other", W/{tag}"#)] {
                let again = get(&shop, path, known).await;
                assert_eq!((again.status, again.text.as_str()), (304, ""), "{path}");
                assert_eq!(again.header("etag"), tag);
                assert!(again.headers.contains_key("x-correlation-id"));
                assert!(again.headers.contains_key("access-control-allow-origin"));
                assert!(!again.headers.contains_key("content-type"));
            }
        }
    });
}

#[test]
fn a_changed_answer_is_sent_with_another_tag() {
    in_a_project(async |shop| {
        let draft = shop.draft("minimal").await;
        let before = shop.get(&draft.path()).await;
        let tag = before.header("etag");
        draft
            .act(json!([{"action": "setName", "name": "renamed"}]))
            .await
            .of_status(201);
        let after = get(&shop, &draft.path(), tag).await;
        assert_eq!(after.of_status(200)["name"], "renamed");
        assert_ne!(after.header("etag"), tag);
    });
}

#[test]
fn only_a_get_that_found_something_has_a_tag() {
    in_a_project(async |shop| {
        let missing = get(&shop, "/connectors/drafts/key=nothing", "*").await;
        missing.of_status(404);
        let draft = shop.draft("minimal").await;
        let changed = draft.act(json!([])).await;
        changed.of_status(201);
        for answer in [missing, changed] {
            assert!(!answer.headers.contains_key("etag"));
        }
    });
}
