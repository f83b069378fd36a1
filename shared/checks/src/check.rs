//! The checks of a source tree, side by side: one that crashes is an error of its own and never fails or passes another.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io;
use std::panic::resume_unwind;
use std::path::Path;
use std::time::Instant;

use domain::names::ApplicationName;
use domain::spec::Spec;
use serde::{Deserialize, Serialize};

use crate::files::{self, Files, SourceFile, Unread};
use crate::finding::{Check, Finding};
use crate::parts::{self, Examined, Memory, Secrets};
use crate::policy::{self, Policy, WAIVERS_FILE, Waiver};
use crate::sast::{self, Scan};
use crate::sca::{self, Advisories, Inventory, Source};
use crate::secrets;

pub(crate) use crate::guard::guarded;

/// How a check ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Ended {
    /// It ran; whether it failed is told by its findings.
    Done,
    /// It did not run, and why.
    Skipped(String),
    /// It could not come to its end, which is a fault of ours.
    Crashed(String),
}

/// A finding and whether it fails the connector.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judged {
    /// What is wrong.
    #[serde(flatten)]
    pub finding: Finding,
    /// By the policy.
    pub fails: bool,
    /// The application in whose folder it lies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub application: Option<ApplicationName>,
}

/// What came of one check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CheckResult {
    /// Which.
    pub check: Check,
    /// How it ended.
    pub ended: Ended,
    /// What it looked at, in a sentence.
    pub scope: String,
    /// What it found.
    pub findings: Vec<Judged>,
    /// What it could not look at.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

impl CheckResult {
    /// Whether it lets the connector pass.
    #[must_use]
    pub fn passed(&self) -> bool {
        !matches!(self.ended, Ended::Crashed(_)) && !self.findings.iter().any(|one| one.fails)
    }

    /// The check of connect.yaml and of the tree: whatever it found fails.
    #[must_use]
    pub fn of_spec(findings: impl IntoIterator<Item = Finding>, scope: String) -> Self {
        let fails = |finding| Judged {
            finding,
            fails: true,
            application: None,
        };
        let findings = findings.into_iter().map(fails).collect();
        Self::done(Check::Spec, scope, findings, Vec::new())
    }

    pub(crate) fn done(
        check: Check,
        scope: String,
        findings: Vec<Judged>,
        notes: Vec<String>,
    ) -> Self {
        Self {
            check,
            ended: Ended::Done,
            scope,
            findings,
            notes,
        }
    }
}

/// What all checks of a source tree found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SourceChecks {
    /// Static analysis, dependencies, credentials.
    pub results: Vec<CheckResult>,
    /// What each application depends on, by its name.
    pub inventories: Vec<(String, Inventory)>,
    /// Where the advisories came from; none where there are none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub advisories: Option<Source>,
    /// How long each check took, in milliseconds; static analysis and the search for credentials go on at the same time.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub millis: BTreeMap<Check, u64>,
}

impl SourceChecks {
    /// Whether the source has this finding, whichever check found it.
    #[must_use]
    pub fn has(&self, finding: &Finding) -> bool {
        let same =
            |one: &Judged| one.finding.rule == finding.rule && one.finding.place == finding.place;
        self.results
            .iter()
            .any(|result| result.findings.iter().any(same))
    }
}

/// What the checks are judged by.
#[derive(Debug, Clone, Copy)]
pub struct Terms<'a> {
    /// The operator's policy.
    pub policy: &'a Policy,
    /// The advisories that are loaded; none where there are none.
    pub advisories: Option<&'a Advisories>,
    /// The day, for waivers and ends of life.
    pub today: jiff::civil::Date,
    /// For certification a repository's own waivers do not count: a certifier decides.
    pub certification: bool,
}

/// Runs the checks that need only the source.
///
/// # Errors
/// Only what is wrong with the disk.
pub fn check(root: &Path, spec: &Spec, terms: Terms<'_>) -> io::Result<SourceChecks> {
    check_changed(root, spec, terms, None)
}

/// The same, where what was seen in an unchanged part of the tree is not looked for again.
///
/// # Errors
/// Only what is wrong with the disk.
pub fn check_changed(
    root: &Path,
    spec: &Spec,
    terms: Terms<'_>,
    memory: Option<&dyn Memory>,
) -> io::Result<SourceChecks> {
    let Files { files, left_out } = files::files(root, spec)?;
    let examined = parts::examine(files, spec, memory)?;
    Ok(judged(root, spec, terms, examined, &left_out))
}

/// Judges what was seen, and looks at the dependencies.
fn judged(
    root: &Path,
    spec: &Spec,
    terms: Terms<'_>,
    examined: Examined,
    left_out: &[String],
) -> SourceChecks {
    let (waivers, problems) = waivers(root, terms);
    let judge = Judge {
        spec,
        terms,
        waivers,
    };
    let sast = guarded(Check::Sast, || {
        let (scan, tests) = examined.sast.unwrap_or_else(|panic| resume_unwind(panic));
        judge.sast(scan, tests, [&problems, left_out].concat())
    });
    let secrets = guarded(Check::Secrets, || {
        let found = examined
            .secrets
            .unwrap_or_else(|panic| resume_unwind(panic));
        judge.secrets(found, left_out.to_vec())
    });
    let mut inventories = Vec::new();
    let began = Instant::now();
    let sca = guarded(Check::Sca, || judge.sca(root, &mut inventories));
    let mut millis = examined.millis;
    millis.insert(Check::Sca, parts::millis_since(began));
    SourceChecks {
        results: vec![sast, sca, secrets],
        inventories,
        advisories: terms.advisories.map(|advisories| advisories.source.clone()),
        millis,
    }
}

fn waivers(root: &Path, terms: Terms<'_>) -> (Vec<Waiver>, Vec<String>) {
    let mut waivers = terms.policy.waivers.clone();
    let file = SourceFile::at(root, WAIVERS_FILE);
    let Some(text) = file
        .and_then(|file| file.text().ok())
        .filter(|_| !terms.certification)
    else {
        return (waivers, Vec::new());
    };
    match policy::read_waivers(&text, terms.today) {
        Ok((own, problems)) => {
            waivers.extend(own);
            (waivers, problems)
        }
        Err(error) => (
            waivers,
            vec![format!(
                "{WAIVERS_FILE} cannot be read, so no waiver in it holds: {error}"
            )],
        ),
    }
}

struct Judge<'a> {
    spec: &'a Spec,
    terms: Terms<'a>,
    waivers: Vec<Waiver>,
}

impl Judge<'_> {
    fn sast(&self, scan: Scan, tests: usize, mut notes: Vec<String>) -> CheckResult {
        notes.extend(scan.unread.iter().map(Unread::to_string));
        let scope = format!(
            "Files: {}, lines: {}, rules: {}; test files left out: {tests}.",
            scan.files,
            scan.lines,
            sast::rules().len(),
        );
        CheckResult::done(Check::Sast, scope, self.judged(scan.findings), notes)
    }

    fn secrets(&self, found: Secrets, mut notes: Vec<String>) -> CheckResult {
        notes.extend(found.unread.iter().map(Unread::to_string));
        let shapes = secrets::shapes().count();
        let scope = format!("Files: {}, shapes: {shapes}.", found.files);
        CheckResult::done(Check::Secrets, scope, self.judged(found.findings), notes)
    }

    fn sca(&self, root: &Path, inventories: &mut Vec<(String, Inventory)>) -> CheckResult {
        let mut notes = Vec::new();
        for application in &self.spec.applications {
            match sca::inventory(root, application.name.as_str()) {
                Ok(Some(inventory)) => {
                    notes.extend(inventory.notes.iter().cloned());
                    inventories.push((application.name.to_string(), inventory));
                }
                // That a folder is not there is told by the check of the tree.
                Ok(None) if !root.join(application.name.as_str()).is_dir() => {}
                Ok(None) => notes.push(format!(
                    "{} has no lockfile, so its dependencies were not looked up: commit the lockfile of its package manager.",
                    application.name
                )),
                Err(error) => notes.push(error.to_string()),
            }
        }
        let packages = distinct(inventories);
        let skipped = |why: &str| CheckResult {
            ended: Ended::Skipped(why.to_owned()),
            ..CheckResult::done(
                Check::Sca,
                format!("Packages: {packages}."),
                Vec::new(),
                Vec::new(),
            )
        };
        if self.spec.applications.is_empty() {
            return skipped("There is no application whose dependencies could be looked up.");
        }
        let Some(advisories) = self
            .terms
            .advisories
            .filter(|loaded| loaded.source.advisories > 0)
        else {
            let why = "No advisories are loaded, so nothing is known about the dependencies. The operator loads them with `slipway up --advisories PATH`.";
            return CheckResult {
                notes,
                ..skipped(why)
            };
        };
        let findings = self.vulnerable(inventories, advisories);
        let Source {
            name,
            advisories,
            newest,
            ..
        } = &advisories.source;
        let newest = newest
            .as_deref()
            .map(|day| format!(", newest {day}"))
            .unwrap_or_default();
        let scope = format!("Packages: {packages}; advisories: {advisories} ({name}{newest}).");
        CheckResult::done(Check::Sca, scope, findings, notes)
    }

    fn vulnerable(
        &self,
        inventories: &[(String, Inventory)],
        advisories: &Advisories,
    ) -> Vec<Judged> {
        let (mut findings, mut seen) = (Vec::<Judged>::new(), HashMap::<_, usize>::new());
        for (_, inventory) in inventories {
            for mut found in sca::vulnerable(inventory, advisories) {
                policy::waive(
                    std::slice::from_mut(&mut found.finding),
                    &self.waivers,
                    self.terms.today,
                );
                let fails = self.terms.policy.fails_by(&found) && self.counts(&found.finding);
                // A lockfile at the root is the lockfile of several applications, of which one may run what another only tests with.
                let place = &found.finding.place;
                let same = (
                    found.finding.rule.clone(),
                    place.file.clone(),
                    place.excerpt.clone(),
                );
                match seen.get(&same) {
                    Some(&before) => findings[before].fails |= fails,
                    None => {
                        seen.insert(same, findings.len());
                        findings.push(self.at_its_application(found.finding, fails));
                    }
                }
            }
        }
        findings
    }

    fn judged(&self, mut findings: Vec<Finding>) -> Vec<Judged> {
        if self.terms.certification {
            findings
                .iter_mut()
                .for_each(|finding| finding.waived = None);
        }
        policy::waive(&mut findings, &self.waivers, self.terms.today);
        let judge = |finding: Finding| {
            let fails = self.terms.policy.fails(&finding) && self.counts(&finding);
            self.at_its_application(finding, fails)
        };
        findings.into_iter().map(judge).collect()
    }

    /// The reference leaves Merchant Center applications out of static analysis and of dependencies (contract, section 10.4); here
    /// they are looked at, and never fail.
    fn counts(&self, finding: &Finding) -> bool {
        let folder = finding
            .place
            .file
            .split('/')
            .next()
            .and_then(|name| self.spec.application(name));
        finding.check == Check::Secrets || !folder.is_some_and(|one| one.kind.is_merchant_center())
    }

    fn at_its_application(&self, finding: Finding, fails: bool) -> Judged {
        let folder = finding.place.file.split('/').next();
        let application = folder
            .and_then(|name| self.spec.application(name))
            .map(|one| one.name.clone());
        Judged {
            finding,
            fails,
            application,
        }
    }
}

/// How many packages there are, each counted once for each lockfile that lists it.
fn distinct(inventories: &[(String, Inventory)]) -> usize {
    let all = inventories.iter().flat_map(|(_, inventory)| {
        let of = |package: &sca::Package| {
            (
                inventory.file.clone(),
                package.name.clone(),
                package.version.clone(),
            )
        };
        inventory.packages.iter().map(of).collect::<Vec<_>>()
    });
    all.collect::<BTreeSet<_>>().len()
}

#[cfg(test)]
mod tests;
