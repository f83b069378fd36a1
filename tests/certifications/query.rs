//! `GET /certifications`: who has waited longest comes first, and nothing is listed that is decided.

use serde_json::{Value, json};

use super::{action, certify, path, read};
use crate::house::{Draft, Project, in_a_house_of_its_own};

/// The Projects of a page, and its total.
async fn listed(certifier: &Project, query: &str) -> (Vec<String>, u64) {
    let page = certifier
        .get(&format!("/certifications{query}"))
        .await
        .of_status(200);
    let results = page["results"].as_array().expect("a list").iter();
    let keys = results.map(|one| one["projectKey"].as_str().expect("a key").to_owned());
    (keys.collect(), page["total"].as_u64().expect("a number"))
}

#[test]
fn the_drafts_of_all_projects_that_wait_are_listed_in_the_order_of_their_requests() {
    in_a_house_of_its_own(async |house| {
        let certifier = house.certifier().await;
        let (a, b, c) = (
            house.project().await,
            house.project().await,
            house.project().await,
        );
        let mut drafts: Vec<Draft> = Vec::new();
        for shop in [&a, &b, &c] {
            drafts.push(shop.draft("minimal").await);
        }
        assert_eq!(listed(&certifier, "").await, (vec![], 0));
        for number in [1, 0, 2] {
            drafts[number].publish(true).await;
        }
        let keys = |all: [&Project; 3]| all.map(|shop| shop.key.clone()).to_vec();
        assert_eq!(listed(&certifier, "").await, (keys([&b, &a, &c]), 3));
        let page = listed(&certifier, "?limit=1&offset=1").await;
        assert_eq!(page, (vec![a.key.clone()], 3));
        let newest = listed(&certifier, "?sort=createdAt+desc").await;
        assert_eq!(newest, (keys([&c, &a, &b]), 3));
        certify(&certifier, &drafts[0], json!([action("start")]))
            .await
            .of_status(201);
        let taken = listed(&certifier, "?status=InCertification").await;
        assert_eq!(taken, (vec![a.key.clone()], 1));
        let waiting = listed(&certifier, "?status=ReadyForCertification").await;
        assert_eq!(waiting, (vec![b.key.clone(), c.key.clone()], 2));
        let both = listed(
            &certifier,
            "?status=InCertification&status=ReadyForCertification",
        )
        .await;
        assert_eq!(both.1, 3);
        certify(&certifier, &drafts[0], json!([action("reject")]))
            .await
            .of_status(201);
        b.delete(&drafts[1].path()).await.of_status(200);
        assert_eq!(listed(&certifier, "").await, (vec![c.key.clone()], 1));
        house.restart().await;
        assert_eq!(listed(&certifier, "").await, (vec![c.key.clone()], 1));
        let result = certifier.get("/certifications").await.of_status(200)["results"][0].clone();
        assert_eq!(result, read(&certifier, &drafts[2]).await);
        let by_key = format!("/certifications/key={}-minimal", c.key);
        assert_eq!(certifier.get(&by_key).await.of_status(200), result);
        assert_eq!(
            path(&drafts[2]),
            format!("/certifications/{}", text(&result["id"]))
        );
    });
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a text")
}

#[test]
fn every_wrong_parameter_is_named() {
    in_a_house_of_its_own(async |house| {
        let certifier = house.certifier().await;
        let mut told = Vec::new();
        for query in [
            "?status=Published",
            "?status=",
            "?limit=501&offset=-1",
            "?sort=status",
        ] {
            told.push(
                certifier
                    .get(&format!("/certifications{query}"))
                    .await
                    .errors(),
            );
        }
        insta::assert_snapshot!(told.join("\n"), @"
        400
        InvalidQueryParam: Request query param is not valid
          detailedErrorMessage: status: 'Published' was given; it takes ReadyForCertification or InCertification
        400
        InvalidQueryParam: Request query param is not valid
          detailedErrorMessage: status: '' was given; it takes ReadyForCertification or InCertification
        400
        InvalidQueryParam: Request query param is not valid
          detailedErrorMessage: limit: '501' was given; it takes a whole number from 0 to 500
        InvalidQueryParam: Request query param is not valid
          detailedErrorMessage: offset: '-1' was given; it takes a whole number from 0 to 10000
        400
        InvalidQueryParam: Request query param is not valid
          detailedErrorMessage: sort: 'status' was given; it takes createdAt, lastModifiedAt, name or key, followed by asc or desc
        ");
    });
}
