//! An update of a draft happens as a whole or not at all, and leaves the draft as the contract says.

use domain::connector::{ConnectorRecord, IntegrationType};
use domain::connector_staged::ConnectorStagedRecord;
use domain::error::ApiErrors;
use domain::lifecycle::connector_staged::{ConnectorStatus, Effect, IsPreviewable};
use domain::names::Region;
use domain::update::connector_staged::{
    Action, ConnectorUpdate, Context, apply, has_changes, repositories,
};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::sample::{URL, all_lines, now, project, published, record, source, then};

type Applied = Result<(ConnectorStagedRecord, Vec<Effect>), ApiErrors>;

fn read(actions: Value) -> Vec<Action> {
    let body = json!({ "version": 1, "actions": actions });
    let update: ConnectorUpdate = serde_json::from_value(body).expect("readable");
    update.actions
}

fn update(
    record: &ConnectorStagedRecord,
    connector: Option<&ConnectorRecord>,
    actions: Value,
) -> Applied {
    let actions = read(actions);
    let project = project();
    let wanted = repositories(&record.staged.repository, &actions);
    let context = Context {
        project: &project,
        sources: wanted.into_iter().map(source).collect(),
        connector,
        now: now(),
    };
    apply(record.clone(), actions, context)
}

fn refused(applied: Applied) -> String {
    all_lines(&applied.expect_err("refused"))
}

#[test]
fn every_action_that_sets_a_field_sets_it() {
    let (before, connector) = published(false);
    let (after, effects) = update(
        &before,
        Some(&connector),
        json!([
            { "action": "setName", "name": "New name" },
            { "action": "setDescription", "description": "New description" },
            { "action": "setSupportedRegions", "regions": ["us-east-2.aws", "us-east-2.aws"] },
            { "action": "setIntegrationTypes", "integrationTypes": ["tax", "erp", "tax"] },
            { "action": "setDocumentationUrl", "documentationUrl": "https://docs.example" },
            { "action": "setCreatorName", "creatorName": "Ada" },
            { "action": "setCreatorTitle", "creatorTitle": "Engineer" },
            { "action": "setCreatorEmail", "creatorEmail": "new@example.org" },
            { "action": "setCreatorCompany", "creatorCompany": "Example Ltd" },
            { "action": "setCreatorSupportUrl", "creatorSupportUrl": "https://help.example" },
            { "action": "setCreatorLogo", "logoUrl": "https://logo.example" },
            { "action": "setCreatorNoOfContributors", "creatorNoOfContributors": 3 },
            { "action": "addPrivateProject", "privateProject": "us-central1.gcp:other" },
            { "action": "removePrivateProject", "privateProject": "europe-west1.gcp:my-shop" },
            { "action": "addCertificationComment", "comment": "Please look" },
            { "action": "unlist" },
        ]),
    )
    .expect("all apply");
    assert_eq!(effects, [Effect::UnlistConnector]);
    assert_eq!(after.last_modified_at, now());
    let mut wire = serde_json::to_value(&after.staged).expect("plain data");
    wire["configurations"] = json!("left out");
    wire["globalConfiguration"] = json!("left out");
    insta::assert_snapshot!(wire, @r#"{"id":"9b1deb4d-3b7d-4bad-9bdd-2b0d7b3dcb6d","key":"tax-sync","version":1,"name":"New name","description":"New description","integrationTypes":["tax","erp"],"creator":{"name":"Ada","title":"Engineer","email":"new@example.org","company":"Example Ltd","logoUrl":"https://logo.example","noOfContributors":3,"supportUrl":"https://help.example"},"repository":{"url":"https://github.com/acme/tax.git","tag":"v1"},"configurations":"left out","globalConfiguration":"left out","private":true,"privateProjects":["us-central1.gcp:other"],"supportedRegions":["us-east-2.aws"],"certificationInfo":{"comments":[{"userId":"acme","datetime":"2026-11-22T17:00:00.000Z","comment":"Please look"}]},"status":"Published","publishingReport":null,"alreadyListed":false,"hasChanges":true,"isPreviewable":"none","previewableReport":null,"documentationUrl":"https://docs.example"}"#);
}

#[test]
fn an_action_that_fails_undoes_those_before_it() {
    let before = record();
    let applied = update(
        &before,
        None,
        json!([{ "action": "setName", "name": "New" }, { "action": "unlist" }]),
    );
    insta::assert_snapshot!(refused(applied), @"ConnectorNotListed: The ConnectorStaged with id=9b1deb4d-3b7d-4bad-9bdd-2b0d7b3dcb6d is not listed");
    assert_eq!(before, record());
}

#[test]
fn no_actions_change_nothing() {
    let (after, effects) = update(&record(), None, json!([])).expect("allowed");
    assert_eq!((after, effects), (record(), vec![]));
}

/// The official client sends it with every update (contract, section 15.6).
#[test]
fn the_current_tag_without_url_changes_nothing_and_reads_no_repository() {
    let (mut before, connector) = published(false);
    before.staged.is_previewable = IsPreviewable::True;
    for body in [
        json!([{ "action": "setRepository", "tag": "v1" }]),
        json!([{ "action": "setRepository", "url": URL, "tag": "v1" }]),
    ] {
        assert_eq!(
            repositories(&before.staged.repository, &read(body.clone())),
            []
        );
        let (after, effects) = update(&before, Some(&connector), body).expect("harmless");
        assert_eq!(effects, []);
        assert_eq!(after.staged, before.staged);
    }
}

#[test]
fn another_tag_makes_a_draft_with_changes_that_no_preview_has_seen() {
    let (mut before, connector) = published(false);
    before.staged.is_previewable = IsPreviewable::Pending;
    before.staged.previewable_report = Some(domain::report::Report::default());
    before.run = Some(Uuid::from_u128(1));
    before.staged.configurations.clear();
    let body = json!([{ "action": "setRepository", "tag": "v2" }]);
    let (after, effects) = update(&before, Some(&connector), body).expect("allowed");
    assert_eq!(effects, []);
    let staged = after.staged;
    assert_eq!(staged.repository.url.as_str(), URL);
    assert_eq!(staged.repository.tag.as_str(), "v2");
    assert_eq!(staged.is_previewable, IsPreviewable::None);
    assert_eq!(staged.previewable_report, None);
    assert_eq!(staged.status, ConnectorStatus::Published);
    assert!(staged.has_changes);
    assert_eq!(staged.configurations.len(), 3);
    assert_eq!(after.run, None);
}

#[test]
fn a_preview_asked_for_before_the_repository_changes_does_not_start() {
    let body = json!([
        { "action": "updatePreviewable" },
        { "action": "setRepository", "tag": "v2" },
        { "action": "setRepository", "url": "https://github.com/acme/other.git", "tag": "v3" },
        { "action": "updatePreviewable" },
    ]);
    let (after, effects) = update(&record(), None, body).expect("allowed");
    assert_eq!(effects, [Effect::StartPreview]);
    assert_eq!(after.staged.is_previewable, IsPreviewable::Pending);
    assert_eq!(after.staged.repository.tag.as_str(), "v3");
    assert_eq!(after.commit.as_str(), "1".repeat(40));
}

#[test]
fn a_draft_has_changes_until_it_equals_its_connector_again() {
    let (before, connector) = published(false);
    assert!(has_changes(&record(), None));
    let rename = |record: &_, name: &str| {
        let body = json!([{ "action": "setName", "name": name }]);
        update(record, Some(&connector), body).expect("allowed").0
    };
    let changed = rename(&before, "Other");
    assert!(changed.staged.has_changes);
    assert!(!rename(&changed, "Tax sync").staged.has_changes);
    let project = json!([{ "action": "addPrivateProject", "privateProject": "a.b:other" }]);
    let (after, _) = update(&before, Some(&connector), project).expect("allowed");
    assert!(!after.staged.has_changes, "no field of a Connector");
    let mut moved = before;
    moved.commit = source(crate::sample::repository(URL, "v2")).commit;
    assert!(has_changes(&moved, Some(&connector)));
}

#[test]
fn publish_and_preview_start_runs_and_clear_their_reports() {
    let mut before = record();
    before.staged.publishing_report = Some(domain::report::Report::default());
    let body = json!([{ "action": "publish", "certification": true }]);
    let (after, effects) = update(&before, None, body).expect("allowed");
    assert_eq!(
        effects,
        [Effect::StartPublish {
            certification: true
        }]
    );
    assert_eq!(after.staged.status, ConnectorStatus::Processing);
    assert_eq!(after.staged.publishing_report, None);
    assert_eq!((after.last_modified_at, after.created_at), (now(), then()));
}

#[test]
fn what_is_certified_listed_and_unchanged_is_not_certified_again() {
    let (before, connector) = published(true);
    let publish =
        |certification: bool| json!({ "action": "publish", "certification": certification });
    let again = update(&before, Some(&connector), json!([publish(true)]));
    insta::assert_snapshot!(refused(again), @"ConnectorAlreadyCertified: The ConnectorStaged is already certified");
    let rename = json!({ "action": "setName", "name": "Other" });
    for allowed in [
        json!([rename, publish(true)]),
        json!([{ "action": "unlist" }, publish(true)]),
    ] {
        update(&before, Some(&connector), allowed).expect("allowed");
    }
    let (private, connector) = published(false);
    update(&private, Some(&connector), json!([publish(true)])).expect("never certified");
}

#[test]
fn what_is_certified_is_not_published_without_certification() {
    let (mut before, connector) = published(true);
    let publish = json!([{ "action": "publish", "certification": false }]);
    let told = update(&before, Some(&connector), publish.clone());
    insta::assert_snapshot!(refused(told), @"ConnectorCertificationRequired: The Connector is certified; publish it with certification true");
    before.staged.already_listed = false;
    assert!(
        update(&before, Some(&connector), publish.clone()).is_err(),
        "its clients keep it when it is unlisted"
    );
    let (private, connector) = published(false);
    update(&private, Some(&connector), publish).expect("never certified");
}

#[test]
fn private_projects_are_those_of_a_private_draft() {
    let add = json!([{ "action": "addPrivateProject", "privateProject": "a.b:other" }]);
    let remove = json!([{ "action": "removePrivateProject", "privateProject": "a.b:other" }]);
    let (after, _) = update(&record(), None, add.clone()).expect("allowed");
    let (twice, _) = update(&after, None, add.clone()).expect("allowed");
    assert_eq!(twice.staged.private_projects.len(), 2);
    let (gone, _) = update(&twice, None, remove.clone()).expect("allowed");
    let (still, _) = update(&gone, None, remove.clone()).expect("allowed, as it is not there");
    assert_eq!(
        still.staged.private_projects,
        record().staged.private_projects
    );
    let (public, connector) = published(true);
    insta::assert_snapshot!(refused(update(&public, Some(&connector), add)), @"ConnectorStagedNotPrivate: The operation is not valid because ConnectorStaged with id=9b1deb4d-3b7d-4bad-9bdd-2b0d7b3dcb6d or key=tax-sync is not private");
    assert!(update(&public, Some(&connector), remove).is_err());
}

#[test]
fn lists_and_conversations_do_not_grow_without_end() {
    let mut full = record();
    for number in 0..99 {
        let text = format!("a.b:project-{number}");
        let project = domain::names::ProjectIdentifier::parse(&text).expect("a Project");
        full.staged.private_projects.push(project);
    }
    let add = json!([{ "action": "addPrivateProject", "privateProject": "a.b:one-more" }]);
    let mut answers = vec![refused(update(&full, None, add))];
    let comment = json!({ "action": "addCertificationComment", "comment": "x".repeat(4096) });
    let (talked, _) = update(&record(), None, json!(vec![comment; 16])).expect("allowed");
    let more = json!([{ "action": "addCertificationComment", "comment": "x" }]);
    answers.push(refused(update(&talked, None, more)));
    insta::assert_snapshot!(answers.join("\n"), @"
    InvalidJsonInput: Request body does not contain valid JSON. [privateProjects has 100 entries already, the most there can be; remove one first]
    InvalidJsonInput: Request body does not contain valid JSON. [the certification comments have 65536 bytes already; 65536 is the most there can be]
    ");
}

#[test]
fn no_integration_type_is_other() {
    let body = json!([{ "action": "setIntegrationTypes", "integrationTypes": [] }]);
    let (after, _) = update(&record(), None, body).expect("allowed");
    assert_eq!(after.staged.integration_types, [IntegrationType::Other]);
    let regions = json!([{ "action": "setSupportedRegions", "regions": ["eu-central-1.aws"] }]);
    let (after, _) = update(&record(), None, regions).expect("allowed");
    assert_eq!(after.staged.supported_regions, [Region::EuCentral1Aws]);
}
