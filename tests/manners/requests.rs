//! A request that is malformed, too long or too large is refused with what is wrong with it, before anything is done.

use reqwest::Method;
use serde_json::json;

use crate::house::{Project, in_a_project};

async fn refused(shop: &Project, paths: &[&str]) -> String {
    let mut told = Vec::new();
    for path in paths {
        told.push(shop.get(path).await.errors());
    }
    told.join("\n")
}

#[test]
fn there_is_no_head_put_or_patch() {
    in_a_project(async |shop| {
        for method in [Method::HEAD, Method::PUT, Method::PATCH, Method::TRACE] {
            let request = shop.request(method.clone(), "/connectors/search");
            let answer = shop.send(request).await;
            assert_eq!(answer.status, 405, "{method}");
            assert_eq!(answer.header("allow"), "GET");
        }
    });
}

#[test]
fn a_parameter_of_the_path_that_is_no_text_is_told() {
    in_a_project(async |shop| {
        let long = format!("/connectors/drafts/key={}", "k".repeat(257));
        let told = refused(
            &shop,
            &[
                "/connectors/drafts/%ff%fe",
                "/connectors/drafts/key=%C3%28",
                "/connectors/drafts/..%2f..%2fetc",
            ],
        )
        .await;
        insta::assert_snapshot!(told, @"
        400
        InvalidPathParam: Request path param is not valid
          detailedErrorMessage: id: '%ff%fe' is no UTF-8, percent-encoded
        400
        InvalidPathParam: Request path param is not valid
          detailedErrorMessage: id: 'key=%C3%28' is no UTF-8, percent-encoded
        400
        InvalidPathParam: Request path param is not valid
          detailedErrorMessage: '../../etc' is neither an id, which is a UUID, nor key= followed by a key
        ");
        for path in ["/connectors/drafts/%00", &long] {
            shop.get(path).await.of_status(400);
        }
    });
}

#[test]
fn a_query_that_is_ambiguous_or_no_text_is_told() {
    in_a_project(async |shop| {
        let no_text = shop.deployments("?limit=%ff");
        let told = refused(
            &shop,
            &[
                "/connectors/drafts?limit=5&limit=6",
                "/connectors/drafts?isPrivate=true&isPrivate=false",
                "/connectors/drafts?sort=colour",
                "/connectors/search?text=a&text=b",
                &no_text,
                &shop.deployments("?deploymentType=preview&deploymentType=sandbox"),
            ],
        )
        .await;
        insta::assert_snapshot!(told, @"
        400
        InvalidQueryParam: Request query param is not valid
          detailedErrorMessage: limit: it was given 2 times; it takes one value
        400
        InvalidQueryParam: Request query param is not valid
          detailedErrorMessage: isPrivate: it was given 2 times; it takes one value
        400
        InvalidQueryParam: Request query param is not valid
          detailedErrorMessage: sort: 'colour' was given; it takes createdAt, lastModifiedAt, name or key, followed by asc or desc
        400
        InvalidQueryParam: Request query param is not valid
          detailedErrorMessage: text: it was given 2 times; it takes one value
        400
        InvalidQueryParam: Request query param is not valid
          detailedErrorMessage: '%ff' is no UTF-8, percent-encoded
        400
        InvalidQueryParam: Request query param is not valid
          detailedErrorMessage: deploymentType: it was given 2 times; it takes one value
        ");
        // What nobody knows is ignored (contract, section 15.13), and what may repeat may repeat.
        let lenient = "/connectors/search?unknown=%20&unknown=2&key=ab&key=cd";
        shop.get(lenient).await.of_status(200);
    });
}

#[test]
fn an_overlong_path_query_or_header_is_told() {
    in_a_project(async |shop| {
        let long = "x".repeat(8000);
        for path in [
            format!("/{long}"),
            format!("/connectors/search?text={long}"),
            format!("/connectors/drafts/key={long}"),
        ] {
            let answer = shop.get(&path).await;
            insta::allow_duplicates! {
                insta::assert_snapshot!(answer.errors(), @"
                414
                UriTooLong: Path and query are longer than 8000 bytes.
                ");
            }
        }
        let request = shop.request(Method::GET, "/connectors/drafts");
        let answer = shop.send(request.header("x-own", "x".repeat(10_240))).await;
        insta::assert_snapshot!(answer.errors(), @"
        431
        RequestHeaderFieldsTooLarge: Path, query and headers are longer than 10240 bytes together.
        ");
    });
}

#[test]
fn a_body_that_is_too_large_is_told_on_every_route_that_takes_one() {
    in_a_project(async |shop| {
        let body = json!({"name": "x".repeat(1024 * 1024)});
        for path in [
            "/connectors/drafts",
            "/connectors/drafts/key=ab",
            &shop.deployments(""),
        ] {
            let answer = shop.post(path, &body).await;
            insta::allow_duplicates! {
                insta::assert_snapshot!(answer.errors(), @"
                413
                RequestEntityTooLarge: The request body is larger than 1048576 bytes.
                ");
            }
        }
    });
}
