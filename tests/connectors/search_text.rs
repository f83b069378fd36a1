//! GET /connectors/search?text=…: words with typing errors, best match first (docs/api.md, "Search").

use serde_json::json;

use crate::connectors::search::publish;
use crate::house::{Project, in_a_project};

/// The names of what is found, in the order of the answer.
async fn found(shop: &Project, query: &str) -> Vec<String> {
    let page = shop
        .get(&format!("/connectors/search?{query}"))
        .await
        .of_status(200);
    let results = page["results"].as_array().unwrap();
    results
        .iter()
        .map(|one| one["name"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn the_best_match_comes_first_unless_an_order_is_asked_for() {
    in_a_project(async |shop| {
        let described = json!({"description": "Sends parcels: shipping made easy"});
        publish(&shop, "Parcels", described).await;
        publish(&shop, "Shiping", json!({})).await;
        publish(&shop, "Shipping", json!({})).await;
        publish(&shop, "Shippings", json!({})).await;
        publish(&shop, "Payment", json!({})).await;
        let best = ["Shipping", "Shippings", "Shiping", "Parcels"];
        assert_eq!(found(&shop, "text=shipping").await, best);
        let newest = ["Shippings", "Shipping", "Shiping", "Parcels"];
        let by_creation = "text=shipping&sort=createdAt+desc";
        assert_eq!(found(&shop, by_creation).await, newest);
        let page = "text=shipping&limit=2&offset=1";
        assert_eq!(found(&shop, page).await, best[1..3]);
        assert_eq!(found(&shop, "text=SHIPPNIG+parcel").await, ["Parcels"]);
    });
}

#[test]
fn a_text_has_at_most_sixteen_words() {
    in_a_project(async |shop| {
        let text = "a+".repeat(17);
        let answer = shop.get(&format!("/connectors/search?text={text}")).await;
        insta::assert_snapshot!(answer.errors(), @"
        400
        InvalidQueryParam: Request query param is not valid
          detailedErrorMessage: text: 17 words were given; it takes at most 16
        ");
        assert!(
            found(&shop, &format!("text={}", "a+".repeat(16)))
                .await
                .is_empty()
        );
    });
}
