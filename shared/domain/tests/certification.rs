//! A certifier decides on what was examined: nothing changes it meanwhile, and the conversation never stops a decision.

use domain::certification::CertificationRequest;
use domain::connector::Release;
use domain::connector_staged::ConnectorStagedRecord;
use domain::lifecycle::connector_staged::{ConnectorStatus, Effect};
use domain::limits;
use domain::names::ProjectKey;
use domain::update::certification::{CertificationUpdate, apply};
use domain::update::connector_staged::{self as creator, ConnectorUpdate, Context, repositories};
use serde_json::{Value, json};

use crate::sample::{URL, all_lines, now, project, record, source, then};

fn certifier() -> ProjectKey {
    ProjectKey::parse("operator").expect("a Project")
}

pub(crate) fn ready() -> ConnectorStagedRecord {
    let mut record = record();
    record.staged.status = ConnectorStatus::ReadyForCertification;
    record.candidate = Some(Release {
        repository: record.staged.repository.clone(),
        commit: record.commit.clone(),
        spec: record.spec.clone(),
        artifacts: std::collections::BTreeMap::new(),
    });
    record.certification = Some(CertificationRequest {
        requested_at: then(),
        taken: None,
        evidence: None,
    });
    record
}

type Applied = Result<(ConnectorStagedRecord, Vec<Effect>), String>;

fn certify(record: &ConnectorStagedRecord, actions: Value) -> Applied {
    let body = json!({"version": 1, "actions": actions});
    let update: CertificationUpdate = serde_json::from_value(body).expect("readable");
    let applied = apply(record.clone(), &update.actions, &certifier(), now());
    applied.map_err(|errors| all_lines(&errors))
}

fn create(record: &ConnectorStagedRecord, action: &Value) -> Applied {
    let body = json!({"version": 1, "actions": [action]});
    let update: ConnectorUpdate = serde_json::from_value(body).expect("readable");
    let project = project();
    let wanted = repositories(&record.staged.repository, &update.actions);
    let context = Context {
        project: &project,
        sources: wanted.into_iter().map(source).collect(),
        connector: None,
        now: now(),
    };
    creator::apply(record.clone(), update.actions, context).map_err(|errors| all_lines(&errors))
}

fn action(name: &str) -> Value {
    json!({"action": name, "comment": format!("{name}, because")})
}

fn spoken(record: &ConnectorStagedRecord) -> Vec<String> {
    let info = record.staged.certification_info.as_ref();
    let comments = info.map(|info| info.comments.as_slice());
    let comments = comments.unwrap_or_default().iter();
    comments
        .map(|one| format!("{}: {}", one.user_id, one.comment))
        .collect()
}

#[test]
fn an_approved_draft_is_published_as_certified_with_the_comments_of_every_step() {
    let (taken, effects) = certify(&ready(), json!([{"action": "start"}])).expect("allowed");
    assert_eq!(taken.staged.status, ConnectorStatus::InCertification);
    assert_eq!((effects, spoken(&taken)), (vec![], vec![]));
    let request = taken.certification.clone().expect("kept");
    assert_eq!(request.taken, Some((certifier(), now())));
    let rest = json!([action("comment"), action("approve")]);
    let (done, effects) = certify(&taken, rest).expect("allowed");
    assert_eq!(done.staged.status, ConnectorStatus::Published);
    assert_eq!(effects, [Effect::PublishConnector { certified: true }]);
    assert_eq!(
        spoken(&done),
        ["operator: comment, because", "operator: approve, because"]
    );
    assert!(done.candidate.is_some(), "what is published");
}

#[test]
fn a_rejected_draft_fails_with_the_comment_as_its_error() {
    let all = json!([action("start"), action("reject")]);
    let (done, effects) = certify(&ready(), all).expect("allowed");
    assert_eq!(done.staged.status, ConnectorStatus::Failed);
    assert_eq!((effects, done.candidate), (vec![], None));
    let report = done.staged.publishing_report.expect("a report");
    insta::assert_snapshot!(serde_json::to_string(&report).expect("plain data"), @r#"{"entries":[{"type":"Error","title":"Certification failed","message":"reject, because","createdAt":"2026-11-22T17:00:00.000Z"}]}"#);
}

#[test]
fn an_action_at_the_wrong_step_undoes_those_before_it() {
    let taken = certify(&ready(), json!([action("start")]))
        .expect("allowed")
        .0;
    let mut processing = ready();
    processing.staged.status = ConnectorStatus::Processing;
    let told = [
        certify(&ready(), json!([action("comment"), action("approve")])),
        certify(&taken, json!([action("start")])),
        certify(&taken, json!([action("approve"), action("reject")])),
        certify(&taken, json!([action("reject"), action("comment")])),
        certify(&record(), json!([action("comment")])),
        certify(&processing, json!([action("comment")])),
    ];
    let told = told.map(|applied| applied.expect_err("refused"));
    insta::assert_snapshot!(told.join("\n"), @"
    ConnectorStagedNotInCertification: The ConnectorStaged is not at this step of a certification
    ConnectorStagedInCertification: The ConnectorStaged is already in certification
    ConnectorStagedNotInCertification: The ConnectorStaged is not at this step of a certification
    ConnectorStagedNotInCertification: The ConnectorStaged is not at this step of a certification
    ConnectorStagedNotInCertification: The ConnectorStaged is not at this step of a certification
    ConnectorStagedPublishRequestUnderProcess: The ConnectorStaged is being processed; try again when that has ended
    ");
}

#[test]
fn nothing_but_the_conversation_of_a_draft_changes_while_a_certifier_looks_at_it() {
    let taken = certify(&ready(), json!([action("start")]))
        .expect("allowed")
        .0;
    let refused = "ConnectorStagedInCertification: The ConnectorStaged is already in certification";
    for before in [ready(), taken] {
        for action in [
            json!({"action": "setName", "name": "x"}),
            json!({"action": "setDescription", "description": "x"}),
            json!({"action": "setRepository", "url": URL, "tag": "v1"}),
            json!({"action": "setRepository", "url": URL, "tag": "v2"}),
            json!({"action": "setSupportedRegions", "regions": ["eu-central-1.aws"]}),
            json!({"action": "setIntegrationTypes", "integrationTypes": ["tax"]}),
            json!({"action": "setDocumentationUrl", "documentationUrl": "x"}),
            json!({"action": "setCreatorName", "creatorName": "x"}),
            json!({"action": "setCreatorTitle", "creatorTitle": "x"}),
            json!({"action": "setCreatorEmail", "creatorEmail": "x"}),
            json!({"action": "setCreatorCompany", "creatorCompany": "x"}),
            json!({"action": "setCreatorSupportUrl", "creatorSupportUrl": "x"}),
            json!({"action": "setCreatorLogo", "logoUrl": "x"}),
            json!({"action": "setCreatorNoOfContributors", "creatorNoOfContributors": 2}),
            json!({"action": "addPrivateProject", "privateProject": "a.b:other"}),
            json!({"action": "removePrivateProject", "privateProject": "a.b:other"}),
            json!({"action": "updatePreviewable"}),
            json!({"action": "publish", "certification": true}),
            json!({"action": "publish", "certification": false}),
            json!({"action": "unlist"}),
        ] {
            assert_eq!(
                create(&before, &action),
                Err(refused.to_owned()),
                "{action}"
            );
        }
        let comment = json!({"action": "addCertificationComment", "comment": "yes"});
        let (mut after, effects) = create(&before, &comment).expect("allowed");
        assert_eq!(
            (effects, spoken(&after).last().map(String::as_str)),
            (vec![], Some("acme: yes"))
        );
        after
            .staged
            .certification_info
            .clone_from(&before.staged.certification_info);
        after.last_modified_at = before.last_modified_at;
        assert_eq!(after, before);
    }
}

#[test]
fn a_full_conversation_stops_neither_a_decision_nor_the_next_certification() {
    let mut full = ready();
    let comment = json!({"action": "addCertificationComment", "comment": "x".repeat(4096)});
    for _ in 0..limits::COMMENTS_BYTES / 4096 {
        full = create(&full, &comment).expect("room").0;
    }
    let more = json!({"action": "addCertificationComment", "comment": "x"});
    insta::assert_snapshot!(create(&full, &more).expect_err("full"), @"InvalidJsonInput: Request body does not contain valid JSON. [the certification comments have 65536 bytes already; 65536 is the most there can be]");
    let decided = json!([{"action": "start"}, action("reject")]);
    let (rejected, _) = certify(&full, decided).expect("a decision is always possible");
    assert_eq!(spoken(&rejected).len(), 16, "the oldest gave way");
    assert_eq!(
        spoken(&rejected).last().map(String::as_str),
        Some("operator: reject, because")
    );
    let publish = json!({"action": "publish", "certification": true});
    let (again, _) = create(&rejected, &publish).expect("allowed");
    assert_eq!(spoken(&again).len(), 8);
    assert_eq!(spoken(&again).last(), spoken(&rejected).last());
}
