//! One draft, its connect.yaml and its Connector, for the tests that change them.

use std::collections::BTreeMap;

use domain::connector::{Connector, ConnectorRecord, Release, Repository};
use domain::connector_staged::{ConnectorStagedDraft, ConnectorStagedRecord, Source};
use domain::error::{ApiError, ApiErrors};
use domain::lifecycle::connector_staged::ConnectorStatus;
use domain::names::{CommitId, ProjectKey, RepositoryUrl, Tag};
use domain::spec::{self, Spec};
use domain::time::Timestamp;
use serde_json::{Value, json};
use uuid::Uuid;

pub(crate) const URL: &str = "https://github.com/acme/tax.git";

const SPEC: &str = r#"
deployAs:
  - name: api
    applicationType: service
    endpoint: /service
    configuration:
      standardConfiguration:
        - { key: LOG_LEVEL, description: How much to log, default: info }
        - { key: MODE, description: Live or test, required: true, default: test }
        - { key: SHOP, description: The shop, required: true }
        - { key: NOTE, description: Whatever you like }
      securedConfiguration:
        - { key: TOKEN, description: Of the tax service, required: true }
        - { key: SPARE, description: The next token }
  - name: nightly
    applicationType: job
    endpoint: /job
    properties: { schedule: "0 2 * * *" }
  - name: listener
    applicationType: event
    endpoint: /event
inheritAs:
  configuration:
    standardConfiguration:
      - { key: TENANT, description: Which tenant, required: true }
      - { key: STAGE, description: Which stage }
    securedConfiguration:
      - { key: SALT, description: For hashing }
"#;

pub(crate) fn spec() -> Spec {
    spec::read(SPEC).expect("a valid connect.yaml")
}

pub(crate) fn time(text: &str) -> Timestamp {
    Timestamp(text.parse().expect("a time"))
}

pub(crate) fn then() -> Timestamp {
    time("2026-11-22T16:00:00Z")
}

pub(crate) fn now() -> Timestamp {
    time("2026-11-22T17:00:00Z")
}

pub(crate) fn project() -> ProjectKey {
    ProjectKey::parse("acme").expect("a Project key")
}

pub(crate) fn repository(url: &str, tag: &str) -> Repository {
    Repository {
        url: RepositoryUrl::parse(url).expect("a URL"),
        tag: Tag::parse(tag).expect("a tag"),
    }
}

/// A repository as `source` reads it; its commit follows from its tag.
pub(crate) fn source(repository: Repository) -> Source {
    let digit = repository.tag.as_str().bytes().last().unwrap_or_default() % 10;
    Source {
        commit: CommitId::parse(&digit.to_string().repeat(40)).expect("a commit id"),
        spec: spec(),
        repository,
    }
}

pub(crate) fn draft(change: Value) -> Result<ConnectorStagedDraft, serde_json::Error> {
    let mut body = json!({
        "key": "tax-sync", "name": "Tax sync", "description": "Keeps taxes in step",
        "creator": { "email": "ada@example.org" },
        "repository": { "url": URL, "tag": "v1" },
        "privateProjects": ["europe-west1.gcp:my-shop"],
    });
    for (field, value) in change.as_object().expect("an object") {
        body[field] = value.clone();
    }
    serde_json::from_value(body)
}

/// A draft that was never published.
pub(crate) fn record() -> ConnectorStagedRecord {
    let id = Uuid::from_u128(0x9b1d_eb4d_3b7d_4bad_9bdd_2b0d_7b3d_cb6d);
    let draft = draft(json!({})).expect("a valid draft");
    let source = source(draft.repository.clone());
    ConnectorStagedRecord::create(id, project(), draft, source, then())
}

/// The same after a publication, with its Connector.
pub(crate) fn published(certified: bool) -> (ConnectorStagedRecord, ConnectorRecord) {
    let mut record = record();
    let staged = &mut record.staged;
    staged.status = ConnectorStatus::Published;
    staged.already_listed = true;
    staged.has_changes = false;
    staged.private = !certified;
    let connector = Connector {
        id: staged.id,
        key: staged.key.clone(),
        version: 1,
        name: staged.name.clone(),
        description: staged.published_description(),
        integration_types: staged.integration_types.clone(),
        creator: staged.creator.clone(),
        repository: staged.repository.clone(),
        configurations: staged.configurations.clone(),
        global_configuration: staged.global_configuration.clone(),
        api_client: staged.api_client.clone(),
        private: staged.private,
        supported_regions: staged.supported_regions.clone(),
        certified,
        documentation_url: staged.documentation_url.clone(),
    };
    let connector = ConnectorRecord {
        owner: record.owner.clone(),
        created_at: then(),
        last_modified_at: then(),
        listed: true,
        private_projects: Vec::new(),
        release: Release {
            repository: record.staged.repository.clone(),
            commit: record.commit.clone(),
            spec: record.spec.clone(),
            artifacts: BTreeMap::new(),
        },
        connector,
    };
    (record, connector)
}

/// Errors as they are read: code, message, detail; one line each.
pub(crate) fn lines(errors: &[ApiError]) -> String {
    let line = |error: &ApiError| {
        let detail = error.fields.get("detailedErrorMessage");
        let detail = detail
            .and_then(Value::as_str)
            .map(|text| format!(" [{text}]"));
        format!(
            "{}: {}{}",
            error.code.as_str(),
            error.message,
            detail.unwrap_or_default()
        )
    };
    errors.iter().map(line).collect::<Vec<_>>().join("\n")
}

pub(crate) fn all_lines(errors: &ApiErrors) -> String {
    lines(errors.errors())
}
