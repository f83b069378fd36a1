//! What a certifier cannot do, and what they read about it.

use serde_json::json;
use uuid::Uuid;

use super::{action, approved, certify, path, read};
use crate::house::{in_a_house_of_its_own, in_the_house, redacted};

#[test]
fn a_decision_without_a_reason_or_of_another_kind_is_refused() {
    in_the_house(async |house| {
        let (shop, certifier) = (house.project().await, house.certifier().await);
        let draft = shop.draft("minimal").await;
        draft.publish(true).await;
        let before = draft.read().await;
        let mut told = Vec::new();
        for action in [
            json!({"action": "approve"}),
            json!({"action": "reject", "comment": null}),
            json!({"action": "comment", "comment": " \n"}),
            json!({"action": "start", "comment": ""}),
            json!({"action": "comment", "comment": "x".repeat(4097)}),
            json!({"action": "unlist"}),
            json!({"comment": "nothing"}),
        ] {
            told.push(certify(&certifier, &draft, json!([action])).await.errors());
        }
        let without = certifier.post(&path(&draft), &json!({"actions": []})).await;
        told.push(without.errors());
        insta::assert_snapshot!(told.join("\n"), @"
        400
        InvalidJsonInput: Request body does not contain valid JSON.
          detailedErrorMessage: actions[0].comment is missing
        400
        InvalidJsonInput: Request body does not contain valid JSON.
          detailedErrorMessage: actions[0].comment is null; it takes a text
        400
        InvalidJsonInput: Request body does not contain valid JSON.
          detailedErrorMessage: actions[0].comment is empty; it takes 1 to 4096 characters
        400
        InvalidJsonInput: Request body does not contain valid JSON.
          detailedErrorMessage: actions[0].comment is empty; it takes 1 to 4096 characters
        400
        InvalidJsonInput: Request body does not contain valid JSON.
          detailedErrorMessage: actions[0].comment has 4097 characters; the most is 4096
        400
        InvalidJsonInput: Request body does not contain valid JSON.
          detailedErrorMessage: actions[0].action is 'unlist'; it takes start, comment, approve or reject
        400
        InvalidJsonInput: Request body does not contain valid JSON.
          detailedErrorMessage: actions[0].action is missing
        400
        InvalidJsonInput: Request body does not contain valid JSON.
          detailedErrorMessage: version is missing
        ");
        assert_eq!(draft.read().await, before);
    });
}

#[test]
fn an_action_at_the_wrong_step_changes_nothing() {
    in_the_house(async |house| {
        let (shop, certifier) = (house.project().await, house.certifier().await);
        let draft = shop.draft("minimal").await;
        draft.publish(true).await;
        let early = json!([action("comment"), action("approve")]);
        let mut told = vec![certify(&certifier, &draft, early).await.errors()];
        let taken = certify(&certifier, &draft, json!([action("start")])).await;
        let version = taken.of_status(201)["version"].clone();
        for actions in [
            json!([action("start")]),
            json!([action("approve"), action("comment")]),
        ] {
            told.push(certify(&certifier, &draft, actions).await.errors());
        }
        insta::assert_snapshot!(told.join("\n"), @"
        400
        ConnectorStagedNotInCertification: The ConnectorStaged is not at this step of a certification
        400
        ConnectorStagedInCertification: The ConnectorStaged is already in certification
        400
        ConnectorStagedNotInCertification: The ConnectorStaged is not at this step of a certification
        ");
        let nothing = certify(&certifier, &draft, json!([])).await.of_status(201);
        assert_eq!(
            (&nothing["status"], &nothing["version"]),
            (&json!("InCertification"), &version)
        );
    });
}

#[test]
fn what_is_decided_is_its_creators_again() {
    in_a_house_of_its_own(async |house| {
        let (shop, certifier) = (house.project().await, house.certifier().await);
        let draft = shop.draft("minimal").await;
        draft.publish(true).await;
        let version = read(&certifier, &draft).await["version"].clone();
        approved(&certifier, &draft).await;
        let late = json!({"version": version, "actions": [action("reject")]});
        let now = json!({"version": draft.read().await["version"], "actions": [action("reject")]});
        let nothing = json!({"version": draft.read().await["version"], "actions": []});
        let mut told = Vec::new();
        for body in [late, now, nothing] {
            told.push(certifier.post(&path(&draft), &body).await.errors());
        }
        told.push(certifier.get(&path(&draft)).await.errors());
        insta::assert_snapshot!(told.join("\n"), @"
        409
        ConcurrentModification: Version mismatch. Concurrent modification: expected version 3, the current version is 4.
          expectedVersion: 3
          currentVersion: 4
        400
        ConnectorStagedNotInCertification: The ConnectorStaged is not at this step of a certification
        400
        ConnectorStagedNotInCertification: The ConnectorStaged is not at this step of a certification
        404
        ResourceNotFound: The Certification with ID '{id}' was not found.
        ");
    });
}

#[test]
fn a_draft_that_never_asked_is_not_there() {
    in_the_house(async |house| {
        let (shop, certifier) = (house.project().await, house.certifier().await);
        let draft = shop.draft("minimal").await.published().await;
        let body = json!({"version": 1, "actions": [action("start")]});
        let key = format!("/certifications/key={}-minimal", shop.key);
        let mut told = vec![
            certifier.get(&path(&draft)).await.errors(),
            certifier.post(&path(&draft), &body).await.errors(),
            certifier.get(&key).await.errors(),
        ];
        let unknown = format!("/certifications/{}", Uuid::from_u128(7));
        told.push(certifier.get(&unknown).await.errors());
        told.push(certifier.get("/certifications/a-b").await.errors());
        told.push(certifier.get("/certifications/key=%").await.errors());
        insta::assert_snapshot!(redacted(told.join("\n")), @"
        404
        ResourceNotFound: The Certification with ID '{id}' was not found.
        404
        ResourceNotFound: The Certification with ID '{id}' was not found.
        404
        ResourceNotFound: The Certification with key '{shop}-minimal' was not found.
        404
        ResourceNotFound: The Certification with ID '00000000-0000-0000-0000-000000000007' was not found.
        400
        InvalidPathParam: Request path param is not valid
          detailedErrorMessage: 'a-b' is neither an id, which is a UUID, nor key= followed by a key
        400
        InvalidPathParam: Request path param is not valid
          detailedErrorMessage: key: a key has 2 to 256 letters, digits, '_' or '-'
        ");
    });
}
