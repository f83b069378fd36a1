//! A body that does not fit is told everything at once.

use domain::connector_staged::ConnectorStagedDraft;
use domain::deployment::DeploymentDraft;
use domain::update::connector_staged::ConnectorUpdate;
use schemars::JsonSchema;
use serde_json::{Value, json};

use super::shape::findings;

fn told<T: JsonSchema + 'static>(body: &Value) -> String {
    findings::<T>(body).join("\n")
}

#[test]
fn a_draft_is_told_every_field_that_is_missing_or_mistyped_or_has_a_value_that_cannot_be() {
    let body = json!({
        "key": "a key", "name": 7, "creator": {"name": ["Ada"]}, "unknown": {"field": true},
        "integrationTypes": ["tax", "taxes", 3], "supportedRegions": "mars-1.gcp", "privateProjects": ["my-shop"],
    });
    insta::assert_snapshot!(told::<ConnectorStagedDraft>(&body), @"
    repository is missing
    key: a key has 2 to 256 letters, digits, '_' or '-'
    name is a number; it takes a text
    creator.email is missing
    creator.name is a list; it takes a text
    integrationTypes[1] is 'taxes'; it takes tax, marketplace, oms, psp, pim, promotion, search, erp, crm, email, analytics, shipping, giftcard or other
    integrationTypes[2] is a number; it takes a text
    supportedRegions is a text; it takes a list
    privateProjects[0]: a Project is written {region}:{projectKey}, as in europe-west1.gcp:my-shop
    ");
}

#[test]
fn everything_that_is_too_long_or_empty_is_told_at_once() {
    let body = json!({
        "name": "n".repeat(257), "description": "ä".repeat(4097), "creator": {"email": " ", "company": "c".repeat(2049)},
        "repository": {"url": "file:///etc/passwd", "tag": "--upload-pack=id"}, "documentationUrl": "d".repeat(2048),
        "privateProjects": vec!["europe-west1.gcp:my-shop"; 101],
    });
    insta::assert_snapshot!(told::<ConnectorStagedDraft>(&body), @"
    name has 257 characters; the most is 256
    description has 4097 characters; the most is 4096
    creator.email is empty; it takes 1 to 2048 characters
    creator.company has 2049 characters; the most is 2048
    repository.url: a repository URL is https://host/owner/name.git or git@host:owner/name.git
    repository.tag: a tag starts with a letter or digit, has up to 255 letters, digits, '.', '_', '-', '/' or '@', and no '..'
    privateProjects has 101 entries; the most is 100
    ");
}

#[test]
fn what_is_left_out_is_null_or_was_never_known_is_no_finding() {
    let body = json!({
        "key": null, "name": "n", "description": null, "integrationTypes": null, "creator": {"email": "e", "title": null},
        "repository": {"url": "https://github.com/acme/tax.git", "tag": "v1", "branch": "main"}, "noOfDevelopers": 3,
        "supportedRegions": null, "privateProjects": null, "documentationUrl": null,
    });
    assert_eq!(told::<ConnectorStagedDraft>(&body), "");
}

#[test]
fn an_action_is_told_by_what_its_own_name_takes() {
    let actions = json!([
        {"action": "setName", "name": "  "},
        {"action": "setColor", "color": "red"},
        {"name": "n"},
        {"action": "setRepository", "url": null, "tag": "v1..2"},
        {"action": "setSupportedRegions", "regions": []},
        {"action": "setSupportedRegions", "regions": ["mars"]},
        {"action": "setCreatorNoOfContributors", "creatorNoOfContributors": 0},
        {"action": "setCreatorNoOfContributors", "creatorNoOfContributors": 1.5},
        {"action": "setCreatorEmail", "creatorEmail": ""},
        {"action": "publish", "certification": "yes"},
        {"action": "unlist", "because": ["x"]},
        "unlist",
    ]);
    insta::assert_snapshot!(told::<ConnectorUpdate>(&json!({"version": -1, "actions": actions})), @"
    version is -1; it takes 0 or more
    actions[0].name is empty; it takes 1 to 256 characters
    actions[1].action is 'setColor'; it takes setName, setDescription, setRepository, setSupportedRegions, setIntegrationTypes, setDocumentationUrl, setCreatorName, setCreatorTitle, setCreatorEmail, setCreatorCompany, setCreatorSupportUrl, setCreatorLogo, setCreatorNoOfContributors, addPrivateProject, removePrivateProject, updatePreviewable, publish, addCertificationComment or unlist
    actions[2].action is missing
    actions[3].tag: a tag starts with a letter or digit, has up to 255 letters, digits, '.', '_', '-', '/' or '@', and no '..'
    actions[4].regions is empty; it takes one entry or more
    actions[5].regions[0] is 'mars'; it takes europe-west1.gcp, us-central1.gcp, australia-southeast1.gcp, us-east-2.aws or eu-central-1.aws
    actions[6].creatorNoOfContributors is 0; it takes 1 or more
    actions[7].creatorNoOfContributors is a number; it takes a whole number
    actions[8].creatorEmail is empty; it takes 1 to 2048 characters
    actions[9].certification is a text; it takes true or false
    actions[11] is a text; it takes an object
    ");
    let many = vec![json!({"action": "unlist"}); 101];
    insta::assert_snapshot!(told::<ConnectorUpdate>(&json!({"actions": many})), @"
    version is missing
    actions has 101 entries; the most is 100
    ");
}

#[test]
fn a_secret_is_not_repeated() {
    let body = json!({
        "connector": {"id": "x", "staged": "true"}, "region": "mars-1.gcp", "type": "live",
        "configurations": [{"applicationName": "api", "securedConfiguration": [{"key": "TOKEN", "value": 4711}], "retryPolicy": {"strategy": "never"}}],
    });
    insta::assert_snapshot!(told::<DeploymentDraft>(&body), @"
    connector.id is no UUID
    connector.staged is a text; it takes true or false
    region is 'mars-1.gcp'; it takes europe-west1.gcp, us-central1.gcp, australia-southeast1.gcp, us-east-2.aws or eu-central-1.aws
    type is 'live'; it takes preview, sandbox or production
    configurations[0].securedConfiguration[0].value is a number; it takes a text
    configurations[0].retryPolicy.strategy is 'never'; it takes immediate or exponential-backoff
    ");
}

#[test]
fn a_hostile_body_does_not_get_thousands_of_errors() {
    let body = json!({"version": 1, "actions": [{"action": "setSupportedRegions", "regions": vec!["x"; 600]}]});
    assert_eq!(
        findings::<ConnectorUpdate>(&body).len(),
        domain::limits::ERRORS
    );
}
