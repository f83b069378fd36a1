//! A draft is read leniently, and starts as the contract says.

use serde_json::json;

use crate::sample::{draft, record};

#[test]
fn a_draft_is_read_leniently() {
    let draft = draft(json!({
        "description": null, "integrationTypes": null, "supportedRegions": null,
        "privateProjects": null, "key": null, "noOfDevelopers": 3, "configurations": "old",
    }))
    .expect("tolerated");
    assert_eq!((draft.key, draft.description), (None, None));
}

#[test]
fn a_new_draft_stands_as_the_contract_says() {
    let mut wire = serde_json::to_value(record().staged).expect("plain data");
    wire["configurations"] = json!("left out");
    wire["globalConfiguration"] = json!("left out");
    insta::assert_snapshot!(wire, @r#"{"id":"9b1deb4d-3b7d-4bad-9bdd-2b0d7b3dcb6d","key":"tax-sync","version":1,"name":"Tax sync","description":"Keeps taxes in step","integrationTypes":["other"],"creator":{"email":"ada@example.org"},"repository":{"url":"https://github.com/acme/tax.git","tag":"v1"},"configurations":"left out","globalConfiguration":"left out","private":true,"privateProjects":["europe-west1.gcp:my-shop"],"supportedRegions":[],"status":"Draft","publishingReport":null,"alreadyListed":false,"hasChanges":true,"isPreviewable":"none","previewableReport":null}"#);
}
