//! The checklist is data: what can be seen of the guidance on certification (contract, section 11) without a person, as one table.
//!
//! Nothing here decides: a certifier reads it beside the draft. `unknown` is what the platform cannot see and the certifier must.

use schemars::JsonSchema;
use serde::Serialize;

use super::draft_items::{
    description, documentation, email, help, integration_types, regions, support,
};
use super::{ApplicationEvidence, Evidence, TextFile};
use crate::connector_staged::ConnectorStaged;
use crate::report::{EntryType, ReportEntry};
use crate::spec::{Configuration, Spec};

/// The fewest characters of a description that tells something (ours: "How much to log" has 15).
const DESCRIPTION_CHARACTERS: usize = 10;
/// The most names that a detail lists.
const NAMES: usize = 10;

/// What a checklist goes by.
pub struct Facts<'a> {
    /// The draft.
    pub staged: &'a ConnectorStaged,
    /// The connect.yaml that is decided on.
    pub spec: &'a Spec,
    /// What was seen in the source.
    pub evidence: Option<&'a Evidence>,
}

/// What came of one look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ChecklistResult {
    /// It is as it should be.
    Passed,
    /// It is not.
    Failed,
    /// The platform cannot tell.
    Unknown,
}

/// One item of a checklist (ours).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ChecklistItem {
    /// Stable, for programs.
    pub id: &'static str,
    /// What is looked at.
    pub title: &'static str,
    /// What came of it.
    pub result: ChecklistResult,
    /// What was seen, and what to do.
    pub detail: String,
}

pub(super) type Found = (ChecklistResult, String);
type Look = fn(&Facts<'_>) -> Found;

const ITEMS: &[(&str, &str, Look)] = &[
    ("readme", "There is a README", readme),
    ("licence", "There is a licence", licence),
    ("tests", "Every application has tests", tests),
    ("report", "The publication gave no warnings", warnings),
    (
        "security",
        "Every check of the publication was made",
        skipped,
    ),
    (
        "configuration-described",
        "Every configuration key is described",
        described,
    ),
    (
        "configuration-explained",
        "No description merely repeats its key",
        explained,
    ),
    (
        "health-check",
        "Services and event applications declare a healthCheck",
        health_checks,
    ),
    (
        "description",
        "The Connector has a description",
        description,
    ),
    (
        "documentation-url",
        "There is a documentationUrl",
        documentation,
    ),
    ("creator-email", "The creator has an e-mail address", email),
    (
        "creator-support-url",
        "The creator has a supportUrl",
        support,
    ),
    ("help", "Documentation or support has an address", help),
    (
        "integration-types",
        "integrationTypes says what it connects to",
        integration_types,
    ),
    (
        "supported-regions",
        "supportedRegions names Regions",
        regions,
    ),
];

/// The id of every item, in the order of the table.
pub fn checklist_ids() -> impl Iterator<Item = &'static str> {
    ITEMS.iter().map(|(id, ..)| *id)
}

/// Every item of the checklist, in the order of the table.
#[must_use]
pub fn checklist(facts: &Facts<'_>) -> Vec<ChecklistItem> {
    let items = ITEMS.iter().map(|(id, title, look)| {
        let (result, detail) = look(facts);
        ChecklistItem {
            id,
            title,
            result,
            detail,
        }
    });
    items.collect()
}

pub(super) fn passed(detail: impl Into<String>) -> Found {
    (ChecklistResult::Passed, detail.into())
}

pub(super) fn failed(detail: impl Into<String>) -> Found {
    (ChecklistResult::Failed, detail.into())
}

pub(super) fn unknown(detail: impl Into<String>) -> Found {
    (ChecklistResult::Unknown, detail.into())
}

fn unseen() -> Found {
    unknown("This publication kept no record of its source: look into the repository.")
}

/// Names in a sentence, the first ten of them.
fn list(names: &[String]) -> String {
    let first = names
        .iter()
        .take(NAMES)
        .cloned()
        .collect::<Vec<_>>()
        .join(", ");
    match names.len().saturating_sub(NAMES) {
        0 => first,
        more => format!("{first} and {more} more"),
    }
}

fn file(found: &TextFile) -> Found {
    if found.is_blank {
        failed(format!("{} is empty.", found.name))
    } else {
        passed(format!("{} is at the root of the repository.", found.name))
    }
}

fn readme(facts: &Facts<'_>) -> Found {
    match facts.evidence.map(|evidence| &evidence.readme) {
        None => unseen(),
        Some(None) => {
            failed("The root of the repository has no README with an installation guide.")
        }
        Some(Some(found)) => file(found),
    }
}

fn licence(facts: &Facts<'_>) -> Found {
    let Some(evidence) = facts.evidence else {
        return unseen();
    };
    if let Some(found) = &evidence.licence {
        return file(found);
    }
    let package = |one: &ApplicationEvidence| Some((one.name.to_string(), one.package.clone()?));
    let packages: Vec<_> = evidence.applications.iter().filter_map(package).collect();
    let missing: Vec<String> = packages
        .iter()
        .filter(|(_, package)| !package.license.as_deref().is_some_and(is_licence))
        .map(|(name, _)| name.clone())
        .collect();
    if packages.is_empty() {
        failed(
            "There is neither a licence file at the root nor a package.json that names a licence.",
        )
    } else if missing.is_empty() {
        passed("Every package.json names its licence.")
    } else {
        failed(format!(
            "There is no licence file at the root, and package.json names no licence in: {}.",
            list(&missing)
        ))
    }
}

/// npm's word for "no licence is given" is none.
fn is_licence(text: &str) -> bool {
    !text.trim().is_empty() && !text.trim().eq_ignore_ascii_case("unlicensed")
}

fn tests(facts: &Facts<'_>) -> Found {
    let Some(evidence) = facts.evidence else {
        return unseen();
    };
    let mut without = Vec::new();
    let mut programs = 0;
    for one in &evidence.applications {
        let Some(package) = &one.package else {
            continue;
        };
        programs += 1;
        if !package.has_tests && one.test_files == 0 {
            without.push(one.name.to_string());
        }
    }
    if programs == 0 {
        unknown("No application has a package.json: there are only static files.")
    } else if without.is_empty() {
        passed("Every application with a package.json has a test script or test files.")
    } else {
        failed(format!(
            "Neither a test script nor a test file in: {}.",
            list(&without)
        ))
    }
}

fn entries<'a>(facts: &Facts<'a>) -> impl Iterator<Item = &'a ReportEntry> {
    facts
        .staged
        .publishing_report
        .iter()
        .flat_map(|report| &report.entries)
}

fn warnings(facts: &Facts<'_>) -> Found {
    // That a check was skipped is told by an item of its own.
    let warns =
        |entry: &&ReportEntry| entry.kind == EntryType::Warning && !entry.title.contains("skipped");
    let warnings = entries(facts).filter(warns);
    match warnings.count() {
        0 => passed("publishingReport has no warnings."),
        number => failed(format!("publishingReport has warnings: {number}.")),
    }
}

/// Reports call a check that was not made so (contract, section 3.5).
fn skipped(facts: &Facts<'_>) -> Found {
    let skipped = entries(facts).filter(|entry| entry.title.contains("skipped"));
    let titles: Vec<String> = skipped.map(|entry| entry.title.clone()).collect();
    if titles.is_empty() {
        passed("publishingReport names no check that was skipped.")
    } else {
        unknown(format!(
            "Look for yourself, as the platform did not: {}.",
            list(&titles)
        ))
    }
}

/// Every key with its description, after the application that declares it.
fn keys<'a>(spec: &'a Spec) -> impl Iterator<Item = (String, &'a str, &'a str)> {
    let of = |owner: &'a str, configuration: &'a Configuration| {
        let standard = configuration.standard.iter();
        let secured = configuration.secured.iter();
        standard
            .map(|one| (&one.key, &one.description))
            .chain(secured.map(|one| (&one.key, &one.description)))
            .map(move |(key, text)| (format!("{owner}.{key}"), key.as_str(), text.as_str()))
    };
    let applications = spec.applications.iter();
    applications
        .flat_map(move |one| of(one.name.as_str(), &one.configuration))
        .chain(of("inheritAs", &spec.inherit.configuration))
}

fn described(facts: &Facts<'_>) -> Found {
    let short =
        keys(facts.spec).filter(|(.., text)| text.trim().chars().count() < DESCRIPTION_CHARACTERS);
    let short: Vec<String> = short.map(|(name, ..)| name).collect();
    if short.is_empty() {
        passed("Every key has a description that a person can go by.")
    } else {
        failed(format!(
            "The description has fewer than {DESCRIPTION_CHARACTERS} characters: {}.",
            list(&short)
        ))
    }
}

fn explained(facts: &Facts<'_>) -> Found {
    let letters = |text: &str| {
        let kept = text.chars().filter(|one| one.is_alphanumeric());
        kept.flat_map(char::to_lowercase).collect::<String>()
    };
    let same = keys(facts.spec).filter(|(_, key, text)| letters(key) == letters(text));
    let same: Vec<String> = same.map(|(name, ..)| name).collect();
    if same.is_empty() {
        passed("Every description says more than the name of its key.")
    } else {
        failed(format!(
            "The description is the key again: {}.",
            list(&same)
        ))
    }
}

fn health_checks(facts: &Facts<'_>) -> Found {
    use crate::spec::ApplicationType::{Event, Service};
    let applications = facts.spec.applications.iter();
    let can: Vec<_> = applications
        .filter(|one| matches!(one.kind, Service | Event))
        .collect();
    let without = can.iter().filter(|one| one.health_check.is_none());
    let without: Vec<String> = without.map(|one| one.name.to_string()).collect();
    if can.is_empty() {
        passed("There is no service and no event application.")
    } else if without.is_empty() {
        passed("Each declares one.")
    } else {
        failed(format!(
            "The platform only sees whether the port is open in: {}.",
            list(&without)
        ))
    }
}
