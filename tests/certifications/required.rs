//! What the policy for certifications requires is asked for before a certifier has to.

use serde_json::json;

use crate::house::{House, Operator, in_a_house, report};

#[test]
fn a_draft_comes_before_a_certifier_when_it_has_what_the_policy_requires() {
    let shipped = Operator {
        standards: functions::StandardsOptions::default(),
        ..Operator::default()
    };
    in_a_house(House::of(shipped), async |house| {
        let (shop, certifier) = (house.project().await, house.certifier().await);
        let draft = shop.draft("minimal").await;
        let refused = draft.publish(true).await;
        assert_eq!(refused["status"], "Failed");
        let told = report(&refused["publishingReport"]);
        let told: Vec<&str> = told
            .lines()
            .skip_while(|line| !line.contains("checklist"))
            .collect();
        insta::assert_snapshot!(told.join("\n"), @"
        Error: Certification checklist check failed
          The root of the repository has no README with an installation guide. [readme]
        Error: Certification checklist check failed
          There is no licence file at the root, and package.json names no licence in: service. [licence]
        Error: Certification checklist check failed
          Neither a test script nor a test file in: service. [tests]
        Error: Certification checklist check failed
          Neither documentationUrl nor creator.supportUrl is set to an https address. [help]
        ");
        let waiting = certifier.get("/certifications").await.of_status(200);
        assert_eq!(waiting["total"], 0);
        let files = [
            ("README.md", "# Minimal\nInstall it so."),
            ("LICENSE", "Do what you like."),
            (
                "service/tests/greets.js",
                "require('node:assert').ok(true);\n",
            ),
        ];
        shop.commit("minimal", &files, "v2");
        let mend = json!([
            {"action": "setRepository", "tag": "v2"},
            {"action": "setCreatorSupportUrl", "creatorSupportUrl": "https://example.org/help"},
        ]);
        draft.act(mend).await.of_status(201);
        let waits = draft.publish(true).await;
        assert_eq!(waits["status"], "ReadyForCertification");
        let told = report(&waits["publishingReport"]);
        assert!(
            told.contains("Information: Certification checklist check succeeded"),
            "{told}"
        );
        // Without certification nothing of this is asked for.
        let other = shop.draft("minimal-job").await.publish(false).await;
        assert_eq!(other["status"], "Published");
    });
}
