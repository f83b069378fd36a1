//! GET /connectors/search: what the Project can deploy, found by words, names and types (contract, sections 2.1 and 4).

use serde_json::{Value, json};

use crate::house::{Project, in_a_project, in_the_house};

pub(super) async fn publish(shop: &Project, name: &str, change: Value) -> String {
    let mut body = shop.registration("minimal");
    body["key"] = json!(format!("{}-{name}", shop.key));
    body["name"] = json!(name);
    body.as_object_mut()
        .unwrap()
        .extend(change.as_object().unwrap().clone());
    let draft = shop.post("/connectors/drafts", &body).await.of_status(201);
    let id = draft["id"].as_str().unwrap().to_owned();
    let path = format!("/connectors/drafts/{id}");
    let publish = json!({"version": 1, "actions": [{"action": "publish", "certification": false}]});
    shop.post(&path, &publish).await.of_status(201);
    assert_eq!(
        shop.get_settled(&path).await.of_status(200)["status"],
        "Published"
    );
    id
}

async fn names(shop: &Project, query: &str) -> Vec<String> {
    let page = shop
        .get(&format!("/connectors/search?sort=name&{query}"))
        .await
        .of_status(200);
    assert_eq!(page["total"], page["results"].as_array().unwrap().len());
    page["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["name"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn connectors_are_found_by_words_keys_ids_types_and_company() {
    in_a_project(async |shop| {
        let tax = json!({"integrationTypes": ["tax"], "description": "Keeps VAT in step", "creator": {"email": "a@b.c", "company": "Example Ltd"}});
        let id = publish(&shop, "tax-sync", tax).await;
        publish(&shop, "mailer", json!({"integrationTypes": ["email"]})).await;
        publish(&shop, "tax-free", json!({})).await;
        assert_eq!(names(&shop, "").await, ["mailer", "tax-free", "tax-sync"]);
        assert_eq!(names(&shop, "text=TAX").await, ["tax-free", "tax-sync"]);
        assert_eq!(names(&shop, "text=vat+keep").await, ["tax-sync"]);
        assert!(names(&shop, "text=tax+mailer").await.is_empty());
        assert_eq!(
            names(&shop, "integrationTypes=tax&integrationTypes=email").await,
            ["mailer", "tax-sync"]
        );
        assert_eq!(
            names(&shop, &format!("key={}-mailer&key=nothing", shop.key)).await,
            ["mailer"]
        );
        assert_eq!(names(&shop, &format!("id={id}")).await, ["tax-sync"]);
        assert_eq!(
            names(&shop, "creator.company=Example+Ltd").await,
            ["tax-sync"]
        );
        assert_eq!(
            names(&shop, "private=true&text=tax").await,
            ["tax-free", "tax-sync"]
        );
        assert_eq!(
            names(&shop, "private=false&text=tax").await,
            ["tax-free", "tax-sync"]
        );
    });
}

#[test]
fn a_private_connector_is_found_by_its_projects_only() {
    in_the_house(async |house| {
        let (owner, friend, stranger) = (
            house.project().await,
            house.project().await,
            house.project().await,
        );
        let project = format!("europe-west1.gcp:{}", friend.key);
        publish(&owner, "secret", json!({"privateProjects": [project]})).await;
        assert_eq!(names(&owner, "").await, ["secret"]);
        assert_eq!(names(&friend, "").await, ["secret"]);
        assert!(names(&stranger, "").await.is_empty());
        assert!(
            names(&stranger, &format!("key={}-secret", owner.key))
                .await
                .is_empty()
        );
    });
}

#[test]
fn a_draft_that_was_never_published_is_not_found() {
    in_a_project(async |shop| {
        shop.draft("minimal").await.previewed().await;
        assert!(names(&shop, "").await.is_empty());
    });
}

#[test]
fn what_a_search_does_not_take_is_told() {
    in_a_project(async |shop| {
        let told = [
            shop.get("/connectors/search?private=maybe").await.errors(),
            shop.get("/connectors/search?id=7").await.errors(),
            shop.get("/connectors/search?key=a%20key").await.errors(),
            shop.get("/connectors/search?limit=many&sort=size")
                .await
                .errors(),
        ];
        insta::assert_snapshot!(told.join("\n"), @"
        400
        InvalidQueryParam: Request query param is not valid
          detailedErrorMessage: private: 'maybe' was given; it takes true or false
        400
        InvalidQueryParam: Request query param is not valid
          detailedErrorMessage: id: '7' was given; it takes a UUID
        400
        InvalidQueryParam: Request query param is not valid
          detailedErrorMessage: key: 'a key' was given; it takes 2 to 256 letters, digits, '_' or '-'
        400
        InvalidQueryParam: Request query param is not valid
          detailedErrorMessage: limit: 'many' was given; it takes a whole number from 0 to 500
        InvalidQueryParam: Request query param is not valid
          detailedErrorMessage: sort: 'size' was given; it takes createdAt, lastModifiedAt, name or key, followed by asc or desc
        ");
    });
}
