//! The connect.yaml of public repositories get the verdict of the official schema, with its very lines.
//!
//! The files belong to their authors and lie beside the repository, in `shared/connectors`.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use domain::spec;

/// What the official schema accepts and we refuse on purpose: why, and a file. No public connector does any of it.
const STRICTER: [(&str, &str); 11] = [
    (
        "nothing can run this type",
        "deployAs: [{ name: ab, applicationType: unknown, endpoint: /a }]",
    ),
    (
        "seconds are no cron",
        "deployAs: [{ name: ab, applicationType: job, endpoint: /a, properties: { schedule: 0 0 2 * * * } }]",
    ),
    (
        "text around a cron",
        "deployAs: [{ name: ab, applicationType: job, endpoint: /a, properties: { schedule: at @daily please } }]",
    ),
    (
        "@reboot has no meaning",
        "deployAs: [{ name: ab, applicationType: job, endpoint: /a, properties: { schedule: \"@reboot\" } }]",
    ),
    (
        "30 February never comes",
        "deployAs: [{ name: ab, applicationType: job, endpoint: /a, properties: { schedule: 0 0 30 2 * } }]",
    ),
    (
        "no API client has a blank scope",
        "deployAs: []\ninheritAs: { apiClient: { scopes: [\" \"] } }",
    ),
    (
        "a scope with a key names another Project",
        "deployAs: []\ninheritAs: { apiClient: { scopes: [\"manage_project:other\"] } }",
    ),
    (
        "two scopes in one text",
        "deployAs: []\ninheritAs: { apiClient: { scopes: [\"view_products manage_project\"] } }",
    ),
    (
        "a directive may change what words mean",
        "%YAML 1.2\n---\ndeployAs: []",
    ),
    (
        "a tag says something that would be ignored",
        "deployAs: !mine []",
    ),
    (
        "no environment holds a NUL",
        "deployAs: []\ninheritAs: { apiClient: { scopes: [\"a\\0\"] } }",
    ),
];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/connectors")
}

fn expected() -> Vec<(String, bool, BTreeSet<String>)> {
    let path = folder().join("expected.tsv");
    let table = fs::read_to_string(&path).unwrap_or_else(|error| {
        panic!(
            "{} is not there ({error}): this test needs the folder shared/connectors beside the repository",
            path.display()
        )
    });
    let row = |line: &str| {
        let columns: Vec<&str> = line.split('\t').collect();
        let lines = columns[2].split(" | ").filter(|line| !line.is_empty());
        (
            columns[0].to_owned(),
            columns[1] == "accept",
            lines.map(str::to_owned).collect(),
        )
    };
    table.lines().skip(1).map(row).collect()
}

#[test]
fn every_public_connector_gets_the_official_verdict() {
    let expected = expected();
    assert!(
        expected.len() >= 102,
        "expected.tsv has only {} rows",
        expected.len()
    );
    let mut wrong = Vec::new();
    for (file, accepted, lines) in expected {
        let text = fs::read_to_string(folder().join("yaml").join(&file)).expect("a listed file");
        let ours = spec::read(&text);
        assert!(
            ours.is_ok() || ours.as_ref().is_err_and(|findings| !findings.is_empty()),
            "{file}"
        );
        let found: BTreeSet<String> = ours
            .err()
            .unwrap_or_default()
            .iter()
            .map(ToString::to_string)
            .collect();
        if found != lines || (accepted && !found.is_empty()) {
            wrong.push(format!(
                "{file}\n  official: {lines:#?}\n  ours: {found:#?}"
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_finding_in_a_public_connector_has_a_place_and_advice() {
    for (file, _, _) in expected() {
        let text = fs::read_to_string(folder().join("yaml").join(&file)).expect("a listed file");
        let lines = text.lines().count();
        for finding in spec::read(&text).err().unwrap_or_default() {
            let line = usize::try_from(finding.line).expect("a small number");
            assert!((1..=lines).contains(&line), "{file}: {finding:?}");
            assert!(
                finding.column >= 1 && !finding.hint.is_empty(),
                "{file}: {finding:?}"
            );
        }
    }
}

#[test]
fn what_is_refused_on_purpose_has_one_finding() {
    for (why, yaml) in STRICTER {
        let findings = spec::read(yaml).expect_err(why);
        assert_eq!(findings.len(), 1, "{why}: {findings:?}");
    }
}
