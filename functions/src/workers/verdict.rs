//! The verdict is pure: what was found in, report entries out, with the titles of the contract, section 3.5.

use std::collections::BTreeMap;

use builder::Step;
use checks::{Check, CheckResult, SourceChecks};
use domain::certification::{ChecklistItem, ChecklistResult, Facts, checklist};
use domain::connector::{Artifact, Release, Repository};
use domain::connector_staged::ConnectorStaged;
use domain::names::ApplicationName;
use domain::report::{EntryType, Report, ReportEntry};
use domain::time::Timestamp;
use work::Verdict;

use crate::workers::builds::Outcome;
use crate::workers::fetch::{Fetched, Planned};
use crate::workers::pending;

const IMAGE_BUILD: &str = "Connector image build check";
const CHECKLIST: &str = "Certification checklist check";
const UNIT_TESTS: &str = "Unit test check";

/// The repository could not be read.
pub(crate) fn unreachable(reason: &str, now: Timestamp) -> Verdict {
    failed(vec![
        ReportEntry::new(EntryType::Error, "Connector repository not reachable", now)
            .message(reason),
    ])
}

/// The source has findings, and nothing is built of it.
pub(crate) fn refused(fetched: &Fetched, now: Timestamp) -> Verdict {
    failed(checks::entries(&specification(fetched), now))
}

/// The check of connect.yaml and of what it promises of the tree.
pub(crate) fn specification(fetched: &Fetched) -> CheckResult {
    let scope = format!("Applications: {}.", fetched.applications.len());
    CheckResult::of_spec(
        fetched.spec.as_ref(),
        fetched.findings.iter().cloned(),
        scope,
    )
}

fn failed(entries: Vec<ReportEntry>) -> Verdict {
    Verdict {
        passed: false,
        entries,
    }
}

/// The first entry, before anything is known.
pub(crate) fn begun(repository: &Repository, now: Timestamp) -> ReportEntry {
    let Repository { url, tag } = repository;
    ReportEntry::new(
        EntryType::Information,
        "Connector repository check started",
        now,
    )
    .message(format!("{tag} of {url} is being fetched."))
}

/// What is known while builds go on.
pub(crate) fn so_far(
    fetched: &Fetched,
    outcomes: &BTreeMap<ApplicationName, Outcome>,
    source: &SourceChecks,
    now: Timestamp,
) -> Vec<ReportEntry> {
    let mut entries = checks::entries(&specification(fetched), now);
    for planned in &fetched.applications {
        match outcomes.get(&planned.name) {
            Some(outcome) => entries.extend(of_build(planned, Some(outcome), now)),
            None => entries.push(pending::image_build(&planned.name, now)),
        }
    }
    entries.extend(
        source
            .results
            .iter()
            .flat_map(|result| checks::entries(result, now)),
    );
    entries
}

/// Everything was checked, and built or failed to be.
pub(crate) fn judge(
    fetched: &Fetched,
    outcomes: &BTreeMap<ApplicationName, Outcome>,
    checks: &[CheckResult],
    now: Timestamp,
) -> Verdict {
    let mut entries = Vec::new();
    let mut passed = checks.iter().all(CheckResult::passed);
    let (source, bundles): (Vec<_>, Vec<_>) = checks
        .iter()
        .partition(|result| result.check != Check::Image);
    let of = |result: &&CheckResult| checks::entries(result, now);
    entries.extend(
        source
            .iter()
            .filter(|result| result.check == Check::Spec)
            .flat_map(of),
    );
    for planned in &fetched.applications {
        let outcome = outcomes.get(&planned.name);
        passed &= matches!(outcome, Some(Outcome::Built(..)));
        entries.extend(of_build(planned, outcome, now));
    }
    entries.extend(
        source
            .iter()
            .filter(|result| result.check != Check::Spec)
            .flat_map(of),
    );
    entries.extend(bundles.iter().flat_map(of));
    Verdict { passed, entries }
}

/// What the checklist of a certification must have passed already: a certifier need not look at a draft without it.
pub(crate) fn require(
    verdict: &mut Verdict,
    required: &[String],
    staged: &ConnectorStaged,
    fetched: &Fetched,
    now: Timestamp,
) {
    let Some(spec) = fetched.spec.as_ref().filter(|_| !required.is_empty()) else {
        return;
    };
    let mut staged = staged.clone();
    let entries = verdict.entries.clone();
    staged.publishing_report = Some(Report { entries });
    let checklist = checklist(&Facts {
        staged: &staged,
        spec,
        evidence: fetched.evidence.as_ref(),
    });
    let missing = checklist.iter().filter(|item| {
        item.result == ChecklistResult::Failed && required.iter().any(|id| id == item.id)
    });
    let error = |item: &ChecklistItem| {
        let title = format!("{CHECKLIST} failed");
        let message = format!("{} [{}]", item.detail, item.id);
        ReportEntry::new(EntryType::Error, title, now).message(message)
    };
    let missing: Vec<ReportEntry> = missing.map(error).collect();
    verdict.passed &= missing.is_empty();
    if missing.is_empty() {
        let title = format!("{CHECKLIST} succeeded");
        let scope = format!("Required: {}.", required.join(", "));
        let entry = ReportEntry::new(EntryType::Information, title, now).message(scope);
        verdict.entries.push(entry);
    } else {
        verdict.entries.extend(missing);
    }
}

fn of_build(planned: &Planned, outcome: Option<&Outcome>, now: Timestamp) -> Vec<ReportEntry> {
    let entry = |kind, title: String| ReportEntry::new(kind, title, now).application(&planned.name);
    let note = |note| entry(EntryType::Warning, format!("{IMAGE_BUILD} warning")).message(note);
    let mut entries: Vec<ReportEntry> = planned.notes.iter().map(note).collect();
    match outcome {
        Some(Outcome::Built(_, manifest)) => {
            entries.push(entry(
                EntryType::Information,
                format!("{IMAGE_BUILD} succeeded"),
            ));
            if manifest.steps.iter().any(|step| step.step == Step::Test) {
                entries.push(entry(
                    EntryType::Information,
                    format!("{UNIT_TESTS} succeeded"),
                ));
            }
        }
        Some(Outcome::Failed(build)) => {
            let check = if build.step == Step::Test {
                UNIT_TESTS
            } else {
                IMAGE_BUILD
            };
            entries
                .push(entry(EntryType::Error, format!("{check} failed")).message(&build.message));
        }
        None => {}
    }
    entries
}

/// What can be deployed, where every application was built.
pub(crate) fn release(
    repository: &Repository,
    fetched: &Fetched,
    outcomes: &BTreeMap<ApplicationName, Outcome>,
) -> Option<Release> {
    let artifacts: BTreeMap<ApplicationName, Artifact> = outcomes
        .iter()
        .filter_map(|(name, outcome)| match outcome {
            Outcome::Built(artifact, _) => Some((name.clone(), artifact.clone())),
            Outcome::Failed(_) => None,
        })
        .collect();
    let spec = fetched.spec.clone()?;
    (artifacts.len() == spec.applications.len()).then(|| Release {
        repository: repository.clone(),
        commit: fetched.commit.clone(),
        spec,
        artifacts,
    })
}
