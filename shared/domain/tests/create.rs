//! A new draft is checked as a whole, and starts as the contract says.

use serde_json::json;

use crate::sample::{draft, lines, record};

#[test]
fn everything_wrong_with_a_draft_is_found_at_once() {
    let projects: Vec<String> = (0..101)
        .map(|number| format!("a.b:shop-{number}"))
        .collect();
    let draft = draft(json!({
        "name": "x".repeat(257), "description": "x".repeat(4097),
        "creator": { "email": " ", "company": "x".repeat(2049) },
        "documentationUrl": "x".repeat(2049), "privateProjects": projects,
    }))
    .expect("readable");
    insta::assert_snapshot!(lines(&draft.findings()), @"
    InvalidJsonInput: Request body does not contain valid JSON. [name has 257 characters; the most is 256]
    InvalidJsonInput: Request body does not contain valid JSON. [description has 4097 characters; the most is 4096]
    InvalidJsonInput: Request body does not contain valid JSON. [creator.email is empty; it takes 1 to 2048 characters]
    InvalidJsonInput: Request body does not contain valid JSON. [creator.company has 2049 characters; the most is 2048]
    InvalidJsonInput: Request body does not contain valid JSON. [documentationUrl has 2049 characters; the most is 2048]
    InvalidJsonInput: Request body does not contain valid JSON. [privateProjects has 101 entries; the most is 100]
    ");
}

#[test]
fn a_draft_is_read_leniently() {
    let draft = draft(json!({
        "description": null, "integrationTypes": null, "supportedRegions": null,
        "privateProjects": null, "key": null, "noOfDevelopers": 3, "configurations": "old",
    }))
    .expect("tolerated");
    assert_eq!(lines(&draft.findings()), "");
    assert_eq!((draft.key, draft.description), (None, None));
}

#[test]
fn a_new_draft_stands_as_the_contract_says() {
    let mut wire = serde_json::to_value(record().staged).expect("plain data");
    wire["configurations"] = json!("left out");
    wire["globalConfiguration"] = json!("left out");
    insta::assert_snapshot!(wire, @r#"{"id":"9b1deb4d-3b7d-4bad-9bdd-2b0d7b3dcb6d","key":"tax-sync","version":1,"name":"Tax sync","description":"Keeps taxes in step","integrationTypes":["other"],"creator":{"email":"ada@example.org"},"repository":{"url":"https://github.com/acme/tax.git","tag":"v1"},"configurations":"left out","globalConfiguration":"left out","private":true,"privateProjects":["europe-west1.gcp:my-shop"],"supportedRegions":[],"status":"Draft","publishingReport":null,"alreadyListed":false,"hasChanges":true,"isPreviewable":"none","previewableReport":null}"#);
}
