//! GET /connectors/drafts: filtered, sorted, counted and cut (contract, sections 2.1 and 6).

use serde_json::{Value, json};

use crate::house::{Project, in_a_project};

async fn three_drafts(shop: &Project) {
    for (name, types) in [
        ("alpha", json!(["tax"])),
        ("gamma", json!(["oms", "tax"])),
        ("beta", json!([])),
    ] {
        let mut body = shop.registration("minimal");
        body["key"] = json!(format!("{}-{name}", shop.key));
        body["name"] = json!(name);
        body["integrationTypes"] = types;
        shop.post("/connectors/drafts", &body).await.of_status(201);
    }
}

async fn names(shop: &Project, query: &str) -> Value {
    let page = shop
        .get(&format!("/connectors/drafts{query}"))
        .await
        .of_status(200);
    let results = page["results"].as_array().unwrap();
    assert_eq!(page["count"], results.len());
    let names: Vec<&Value> = results.iter().map(|draft| &draft["name"]).collect();
    json!([names, page["limit"], page["offset"], page["total"]])
}

#[test]
fn drafts_are_listed_newest_first_and_by_the_page() {
    in_a_project(async |shop| {
        three_drafts(&shop).await;
        assert_eq!(
            names(&shop, "").await,
            json!([["beta", "gamma", "alpha"], 20, 0, 3])
        );
        assert_eq!(
            names(&shop, "?limit=1&offset=1").await,
            json!([["gamma"], 1, 1, 3])
        );
        assert_eq!(names(&shop, "?offset=3").await, json!([[], 20, 3, 3]));
        assert_eq!(names(&shop, "?limit=0").await, json!([[], 0, 0, 3]));
    });
}

#[test]
fn drafts_are_sorted_as_asked() {
    in_a_project(async |shop| {
        three_drafts(&shop).await;
        assert_eq!(
            names(&shop, "?sort=name").await[0],
            json!(["alpha", "beta", "gamma"])
        );
        assert_eq!(
            names(&shop, "?sort=name+desc").await[0],
            json!(["gamma", "beta", "alpha"])
        );
        assert_eq!(
            names(&shop, "?sort=createdAt%20asc").await[0],
            json!(["alpha", "gamma", "beta"])
        );
        assert_eq!(
            names(&shop, "?sort=key+asc&sort=createdAt").await[0],
            json!(["alpha", "beta", "gamma"])
        );
    });
}

#[test]
fn drafts_are_filtered_by_type_and_privacy() {
    in_a_project(async |shop| {
        three_drafts(&shop).await;
        assert_eq!(
            names(&shop, "?integrationTypes=oms").await,
            json!([["gamma"], 20, 0, 1])
        );
        let either = names(&shop, "?integrationTypes=oms&integrationTypes=other").await;
        assert_eq!(either, json!([["beta", "gamma"], 20, 0, 2]));
        assert_eq!(
            names(&shop, "?isPrivate=false").await,
            json!([[], 20, 0, 0])
        );
        assert_eq!(names(&shop, "?isPrivate=true").await[3], 3);
    });
}

#[test]
fn every_draft_is_on_one_page_in_whatever_order() {
    in_a_project(async |shop| {
        let mut keys = Vec::new();
        for number in 0..7 {
            let mut body = shop.registration("minimal");
            body["key"] = json!(format!("{}-{number}", shop.key));
            // Three of a name: the order of these must not change from page to page.
            body["name"] = json!(format!("name-{}", number / 3));
            shop.post("/connectors/drafts", &body).await.of_status(201);
            keys.push(body["key"].clone());
        }
        for sort in [
            "",
            "&sort=createdAt+asc",
            "&sort=name",
            "&sort=name+desc&sort=createdAt",
        ] {
            let whole = page(&shop, &format!("?limit=7{sort}")).await;
            let mut parts = Vec::new();
            for offset in [0, 2, 4, 6] {
                parts.extend(page(&shop, &format!("?limit=2&offset={offset}{sort}")).await);
            }
            assert_eq!(parts, whole, "{sort}");
            let mut found = whole;
            found.sort_by_key(ToString::to_string);
            assert_eq!(found, keys, "{sort}");
        }
    });
}

/// The keys on a page of seven drafts in all.
async fn page(shop: &Project, query: &str) -> Vec<Value> {
    let path = format!("/connectors/drafts{query}");
    let page = shop.get(&path).await.of_status(200);
    assert_eq!(page["total"], 7);
    let results = page["results"].as_array().unwrap();
    results.iter().map(|draft| draft["key"].clone()).collect()
}

#[test]
fn a_list_shows_changes_and_deletions_at_once() {
    in_a_project(async |shop| {
        three_drafts(&shop).await;
        let newest = shop.get("/connectors/drafts?limit=1").await.of_status(200);
        let path = format!(
            "/connectors/drafts/{}",
            newest["results"][0]["id"].as_str().unwrap()
        );
        let rename = json!({"version": 1, "actions": [{"action": "setName", "name": "zeta"}]});
        shop.post(&path, &rename).await.of_status(201);
        assert_eq!(
            names(&shop, "").await,
            json!([["zeta", "gamma", "alpha"], 20, 0, 3])
        );
        assert_eq!(
            names(&shop, "?sort=name+desc&limit=1").await,
            json!([["zeta"], 1, 0, 3])
        );
        assert_eq!(
            names(&shop, "?sort=lastModifiedAt+desc&limit=1").await[0],
            json!(["zeta"])
        );
        shop.delete(&path).await.of_status(200);
        assert_eq!(
            names(&shop, "").await,
            json!([["gamma", "alpha"], 20, 0, 2])
        );
        assert_eq!(
            names(&shop, "?sort=name&offset=1").await,
            json!([["gamma"], 20, 1, 2])
        );
    });
}

#[test]
fn parameters_out_of_range_are_told_all_at_once() {
    in_a_project(async |shop| {
        let query = "?limit=501&offset=10001&sort=color";
        insta::assert_snapshot!(shop.get(&format!("/connectors/drafts{query}")).await.errors(), @"
        400
        InvalidQueryParam: Request query param is not valid
          detailedErrorMessage: limit: '501' was given; it takes a whole number from 0 to 500
        InvalidQueryParam: Request query param is not valid
          detailedErrorMessage: offset: '10001' was given; it takes a whole number from 0 to 10000
        InvalidQueryParam: Request query param is not valid
          detailedErrorMessage: sort: 'color' was given; it takes createdAt, lastModifiedAt, name or key, followed by asc or desc
        ");
        let told = [
            shop.get("/connectors/drafts?isPrivate=perhaps")
                .await
                .errors(),
            shop.get("/connectors/drafts?integrationTypes=taxes")
                .await
                .errors(),
            shop.get("/connectors/drafts?limit=-1").await.errors(),
        ];
        insta::assert_snapshot!(told.join("\n"), @"
        400
        InvalidQueryParam: Request query param is not valid
          detailedErrorMessage: isPrivate: 'perhaps' was given; it takes true or false
        400
        InvalidQueryParam: Request query param is not valid
          detailedErrorMessage: integrationTypes: 'taxes' was given; it takes one of tax, marketplace, oms, psp, pim, promotion, search, erp, crm, email, analytics, shipping, giftcard, other
        400
        InvalidQueryParam: Request query param is not valid
          detailedErrorMessage: limit: '-1' was given; it takes a whole number from 0 to 500
        ");
    });
}
