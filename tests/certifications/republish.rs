//! A certified Connector stays what its clients rely on until a certifier has approved the next one.

use serde_json::json;

use super::{action, certified, certify, found};
use crate::house::{Draft, in_a_house_of_its_own, in_the_house, report};

async fn next(draft: &Draft, tag: &str) {
    draft.project.commit("minimal", &[("NOTES.md", tag)], tag);
    let set = json!([{"action": "setRepository", "tag": tag}]);
    draft.act(set).await.of_status(201);
}

#[test]
fn the_certified_version_stays_listed_until_the_next_one_is_approved() {
    in_a_house_of_its_own(async |house| {
        let (shop, other) = (house.project().await, house.project().await);
        let certifier = house.certifier().await;
        let draft = shop.draft("minimal").await;
        certified(&certifier, &draft).await;
        let first = [(1, "v1".to_owned())];
        next(&draft, "v2").await;
        let ready = draft.publish(true).await;
        assert_eq!(
            (&ready["status"], &ready["alreadyListed"], &ready["private"]),
            (&json!("ReadyForCertification"), &json!(true), &json!(false))
        );
        assert_eq!(found(&other, &draft).await, first);
        let all = json!([action("start"), action("reject")]);
        certify(&certifier, &draft, all).await.of_status(201);
        let failed = draft.read().await;
        assert_eq!(
            (&failed["status"], &failed["alreadyListed"]),
            (&json!("Failed"), &json!(true))
        );
        assert_eq!(found(&other, &draft).await, first);
        next(&draft, "v3").await;
        certified(&certifier, &draft).await;
        assert_eq!(found(&other, &draft).await, [(2, "v3".to_owned())]);
    });
}

#[test]
fn what_is_certified_and_unchanged_is_not_certified_again_and_never_published_without() {
    in_a_house_of_its_own(async |house| {
        let (shop, other) = (house.project().await, house.project().await);
        let certifier = house.certifier().await;
        let draft = shop.draft("minimal").await;
        certified(&certifier, &draft).await;
        let publish =
            |certification: bool| json!([{"action": "publish", "certification": certification}]);
        let mut told = vec![
            draft.act(publish(true)).await.errors(),
            draft.act(publish(false)).await.errors(),
        ];
        next(&draft, "v2").await;
        told.push(draft.act(publish(false)).await.errors());
        insta::assert_snapshot!(told.join("\n"), @"
        400
        ConnectorAlreadyCertified: The ConnectorStaged is already certified
        400
        ConnectorCertificationRequired: The Connector is certified; publish it with certification true
        400
        ConnectorCertificationRequired: The Connector is certified; publish it with certification true
        ");
        assert_eq!(found(&other, &draft).await, [(1, "v1".to_owned())]);
    });
}

#[test]
fn a_private_connector_becomes_public_with_its_certification() {
    in_a_house_of_its_own(async |house| {
        let (shop, other) = (house.project().await, house.project().await);
        let certifier = house.certifier().await;
        let draft = shop.draft("minimal").await.published().await;
        assert!(found(&other, &draft).await.is_empty());
        certified(&certifier, &draft).await;
        assert_eq!(found(&other, &draft).await, [(2, "v1".to_owned())]);
        let add =
            json!([{"action": "addPrivateProject", "privateProject": "europe-west1.gcp:other"}]);
        insta::assert_snapshot!(draft.act(add).await.errors(), @"
        400
        ConnectorStagedNotPrivate: The operation is not valid because ConnectorStaged with id={id} or key={shop}-minimal is not private
        ");
    });
}

#[test]
fn what_was_unlisted_is_listed_again_by_another_certification() {
    in_a_house_of_its_own(async |house| {
        let (shop, other) = (house.project().await, house.project().await);
        let certifier = house.certifier().await;
        let draft = shop.draft("minimal").await;
        certified(&certifier, &draft).await;
        let unlist = json!([{"action": "unlist"}]);
        let unlisted = draft.act(unlist).await.of_status(201);
        assert_eq!(unlisted["alreadyListed"], false);
        assert!(found(&other, &draft).await.is_empty());
        let connector = other.get(&format!("/connectors/{}", draft.id)).await;
        assert_eq!(
            connector.of_status(200)["certified"],
            true,
            "its clients keep it"
        );
        certified(&certifier, &draft).await;
        assert_eq!(found(&other, &draft).await, [(3, "v1".to_owned())]);
        assert_eq!(draft.read().await["alreadyListed"], true);
    });
}

#[test]
fn a_publication_that_fails_its_checks_asks_for_no_certification() {
    in_the_house(async |house| {
        let (shop, certifier) = (house.project().await, house.certifier().await);
        let draft = shop.draft("failing-unit-test").await;
        let failed = draft.publish(true).await;
        assert_eq!(failed["status"], "Failed");
        assert!(report(&failed["publishingReport"]).contains("Error"));
        certifier.get(&super::path(&draft)).await.of_status(404);
    });
}
