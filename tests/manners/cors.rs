//! A page in a browser may call the API: the preflight of every route says what it takes.

use reqwest::Method;

use crate::house::{House, in_a_house, in_a_project};
use web::{Cors, Rate};

const EXPOSED: &str = "etag, x-correlation-id, retry-after, location, idempotency-replayed";

#[test]
fn a_preflight_says_what_its_route_takes() {
    in_a_project(async |shop| {
        for (path, methods) in [
            ("/connectors/drafts", "POST, GET"),
            ("/connectors/drafts/key=tax", "GET, POST, DELETE"),
            ("/connectors/search", "GET"),
            ("/shop/deployments", "POST, GET"),
            ("/oauth/token", "POST"),
        ] {
            let request = shop.anonymous(Method::OPTIONS, path);
            let request = request
                .header("origin", "https://page.example")
                .header("access-control-request-method", "POST")
                .header("access-control-request-headers", "authorization");
            let answer = shop.send(request).await;
            assert_eq!((answer.status, answer.text.as_str()), (204, ""), "{path}");
            assert_eq!(answer.header("allow"), methods);
            assert_eq!(answer.header("access-control-allow-methods"), methods);
            assert_eq!(answer.header("access-control-allow-origin"), "*");
            assert_eq!(
                answer.header("access-control-allow-headers"),
                "authorization, content-type, idempotency-key, prefer, if-none-match, x-correlation-id"
            );
            assert_eq!(answer.header("access-control-max-age"), "7200");
            // Tokens are in a header: no page gets at anything that the browser keeps for another.
            let credentials = "access-control-allow-credentials";
            assert!(!answer.headers.contains_key(credentials));
        }
        let request = shop.anonymous(Method::OPTIONS, "/nothing");
        shop.send(request).await.of_status(404);
    });
}

#[test]
fn a_page_may_read_answers_and_refusals_alike() {
    in_a_project(async |shop| {
        for path in [
            "/connectors/drafts",
            "/connectors/drafts/key=nothing",
            "/nothing",
        ] {
            for request in [
                shop.request(Method::GET, path),
                shop.anonymous(Method::GET, path),
            ] {
                let request = request.header("origin", "https://page.example");
                let answer = shop.send(request).await;
                assert_eq!(answer.header("access-control-allow-origin"), "*", "{path}");
                assert_eq!(answer.header("access-control-expose-headers"), EXPOSED);
            }
        }
    });
}

#[test]
fn where_the_operator_names_origins_only_their_pages_may() {
    let cors = Cors::parse(&["https://page.example"]).unwrap();
    in_a_house(House::limited(Rate::default(), cors), async |house| {
        let shop = house.project().await;
        for method in [Method::OPTIONS, Method::GET] {
            let request = || shop.request(method.clone(), "/connectors/drafts");
            let page = request().header("origin", "https://page.example");
            let answer = shop.send(page).await;
            let allowed = answer.header("access-control-allow-origin");
            assert_eq!(allowed, "https://page.example");
            assert_eq!(answer.header("vary"), "origin");
            let other = request().header("origin", "https://other.example");
            let answer = shop.send(other).await;
            let headers = answer.headers.keys();
            let mut told = headers.filter(|name| name.as_str().starts_with("access-control"));
            assert_eq!(told.next(), None, "{method}");
        }
    });
}
