//! The document, the router and the catalogue say the same, and the pages that describe the API are served as they should be.

use std::collections::BTreeSet;

use functions::catalogue::ENDPOINTS;
use reqwest::Method;
use serde_json::Value;

use crate::house::{Project, in_a_project};

/// Method and path of every operation.
type Routes = BTreeSet<(String, String)>;

async fn document(shop: &Project) -> Value {
    let answer = shop
        .send(shop.anonymous(Method::GET, "/openapi.json"))
        .await;
    answer.of_status(200)
}

fn of_document(document: &Value) -> Routes {
    let mut routes = Routes::new();
    for (path, operations) in document["paths"].as_object().unwrap() {
        for method in operations.as_object().unwrap().keys() {
            routes.insert((method.to_ascii_uppercase(), path.clone()));
        }
    }
    routes
}

fn of_catalogue() -> Routes {
    let routes = ENDPOINTS
        .iter()
        .map(|one| (one.method.to_owned(), one.path.to_owned()));
    routes.collect()
}

/// What the gateway takes, asked for every method of every path; who calls has no token, so that nothing happens.
async fn of_gateway(shop: &Project, paths: BTreeSet<&String>) -> Routes {
    let mut routes = Routes::new();
    for path in paths {
        let place = path
            .replace("{projectKey}", &shop.key)
            .replace("{id}", "key=nothing")
            .replace("{revision}", "1")
            .replace("{name}", "nothing");
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE"] {
            let request = shop.anonymous(method.parse().unwrap(), &place);
            let status = request.send().await.unwrap().status();
            assert_ne!(status, 404, "{method} {path} leads nowhere");
            if status != 405 {
                routes.insert((method.to_owned(), path.clone()));
            }
        }
    }
    routes
}

// The routes of the AWS template join this comparison with the template.
#[test]
fn the_document_the_gateway_and_the_catalogue_have_the_same_operations() {
    in_a_project(async |shop| {
        let described = of_document(&document(&shop).await);
        assert_eq!(described, of_catalogue());
        let paths = described.iter().map(|(_, path)| path).collect();
        assert_eq!(described, of_gateway(&shop, paths).await);
    });
}

#[test]
fn the_document_in_docs_is_the_one_that_is_served() {
    in_a_project(async |shop| {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/openapi.json");
        let kept: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        assert_eq!(document(&shop).await, kept);
    });
}

#[test]
fn the_page_is_locked_down_and_not_sent_twice() {
    in_a_project(async |shop| {
        let first = shop.anonymous(Method::GET, "/docs").send().await.unwrap();
        assert_eq!(first.status(), 200);
        let header = |name: &str| first.headers()[name].to_str().unwrap().to_owned();
        assert_eq!(header("content-type"), "text/html; charset=utf-8");
        assert_eq!(header("x-content-type-options"), "nosniff");
        let policy = header("content-security-policy");
        assert!(
            policy.starts_with("default-src 'none'; style-src 'sha256-"),
            "{policy}"
        );
        let again = shop
            .anonymous(Method::GET, "/docs")
            .header("if-none-match", header("etag"));
        let again = again.send().await.unwrap();
        assert_eq!(again.status(), 304);
        assert_eq!(again.bytes().await.unwrap().len(), 0);
        let page = first.text().await.unwrap();
        assert!(page.starts_with("<!DOCTYPE html>") && page.contains("id=\"deployments-create\""));
    });
}
