//! A certifier decides once, on what was examined, and everybody sees it at once.

use serde_json::json;

use super::{action, certify, found, path, read, spoken};
use crate::house::{in_a_house_of_its_own, in_the_house, redacted, report};

#[test]
fn an_approved_draft_is_found_by_every_project_at_once() {
    in_a_house_of_its_own(async |house| {
        let (shop, other) = (house.project().await, house.project().await);
        let certifier = house.certifier().await;
        let draft = shop.draft("minimal").await;
        draft.publish(true).await;
        let connector = format!("/connectors/{}", draft.id);
        other.get(&draft.path()).await.of_status(404);
        other.get(&connector).await.of_status(404);
        assert!(found(&other, &draft).await.is_empty());
        let asked = json!([{"action": "start", "comment": "How is it tested?"}]);
        let taken = certify(&certifier, &draft, asked).await.of_status(201);
        assert_eq!(taken["status"], "InCertification");
        assert_eq!(
            (&taken["projectKey"], &taken["certifier"]),
            (&json!(shop.key), &json!(certifier.key))
        );
        let answer = json!([{"action": "addCertificationComment", "comment": "By hand."}]);
        draft.act(answer).await.of_status(201);
        let seen = read(&certifier, &draft).await;
        assert_eq!(seen["connectorStaged"], draft.read().await);
        let approve = json!([{"action": "approve", "comment": "Fine."}]);
        let done = certify(&certifier, &draft, approve).await.of_status(201);
        assert_eq!(done["status"], "Published");
        let published = draft.read().await;
        let shown = [
            "status",
            "private",
            "alreadyListed",
            "hasChanges",
            "version",
        ]
        .map(|field| format!("{field}: {}", published[field]));
        insta::assert_snapshot!(shown.join(", "), @r#"status: "Published", private: false, alreadyListed: true, hasChanges: false, version: 6"#);
        assert_eq!(
            spoken(&published),
            [
                format!("{}: How is it tested?", certifier.key),
                format!("{}: By hand.", shop.key),
                format!("{}: Fine.", certifier.key),
            ]
        );
        assert!(
            report(&published["publishingReport"])
                .ends_with("Information: Certification succeeded\n  Fine.")
        );
        assert_eq!(found(&other, &draft).await, [(1, "v1".to_owned())]);
        let seen = other.get(&connector).await.of_status(200);
        assert_eq!(
            (&seen["certified"], &seen["private"], &seen["version"]),
            (&json!(true), &json!(false), &json!(1))
        );
        other.get(&draft.path()).await.of_status(404);
        certifier.get(&path(&draft)).await.of_status(404);
    });
}

#[test]
fn a_rejected_draft_fails_with_the_reason_and_can_be_mended() {
    in_the_house(async |house| {
        let (shop, certifier) = (house.project().await, house.certifier().await);
        let draft = shop.draft("minimal").await;
        draft.publish(true).await;
        let all = json!([action("start"), action("reject")]);
        certify(&certifier, &draft, all).await.of_status(201);
        let failed = draft.read().await;
        assert_eq!(
            (
                &failed["status"],
                &failed["alreadyListed"],
                &failed["private"]
            ),
            (&json!("Failed"), &json!(false), &json!(true))
        );
        insta::assert_snapshot!(report(&failed["publishingReport"]), @"
        Information: Connector specification file validation check succeeded
          Applications: 1.
        Information [service]: Connector image build check succeeded
        Information: SAST and SCA analysis check succeeded
          Files: 1, lines: 18, rules: 107; test files left out: 0.
        Warning: SCA analysis check skipped
          No advisories are loaded, so nothing is known about the dependencies. The operator loads them with `slipway up --advisories PATH`.
        Information: Secret detection check succeeded
          Files: 4, shapes: 27.
        Information: Image security analysis check succeeded
          Size: 0 MiB, dependencies: 0.
        Error: Certification failed
          reject, because
        ");
        insta::assert_snapshot!(redacted(spoken(&failed).join("\n")), @"
        {shop}: start, because
        {shop}: reject, because
        ");
        shop.get(&format!("/connectors/{}", draft.id))
            .await
            .of_status(404);
        let rename = json!([{"action": "setName", "name": "another"}]);
        draft.act(rename).await.of_status(201);
        assert_eq!(draft.publish(true).await["status"], "ReadyForCertification");
        assert_eq!(read(&certifier, &draft).await["certifier"], json!(null));
    });
}

#[test]
fn what_was_examined_is_published_though_its_tag_has_moved() {
    in_a_house_of_its_own(async |house| {
        let (shop, certifier) = (house.project().await, house.certifier().await);
        let draft = shop.draft("minimal").await;
        let examined = draft.publish(true).await["configurations"].clone();
        let commit = read(&certifier, &draft).await["commit"].clone();
        let yaml = crate::house::fixture("minimal/connect.yaml").replace("GREETING", "SMUGGLED");
        shop.commit("minimal", &[("connect.yaml", &yaml)], "v1");
        let again = json!([{"action": "setRepository", "tag": "v1"}]);
        insta::assert_snapshot!(draft.act(again).await.errors(), @"
        400
        ConnectorStagedInCertification: The ConnectorStaged is already in certification
        ");
        let all = json!([action("start"), action("approve")]);
        let done = certify(&certifier, &draft, all).await.of_status(201);
        assert_eq!(done["commit"], commit);
        let connector = shop
            .get(&format!("/connectors/{}", draft.id))
            .await
            .of_status(200);
        assert_eq!(connector["configurations"], examined);
    });
}

#[test]
fn a_tag_that_moved_before_the_publication_shows_what_is_examined() {
    in_the_house(async |house| {
        let (shop, certifier) = (house.project().await, house.certifier().await);
        let draft = shop.draft("minimal").await;
        let yaml = crate::house::fixture("minimal/connect.yaml").replace("GREETING", "ANOTHER");
        shop.commit("minimal", &[("connect.yaml", &yaml)], "v1");
        draft.publish(true).await;
        let seen = read(&certifier, &draft).await["connectorStaged"]["configurations"].to_string();
        assert!(
            seen.contains("ANOTHER") && !seen.contains("GREETING"),
            "{seen}"
        );
    });
}

#[test]
fn of_two_certifiers_who_decide_at_the_same_moment_one_is_told_to_look_again() {
    in_a_house_of_its_own(async |house| {
        let (other, one, two) = (
            house.project().await,
            house.certifier().await,
            house.certifier().await,
        );
        for _ in 0..5 {
            let draft = house.project().await.draft("minimal").await;
            draft.publish(true).await;
            let start = certify(&one, &draft, json!([action("start")])).await;
            let version = start.of_status(201)["version"].clone();
            let decide = |name: &str| json!({"version": version, "actions": [action(name)]});
            let (approve, reject, place) = (decide("approve"), decide("reject"), path(&draft));
            let (approved, rejected) =
                futures_util::join!(one.post(&place, &approve), two.post(&place, &reject));
            let (won, lost, status) = if approved.status == 201 {
                (approved, rejected, "Published")
            } else {
                (rejected, approved, "Failed")
            };
            assert_eq!(won.of_status(201)["status"], status);
            let told = lost.of_status(409);
            assert_eq!(told["errors"][0]["code"], "ConcurrentModification");
            let after = draft.read().await;
            assert_eq!(after["status"], status);
            assert_eq!(spoken(&after).len(), 2, "one start and one decision");
            let listed = found(&other, &draft).await.len();
            assert_eq!(listed, usize::from(status == "Published"));
        }
    });
}

#[test]
fn one_approval_that_is_sent_twice_at_the_same_moment_publishes_once() {
    in_a_house_of_its_own(async |house| {
        let (shop, certifier) = (house.project().await, house.certifier().await);
        let draft = shop.draft("minimal").await;
        draft.publish(true).await;
        let version = read(&certifier, &draft).await["version"].clone();
        let body = json!({"version": version, "actions": [action("start"), action("approve")]});
        let place = path(&draft);
        let sent = (0..4).map(|_| certifier.post(&place, &body));
        let answers = futures_util::future::join_all(sent).await;
        let mut statuses: Vec<u16> = answers.iter().map(|one| one.status).collect();
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 409, 409, 409]);
        assert_eq!(found(&shop, &draft).await, [(1, "v1".to_owned())]);
        assert_eq!(spoken(&draft.read().await).len(), 2);
    });
}
