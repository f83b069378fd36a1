//! The body of an update is read leniently, and what cannot be read is told in words that help.

use domain::connector::IntegrationType;
use domain::names::Region;
use domain::update::connector_staged::{Action, ConnectorUpdate};
use serde_json::{Value, json};

fn read(actions: Value) -> Result<Vec<Action>, String> {
    let body = json!({ "version": 7, "actions": actions });
    serde_json::from_value::<ConnectorUpdate>(body)
        .map(|update| update.actions)
        .map_err(|error| error.to_string())
}

#[test]
fn all_nineteen_actions_have_the_field_names_of_the_contract() {
    let actions = read(json!([
        { "action": "setName", "name": "n" },
        { "action": "setDescription", "description": "d" },
        { "action": "setRepository", "url": "https://github.com/acme/tax.git", "tag": "v2" },
        { "action": "setSupportedRegions", "regions": ["us-east-2.aws"] },
        { "action": "setIntegrationTypes", "integrationTypes": ["giftcard"] },
        { "action": "setDocumentationUrl", "documentationUrl": "u" },
        { "action": "setCreatorName", "creatorName": "n" },
        { "action": "setCreatorTitle", "creatorTitle": "t" },
        { "action": "setCreatorEmail", "creatorEmail": "e" },
        { "action": "setCreatorCompany", "creatorCompany": "c" },
        { "action": "setCreatorSupportUrl", "creatorSupportUrl": "s" },
        { "action": "setCreatorLogo", "logoUrl": "l" },
        { "action": "setCreatorNoOfContributors", "creatorNoOfContributors": 3 },
        { "action": "addPrivateProject", "privateProject": "europe-west1.gcp:my-shop" },
        { "action": "removePrivateProject", "privateProject": "europe-west1.gcp:my-shop" },
        { "action": "updatePreviewable" },
        { "action": "publish", "certification": true },
        { "action": "addCertificationComment", "comment": "c" },
        { "action": "unlist" },
    ]))
    .expect("all are known");
    assert_eq!(actions.len(), 19);
    assert_eq!(
        actions[3],
        Action::SetSupportedRegions {
            regions: vec![Region::UsEast2Aws]
        }
    );
    assert_eq!(
        actions[4],
        Action::SetIntegrationTypes {
            integration_types: vec![IntegrationType::Giftcard]
        }
    );
    assert_eq!(
        actions[12],
        Action::SetCreatorNoOfContributors {
            creator_no_of_contributors: 3
        }
    );
}

#[test]
fn unknown_fields_are_ignored_and_a_null_url_is_none() {
    let body = json!({
        "version": 7, "reason": "none",
        "actions": [
            { "action": "setRepository", "url": null, "tag": "v1", "branch": "main" },
            { "action": "unlist", "because": ["x"] },
        ],
    });
    let update: ConnectorUpdate = serde_json::from_value(body).expect("tolerated");
    assert!(matches!(
        &update.actions[..],
        [Action::SetRepository { url: None, .. }, Action::Unlist]
    ));
}

#[test]
fn an_action_that_cannot_be_read_says_why() {
    let cases = [
        json!([{ "action": "setKey", "key": "k" }]),
        json!([{ "name": "n" }]),
        json!([{ "action": "setName" }]),
        json!([{ "action": "addPrivateProject", "privateProject": null }]),
        json!([{ "action": "addPrivateProject", "privateProject": "my-shop" }]),
        json!([{ "action": "setRepository", "tag": "v1..2" }]),
        json!([{ "action": "setSupportedRegions", "regions": ["mars"] }]),
        json!([{ "action": "setCreatorNoOfContributors", "creatorNoOfContributors": -1 }]),
        json!([{ "action": "publish", "certification": "yes" }]),
    ];
    let refusals = cases.map(|case| read(case).expect_err("refused"));
    insta::assert_snapshot!(refusals.join("\n"), @r#"
    unknown variant `setKey`, expected one of `setName`, `setDescription`, `setRepository`, `setSupportedRegions`, `setIntegrationTypes`, `setDocumentationUrl`, `setCreatorName`, `setCreatorTitle`, `setCreatorEmail`, `setCreatorCompany`, `setCreatorSupportUrl`, `setCreatorLogo`, `setCreatorNoOfContributors`, `addPrivateProject`, `removePrivateProject`, `updatePreviewable`, `publish`, `addCertificationComment`, `unlist`
    missing field `action`
    missing field `name`
    invalid type: null, expected a string
    a Project is written {region}:{projectKey}, as in europe-west1.gcp:my-shop
    a tag starts with a letter or digit, has up to 255 letters, digits, '.', '_', '-', '/' or '@', and no '..'
    unknown variant `mars`, expected one of `europe-west1.gcp`, `us-central1.gcp`, `australia-southeast1.gcp`, `us-east-2.aws`, `eu-central-1.aws`
    invalid value: integer `-1`, expected u64
    invalid type: string "yes", expected a boolean
    "#);
}
