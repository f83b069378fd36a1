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
    insta::assert_snapshot!(lines(&draft.findings()), @"");
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
    insta::assert_snapshot!(wire, @"");
}
