//! The connect.yaml files of tests/fixtures/connect-yaml get the verdict of the official schema, with its very lines.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use domain::spec;

/// Files that the official schema accepts and Slipway refuses on purpose, each with the reason. No public connector does any of it.
const STRICTER: [(&str, &str); 9] = [
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

/// One row of expected.tsv.
struct Expected {
    file: String,
    text: String,
    /// True if the official schema accepts the file.
    accepted: bool,
    /// The findings of Slipway, as lines.
    lines: BTreeSet<String>,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/connect-yaml")
}

fn corpus() -> Vec<Expected> {
    let table = fs::read_to_string(folder().join("expected.tsv")).expect("the table");
    let row = |row: &str| {
        let columns: Vec<&str> = row.split('\t').collect();
        let file = folder().join("yaml").join(columns[0]);
        Expected {
            file: columns[0].to_owned(),
            text: fs::read_to_string(file).expect(columns[0]),
            accepted: columns[1] == "accept",
            lines: lines(columns[2]),
        }
    };
    table.lines().skip(1).map(row).collect()
}

/// Splits a cell. A line may hold ` | ` itself, but every line begins with its path in brackets.
fn lines(cell: &str) -> BTreeSet<String> {
    let bare = cell.strip_prefix('[').unwrap_or_default();
    let lines = bare.split(" | [").filter(|line| !line.is_empty());
    lines.map(|line| format!("[{line}")).collect()
}

fn findings(text: &str) -> Vec<spec::Finding> {
    match spec::read(text) {
        Ok(_) => Vec::new(),
        Err(findings) => {
            assert_ne!(findings, [], "a refusal says why");
            findings
        }
    }
}

#[test]
fn every_file_gets_its_verdict() {
    let mut wrong = Vec::new();
    for Expected {
        file,
        text,
        accepted,
        lines,
    } in corpus()
    {
        let stricter = file.starts_with("stricter-");
        assert_eq!(accepted, lines.is_empty() || stricter, "the row of {file}");
        let found: BTreeSet<String> = findings(&text).iter().map(ToString::to_string).collect();
        if found != lines {
            wrong.push(format!(
                "{file}\n  expected: {lines:#?}\n  found: {found:#?}"
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_finding_has_a_place_and_advice() {
    for Expected { file, text, .. } in corpus() {
        let lines = text.lines().count();
        for finding in findings(&text) {
            assert!(!finding.hint.is_empty(), "{file}: {finding:?}");
            // The count of the findings that are left out has no place.
            if finding.id != "spec/too-many-findings" {
                let line = usize::try_from(finding.line).expect("a small number");
                assert!((1..=lines).contains(&line), "{file}: {finding:?}");
                assert!(finding.column >= 1, "{file}: {finding:?}");
            }
        }
    }
}

#[test]
fn every_kind_of_finding_has_a_file() {
    let mut ids = BTreeSet::new();
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/spec");
    for source in fs::read_dir(sources).expect("the reader of connect.yaml") {
        let text = fs::read_to_string(source.expect("a file").path()).expect("a text");
        let literals = text.split('"').filter(|text| text.starts_with("spec/"));
        ids.extend(literals.map(str::to_owned));
    }
    let found: BTreeSet<String> = corpus()
        .iter()
        .flat_map(|row| findings(&row.text))
        .map(|finding| finding.id.into_owned())
        .collect();
    assert!(ids.len() >= 30, "the ids were not found: {ids:?}");
    assert_eq!(ids, found);
}

#[test]
fn every_file_has_a_row() {
    let files = fs::read_dir(folder().join("yaml")).expect("the files");
    let name = |entry: std::io::Result<fs::DirEntry>| entry.expect("a file").file_name();
    let files: BTreeSet<_> = files.map(name).collect();
    let rows: BTreeSet<_> = corpus().into_iter().map(|row| row.file.into()).collect();
    assert_eq!(files, rows);
}

#[test]
fn what_is_refused_on_purpose_has_one_finding() {
    for (why, yaml) in STRICTER {
        let findings = spec::read(yaml).expect_err(why);
        assert_eq!(findings.len(), 1, "{why}: {findings:?}");
    }
}
