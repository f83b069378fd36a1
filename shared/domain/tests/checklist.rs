//! What a certifier reads beside a draft: what was seen, and what the platform cannot tell.

use domain::certification::{
    ApplicationEvidence, Certification, ChecklistItem, ChecklistResult, Evidence, PackageEvidence,
    TextFile,
};
use domain::connector_staged::ConnectorStagedRecord;
use domain::names::ApplicationName;
use domain::report::{EntryType, Report, ReportEntry};
use domain::spec;
use serde_json::json;

use crate::certification::ready;
use crate::sample::{draft, then};

fn items(record: ConnectorStagedRecord) -> Vec<ChecklistItem> {
    Certification::of(record)
        .expect("it asked for one")
        .checklist
}

/// `result id: title, detail`, one line for each item.
fn told(record: ConnectorStagedRecord) -> String {
    let line =
        |one: &ChecklistItem| format!("{:?} {}: {}. {}", one.result, one.id, one.title, one.detail);
    items(record)
        .iter()
        .map(line)
        .collect::<Vec<_>>()
        .join("\n")
}

fn seen(record: &mut ConnectorStagedRecord, evidence: Option<Evidence>) {
    record
        .certification
        .as_mut()
        .expect("it asked for one")
        .evidence = evidence;
}

fn application(
    name: &str,
    license: Option<&str>,
    has_tests: bool,
    test_files: u32,
) -> ApplicationEvidence {
    ApplicationEvidence {
        name: ApplicationName::parse(name).expect("a name"),
        package: Some(PackageEvidence {
            license: license.map(str::to_owned),
            has_tests,
        }),
        test_files,
    }
}

fn file(name: &str, is_blank: bool) -> Option<TextFile> {
    let name = name.to_owned();
    Some(TextFile { name, is_blank })
}

fn reported(record: &mut ConnectorStagedRecord, kind: EntryType, title: &str) {
    let report = record.staged.publishing_report.get_or_insert_default();
    report.entries.push(ReportEntry::new(kind, title, then()));
}

#[test]
fn a_draft_that_has_everything_passes() {
    let mut record = ready();
    let more = json!({
        "creator": {"email": "ada@example.org", "supportUrl": "https://example.org/help"},
        "documentationUrl": "https://example.org/docs",
        "integrationTypes": ["tax"], "supportedRegions": ["eu-central-1.aws"],
    });
    let draft = draft(more).expect("a valid draft");
    record.staged.creator = draft.creator;
    record.staged.documentation_url = draft.documentation_url;
    record.staged.integration_types = draft.integration_types;
    record.staged.supported_regions = draft.supported_regions;
    record.staged.publishing_report = Some(Report::default());
    record.spec = spec::read("deployAs: [{name: api, applicationType: service, endpoint: /api, healthCheck: {path: /up}}, {name: files, applicationType: assets}]").expect("valid");
    let files = ApplicationEvidence {
        package: None,
        ..application("files", None, false, 0)
    };
    let evidence = Evidence {
        readme: file("README.md", false),
        licence: file("LICENSE", false),
        applications: vec![application("api", None, true, 0), files],
    };
    seen(&mut record, Some(evidence));
    let results = items(record.clone());
    assert!(
        results
            .iter()
            .all(|one| one.result == ChecklistResult::Passed),
        "{results:?}"
    );
    insta::assert_snapshot!(told(record), @"
    Passed readme: There is a README. README.md is at the root of the repository.
    Passed licence: There is a licence. LICENSE is at the root of the repository.
    Passed tests: Every application has tests. Every application with a package.json has a test script or test files.
    Passed report: The publication gave no warnings. publishingReport has no warnings.
    Passed security: Every check of the publication was made. publishingReport names no check that was skipped.
    Passed configuration-described: Every configuration key is described. Every key has a description that a person can go by.
    Passed configuration-explained: No description merely repeats its key. Every description says more than the name of its key.
    Passed health-check: Services and event applications declare a healthCheck. Each declares one.
    Passed description: The Connector has a description. Search shows it.
    Passed documentation-url: There is a documentationUrl. documentationUrl is set; whether it answers was not tried.
    Passed creator-email: The creator has an e-mail address. creator.email is set; whether somebody answers was not tried.
    Passed creator-support-url: The creator has a supportUrl. creator.supportUrl is set; whether it answers was not tried.
    Passed help: Documentation or support has an address. documentationUrl is set; whether it answers was not tried.
    Passed integration-types: integrationTypes says what it connects to. Search can narrow by it.
    Passed supported-regions: supportedRegions names Regions. Regions named: 1.
    ");
}

#[test]
fn a_draft_that_lacks_everything_is_told_what() {
    let mut record = ready();
    record.staged.description = String::new();
    record.staged.creator.email = "ada".to_owned();
    record.staged.documentation_url = Some("our wiki".to_owned());
    reported(
        &mut record,
        EntryType::Warning,
        "Connector image build check warning",
    );
    reported(
        &mut record,
        EntryType::Information,
        "SAST and SCA analysis check skipped",
    );
    record.spec = spec::read(
        "deployAs: [{name: api, applicationType: service, endpoint: /api, configuration: {standardConfiguration: [{key: LOG_LEVEL, description: log level}]}}]\ninheritAs: {configuration: {securedConfiguration: [{key: TENANT_NAME, description: tenant-name}]}}",
    )
    .expect("valid");
    let evidence = Evidence {
        applications: vec![application("api", Some("UNLICENSED"), false, 0)],
        ..Evidence::default()
    };
    seen(&mut record, Some(evidence));
    insta::assert_snapshot!(told(record), @"
    Failed readme: There is a README. The root of the repository has no README with an installation guide.
    Failed licence: There is a licence. There is no licence file at the root, and package.json names no licence in: api.
    Failed tests: Every application has tests. Neither a test script nor a test file in: api.
    Failed report: The publication gave no warnings. publishingReport has warnings: 1.
    Unknown security: Every check of the publication was made. Look for yourself, as the platform did not: SAST and SCA analysis check skipped.
    Failed configuration-described: Every configuration key is described. The description has fewer than 10 characters: api.LOG_LEVEL.
    Failed configuration-explained: No description merely repeats its key. The description is the key again: api.LOG_LEVEL, inheritAs.TENANT_NAME.
    Failed health-check: Services and event applications declare a healthCheck. The platform only sees whether the port is open in: api.
    Failed description: The Connector has a description. Search shows the Connector by its name alone.
    Failed documentation-url: There is a documentationUrl. documentationUrl is no https address.
    Failed creator-email: The creator has an e-mail address. creator.email is no e-mail address.
    Failed creator-support-url: The creator has a supportUrl. creator.supportUrl is not set.
    Failed help: Documentation or support has an address. Neither documentationUrl nor creator.supportUrl is set to an https address.
    Failed integration-types: integrationTypes says what it connects to. It is `other` alone, which is also what a draft has that names none.
    Unknown supported-regions: supportedRegions names Regions. None is named, so it is offered in every Region: ask whether that is meant.
    ");
}

#[test]
fn what_the_platform_did_not_see_is_not_held_against_the_draft() {
    let record = ready();
    let unknown = items(record)
        .into_iter()
        .filter(|one| one.result == ChecklistResult::Unknown);
    let unknown: Vec<&str> = unknown.map(|one| one.id).collect();
    assert_eq!(unknown, ["readme", "licence", "tests", "supported-regions"]);
}

#[test]
fn an_empty_readme_is_none_and_packages_can_name_the_licence() {
    let mut record = ready();
    let evidence = Evidence {
        readme: file("README.md", true),
        licence: None,
        applications: vec![application("api", Some("MIT"), false, 2)],
    };
    seen(&mut record, Some(evidence));
    let lines = told(record);
    let first = lines.lines().take(3).collect::<Vec<_>>().join("\n");
    insta::assert_snapshot!(first, @"
    Failed readme: There is a README. README.md is empty.
    Passed licence: There is a licence. Every package.json names its licence.
    Passed tests: Every application has tests. Every application with a package.json has a test script or test files.
    ");
}
