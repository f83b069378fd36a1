//! The checklist shows what the publication saw in the source, without the repository.

use serde_json::{Value, json};

use super::{action, certify, read};
use crate::house::in_the_house;

/// `result id: detail`, one line for each item.
fn told(certification: &Value) -> String {
    let items = certification["checklist"].as_array().expect("a list");
    let text = |item: &Value, name: &str| item[name].as_str().expect("a text").to_owned();
    let line = |item: &Value| {
        let [result, id, detail] = ["result", "id", "detail"].map(|name| text(item, name));
        format!("{result} {id}: {detail}")
    };
    items.iter().map(line).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_creator_mends_what_the_checklist_showed() {
    in_the_house(async |house| {
        let (shop, certifier) = (house.project().await, house.certifier().await);
        let draft = shop.draft("minimal").await;
        draft.publish(true).await;
        insta::assert_snapshot!(told(&read(&certifier, &draft).await), @"
        failed readme: The root of the repository has no README with an installation guide.
        failed licence: There is no licence file at the root, and package.json names no licence in: service.
        failed tests: Neither a test script nor a test file in: service.
        passed report: publishingReport has no warnings.
        unknown security: Look for yourself, as the platform did not: SCA analysis check skipped.
        passed configuration-described: Every key has a description that a person can go by.
        passed configuration-explained: Every description says more than the name of its key.
        failed health-check: The platform only sees whether the port is open in: service.
        failed description: Search shows the Connector by its name alone.
        failed documentation-url: documentationUrl is not set.
        passed creator-email: creator.email is set; whether somebody answers was not tried.
        failed creator-support-url: creator.supportUrl is not set.
        failed help: Neither documentationUrl nor creator.supportUrl is set to an https address.
        failed integration-types: It is `other` alone, which is also what a draft has that names none.
        unknown supported-regions: None is named, so it is offered in every Region: ask whether that is meant.
        ");
        let all = json!([action("start"), action("reject")]);
        certify(&certifier, &draft, all).await.of_status(201);
        let yaml = crate::house::fixture("minimal/connect.yaml").replace(
            "endpoint: /service",
            "endpoint: /service\n    healthCheck: { path: /service }",
        );
        let files = [
            ("connect.yaml", yaml.as_str()),
            ("README.md", "# Minimal\nInstall it so."),
            ("LICENSE-MIT", "Do what you like."),
            (
                "service/tests/greets.js",
                "require('node:assert').ok(true);\n",
            ),
        ];
        shop.commit("minimal", &files, "v2");
        let mend = json!([
            {"action": "setRepository", "tag": "v2"},
            {"action": "setDescription", "description": "Greets whoever calls."},
            {"action": "setDocumentationUrl", "documentationUrl": "https://example.org/docs"},
            {"action": "setCreatorSupportUrl", "creatorSupportUrl": "https://example.org/help"},
            {"action": "setIntegrationTypes", "integrationTypes": ["email"]},
            {"action": "setSupportedRegions", "regions": ["europe-west1.gcp"]},
        ]);
        draft.act(mend).await.of_status(201);
        assert_eq!(draft.publish(true).await["status"], "ReadyForCertification");
        shop.remove_tag("minimal", "v2");
        let mended = told(&read(&certifier, &draft).await);
        let open: Vec<&str> = mended
            .lines()
            .filter(|line| !line.starts_with("passed"))
            .collect();
        insta::assert_snapshot!(open.join("\n"), @"unknown security: Look for yourself, as the platform did not: SCA analysis check skipped.");
    });
}
