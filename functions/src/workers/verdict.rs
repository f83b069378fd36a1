//! The verdict is pure: what was found in, report entries out, with the titles of the contract, section 3.5.

use std::collections::BTreeMap;

use builder::Step;
use domain::connector::{Artifact, Release, Repository};
use domain::names::ApplicationName;
use domain::report::{EntryType, ReportEntry};
use domain::time::Timestamp;
use work::Verdict;

use crate::workers::builds::Outcome;
use crate::workers::fetch::Fetched;

const SPECIFICATION: &str = "Connector specification file validation check";
const IMAGE_BUILD: &str = "Connector image build check";
const UNIT_TESTS: &str = "Unit test check";
const SKIPPED: [&str; 2] = [
    "SAST and SCA analysis check",
    "Image security analysis check",
];

/// The repository could not be read.
pub(crate) fn unreachable(reason: &str, now: Timestamp) -> Verdict {
    failed(vec![
        ReportEntry::new(EntryType::Error, "Connector repository not reachable", now)
            .message(reason),
    ])
}

/// The source has findings, and nothing is built of it.
pub(crate) fn refused(fetched: &Fetched, now: Timestamp) -> Verdict {
    let title = format!("{SPECIFICATION} failed");
    let entries = fetched.findings.iter();
    failed(
        entries
            .map(|finding| ReportEntry::new(EntryType::Error, &title, now).message(finding))
            .collect(),
    )
}

fn failed(entries: Vec<ReportEntry>) -> Verdict {
    Verdict {
        passed: false,
        entries,
    }
}

/// Everything was built or failed to be.
pub(crate) fn judge(
    fetched: &Fetched,
    outcomes: &BTreeMap<ApplicationName, Outcome>,
    now: Timestamp,
) -> Verdict {
    let mut entries = vec![ReportEntry::new(
        EntryType::Information,
        format!("{SPECIFICATION} succeeded"),
        now,
    )];
    let mut passed = true;
    for planned in &fetched.applications {
        let entry =
            |kind, title: String| ReportEntry::new(kind, title, now).application(&planned.name);
        entries.extend(
            planned.notes.iter().map(|note| {
                entry(EntryType::Warning, format!("{IMAGE_BUILD} warning")).message(note)
            }),
        );
        match outcomes.get(&planned.name) {
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
                passed = false;
                let check = if build.step == Step::Test {
                    UNIT_TESTS
                } else {
                    IMAGE_BUILD
                };
                entries.push(
                    entry(EntryType::Error, format!("{check} failed")).message(&build.message),
                );
            }
            None => passed = false,
        }
    }
    let skipped = SKIPPED.iter().map(|check| {
        ReportEntry::new(EntryType::Information, format!("{check} skipped"), now)
            .message("This version of the platform does not have this check.")
    });
    entries.extend(skipped);
    Verdict { passed, entries }
}

/// What can be deployed, where every application was built.
pub(crate) fn release(
    repository: &Repository,
    fetched: Fetched,
    outcomes: BTreeMap<ApplicationName, Outcome>,
) -> Option<Release> {
    let artifacts: BTreeMap<ApplicationName, Artifact> = outcomes
        .into_iter()
        .filter_map(|(name, outcome)| match outcome {
            Outcome::Built(artifact, _) => Some((name, artifact)),
            Outcome::Failed(_) => None,
        })
        .collect();
    let spec = fetched.spec?;
    (artifacts.len() == spec.applications.len()).then(|| Release {
        repository: repository.clone(),
        commit: fetched.commit,
        spec,
        artifacts,
    })
}
