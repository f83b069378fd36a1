//! POST /connectors/drafts: a body that cannot be is refused with every place that is wrong, and nothing is stored.

use reqwest::Method;
use serde_json::{Value, json};

use crate::house::{Project, in_a_project};

async fn refused(shop: &Project, change: Value) -> String {
    let mut body = shop.registration("minimal");
    body.as_object_mut()
        .unwrap()
        .extend(change.as_object().unwrap().clone());
    let errors = shop.post("/connectors/drafts", &body).await.errors();
    let drafts = shop.get("/connectors/drafts").await.of_status(200);
    assert_eq!(drafts["total"], 0, "nothing is stored");
    errors
}

#[test]
fn a_body_that_is_no_json_is_refused_with_the_place() {
    in_a_project(async |shop| {
        let request = shop
            .request(Method::POST, "/connectors/drafts")
            .body("{\"name\": ");
        insta::assert_snapshot!(shop.send(request).await.errors(), @"
        400
        InvalidJsonInput: Request body does not contain valid JSON.
          detailedErrorMessage: the body cannot be read as JSON: EOF while parsing a value at line 1 column 9
        ");
        let request = shop.request(Method::POST, "/connectors/drafts");
        insta::assert_snapshot!(shop.send(request).await.errors(), @"
        400
        InvalidJsonInput: Request body does not contain valid JSON.
          detailedErrorMessage: the body is no JSON object
        ");
        insta::assert_snapshot!(shop.post("/connectors/drafts", &json!([])).await.errors(), @"
        400
        InvalidJsonInput: Request body does not contain valid JSON.
          detailedErrorMessage: the body is no JSON object
        ");
    });
}

#[test]
fn a_field_of_the_wrong_kind_is_named_by_its_path() {
    in_a_project(async |shop| {
        let told = [
            refused(&shop, json!({"key": "a key"})).await,
            refused(&shop, json!({"name": 7})).await,
            refused(&shop, json!({"creator": {"name": "Ada"}})).await,
            refused(&shop, json!({"integrationTypes": ["tax", "taxes"]})).await,
            refused(&shop, json!({"supportedRegions": ["mars-1.gcp"]})).await,
            refused(&shop, json!({"privateProjects": ["my-shop"]})).await,
        ];
        insta::assert_snapshot!(told.join("\n"), @"
        400
        InvalidJsonInput: Request body does not contain valid JSON.
          detailedErrorMessage: key: a key has 2 to 256 letters, digits, '_' or '-'
        400
        InvalidJsonInput: Request body does not contain valid JSON.
          detailedErrorMessage: name is a number; it takes a text
        400
        InvalidJsonInput: Request body does not contain valid JSON.
          detailedErrorMessage: creator.email is missing
        400
        InvalidJsonInput: Request body does not contain valid JSON.
          detailedErrorMessage: integrationTypes[1] is 'taxes'; it takes tax, marketplace, oms, psp, pim, promotion, search, erp, crm, email, analytics, shipping, giftcard or other
        400
        InvalidJsonInput: Request body does not contain valid JSON.
          detailedErrorMessage: supportedRegions[0] is 'mars-1.gcp'; it takes europe-west1.gcp, us-central1.gcp, australia-southeast1.gcp, us-east-2.aws or eu-central-1.aws
        400
        InvalidJsonInput: Request body does not contain valid JSON.
          detailedErrorMessage: privateProjects[0]: a Project is written {region}:{projectKey}, as in europe-west1.gcp:my-shop
        ");
    });
}

#[test]
fn a_missing_field_is_named() {
    in_a_project(async |shop| {
        for (field, _) in shop.registration("minimal").as_object().unwrap() {
            if field != "key" {
                let mut body = shop.registration("minimal");
                body.as_object_mut().unwrap().remove(field);
                let errors = shop.post("/connectors/drafts", &body).await.errors();
                assert!(errors.contains(&format!("{field} is missing")), "{errors}");
            }
        }
    });
}

#[test]
fn everything_that_is_too_long_is_told_at_once() {
    in_a_project(async |shop| {
        let change = json!({
            "name": "n".repeat(257),
            "description": "d".repeat(4097),
            "creator": {"email": " ", "company": "c".repeat(2049)},
            "privateProjects": vec!["europe-west1.gcp:my-shop"; 101],
        });
        insta::assert_snapshot!(refused(&shop, change).await, @"
        400
        InvalidJsonInput: Request body does not contain valid JSON.
          detailedErrorMessage: name has 257 characters; the most is 256
        InvalidJsonInput: Request body does not contain valid JSON.
          detailedErrorMessage: creator.email is empty; it takes 1 to 2048 characters
        InvalidJsonInput: Request body does not contain valid JSON.
          detailedErrorMessage: creator.company has 2049 characters; the most is 2048
        InvalidJsonInput: Request body does not contain valid JSON.
          detailedErrorMessage: description has 4097 characters; the most is 4096
        InvalidJsonInput: Request body does not contain valid JSON.
          detailedErrorMessage: privateProjects has 101 entries; the most is 100
        ");
    });
}

#[test]
fn an_address_that_is_no_repository_is_refused_before_it_is_opened() {
    in_a_project(async |shop| {
        let mut told = Vec::new();
        for url in [
            "file:///etc/passwd",
            "http://github.com/tests/x.git",
            "https://user:password@github.com/x.git",
        ] {
            told.push(refused(&shop, json!({"repository": {"url": url, "tag": "v1"}})).await);
        }
        let url = shop.repository("minimal");
        told.push(
            refused(
                &shop,
                json!({"repository": {"url": url, "tag": "--upload-pack=id"}}),
            )
            .await,
        );
        told.push(refused(&shop, json!({"repository": {"url": url}})).await);
        insta::assert_snapshot!(told.join("\n"), @"
        400
        InvalidJsonInput: Request body does not contain valid JSON.
          detailedErrorMessage: repository.url: a repository URL is https://host/owner/name.git or git@host:owner/name.git
        400
        InvalidJsonInput: Request body does not contain valid JSON.
          detailedErrorMessage: repository.url: a repository URL is https://host/owner/name.git or git@host:owner/name.git
        400
        InvalidJsonInput: Request body does not contain valid JSON.
          detailedErrorMessage: repository.url: a repository URL is https://host/owner/name.git or git@host:owner/name.git
        400
        InvalidJsonInput: Request body does not contain valid JSON.
          detailedErrorMessage: repository.tag: a tag starts with a letter or digit, has up to 255 letters, digits, '.', '_', '-', '/' or '@', and no '..'
        400
        InvalidJsonInput: Request body does not contain valid JSON.
          detailedErrorMessage: repository.tag is missing
        ");
    });
}

#[test]
fn a_body_beyond_the_limit_is_not_read() {
    in_a_project(async |shop| {
        let change = json!({"description": "d".repeat(1024 * 1024)});
        insta::assert_snapshot!(refused(&shop, change).await, @"
        413
        RequestEntityTooLarge: The request body is larger than 1048576 bytes.
        ");
    });
}
