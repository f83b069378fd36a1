//! The checks of a source tree, side by side: one that crashes is an error of its own and never fails or passes another.

use std::collections::BTreeMap;
use std::io;
use std::panic::resume_unwind;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use domain::names::ApplicationName;
use domain::spec::{Application, Spec};
use serde::{Deserialize, Serialize};

use crate::check_sca::Dependencies;
use crate::endpoints::shared_endpoints;
use crate::env_file;
use crate::files::{self, Files, SourceFile, Unread};
use crate::finding::{Check, Finding, Severity};
use crate::parts::{self, Examined, Memory, Secrets};
use crate::policy::{self, Policy, WAIVERS_FILE, Waiver};
use crate::sast::{self, Scan};
use crate::sca::{Advisories, Asked, Inventory, Source};
use crate::secrets;
use crate::worst::{MAX_FINDINGS, More, Rank};

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
    /// Counts of the findings beyond those that it kept.
    #[serde(default, skip_serializing_if = "More::is_none")]
    pub more: More,
}

impl CheckResult {
    /// Whether it lets the connector pass.
    #[must_use]
    pub fn passed(&self) -> bool {
        !matches!(self.ended, Ended::Crashed(_))
            && !self.findings.iter().any(|one| one.fails)
            && self.more.failing == 0
    }

    /// The check of connect.yaml and of the tree: whatever it found fails, and what only surprises is a note.
    #[must_use]
    pub fn of_spec(
        spec: Option<&Spec>,
        findings: impl IntoIterator<Item = Finding>,
        scope: String,
    ) -> Self {
        let fails = |finding| Judged {
            finding,
            fails: true,
            application: None,
        };
        let findings = findings.into_iter().map(fails).collect();
        let notes = spec.map(shared_endpoints).unwrap_or_default();
        Self::done(Check::Spec, scope, findings, notes)
    }

    pub(crate) fn done(
        check: Check,
        scope: String,
        findings: Vec<Judged>,
        mut notes: Vec<String>,
    ) -> Self {
        if let Some(more) = notes
            .len()
            .checked_sub(MAX_FINDINGS)
            .filter(|&more| more > 0)
        {
            notes.truncate(MAX_FINDINGS);
            notes.push(format!("{more} more warnings like these are not listed."));
        }
        Self {
            check,
            ended: Ended::Done,
            scope,
            findings,
            notes,
            more: More::default(),
        }
    }

    /// Adds what was not kept. Its notice is the first note, as an entry of a draft shows only the first ones.
    pub(crate) fn with_more(mut self, more: More) -> Self {
        self.more = more;
        self.notes.splice(0..0, more.notice());
        self
    }
}

/// What all checks of a source tree found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SourceChecks {
    /// Static analysis, dependencies, credentials.
    pub results: Vec<CheckResult>,
    /// What each application depends on, by its name.
    pub inventories: Vec<(String, Inventory)>,
    /// Where the advisories came from.
    pub advisories: Vec<Source>,
    /// The repository's own waivers that hold, for its bundles too.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub waivers: Vec<Waiver>,
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

/// Asks a registry of npm packages what it knows of them; the error is a part of a sentence that says why it did not answer.
pub type Ask<'a> = dyn Fn(&Asked) -> Result<Advisories, String> + Sync + 'a;

/// What the checks are judged by.
#[derive(Clone, Copy)]
pub struct Terms<'a> {
    /// The operator's policy.
    pub policy: &'a Policy,
    /// The advisories that are loaded.
    pub advisories: &'a [Arc<Advisories>],
    /// A registry that is asked besides.
    pub registry: Option<&'a Ask<'a>>,
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
    let (judge, problems) = Judge::of(root, spec, terms);
    let examined = parts::examine(files, spec, memory, &|finding| judge.rank(finding))?;
    Ok(judged(root, judge, &problems, examined, &left_out))
}

/// Judges what was seen, and looks at the dependencies.
fn judged(
    root: &Path,
    judge: Judge<'_>,
    problems: &[String],
    examined: Examined,
    left_out: &[String],
) -> SourceChecks {
    let sast = guarded(Check::Sast, || {
        let (scan, tests) = examined.sast.unwrap_or_else(|panic| resume_unwind(panic));
        judge.sast(scan, tests, [problems, left_out].concat())
    });
    let secrets = guarded(Check::Secrets, || {
        let found = examined
            .secrets
            .unwrap_or_else(|panic| resume_unwind(panic));
        judge.secrets(found, left_out.to_vec())
    });
    let mut dependencies = Dependencies::default();
    let began = Instant::now();
    let sca = guarded(Check::Sca, || judge.sca(root, &mut dependencies));
    let mut millis = examined.millis;
    millis.insert(Check::Sca, parts::millis_since(began));
    SourceChecks {
        results: vec![sast, sca, secrets],
        inventories: dependencies.inventories,
        advisories: dependencies.sources,
        waivers: judge.own,
        millis,
    }
}

/// The repository's own waivers that hold, and what is wrong with the others.
fn waivers(root: &Path, terms: Terms<'_>) -> (Vec<Waiver>, Vec<String>) {
    let file = SourceFile::at(root, WAIVERS_FILE);
    let Some(text) = file
        .and_then(|file| file.text().ok())
        .filter(|_| !terms.certification)
    else {
        return (Vec::new(), Vec::new());
    };
    policy::read_waivers(&text, terms.today).unwrap_or_else(|error| {
        let problem = format!("{WAIVERS_FILE} cannot be read, so no waiver in it holds: {error}");
        (Vec::new(), vec![problem])
    })
}

pub(crate) struct Judge<'a> {
    pub(crate) spec: &'a Spec,
    pub(crate) terms: Terms<'a>,
    pub(crate) waivers: Vec<Waiver>,
    /// Those of the repository.
    own: Vec<Waiver>,
}

impl<'a> Judge<'a> {
    /// Also returns what is wrong with the repository's waivers.
    fn of(root: &Path, spec: &'a Spec, terms: Terms<'a>) -> (Self, Vec<String>) {
        let (own, problems) = waivers(root, terms);
        let judge = Self {
            spec,
            terms,
            waivers: [own.clone(), terms.policy.waivers.clone()].concat(),
            own,
        };
        (judge, problems)
    }
}

impl Judge<'_> {
    /// Ranks a finding as it was found, by what [`Self::judged`] will make of it.
    pub(crate) fn rank(&self, finding: &Finding) -> Rank {
        let severity = if finding.rule == env_file::RULE && self.is_of_site(finding) {
            Severity::Critical
        } else {
            finding.severity
        };
        let by_comment = finding.waived.is_some() && !self.terms.certification;
        let waived =
            by_comment || policy::covering(finding, &self.waivers, self.terms.today).is_some();
        let fails = self.terms.policy.fails_at(finding.check, severity);
        Rank {
            fails: fails && !waived && self.counts(finding),
            not_waived: !waived,
            severity,
        }
    }

    fn is_of_site(&self, finding: &Finding) -> bool {
        let application = self.application_of(finding);
        application.is_some_and(|one| !one.kind.is_dynamic())
    }

    fn sast(&self, scan: Scan, tests: usize, mut notes: Vec<String>) -> CheckResult {
        notes.extend(scan.unread.iter().map(Unread::to_string));
        let scope = format!(
            "Files: {}, lines: {}, rules: {}; test files left out: {tests}.",
            scan.files,
            scan.lines,
            sast::rules().len(),
        );
        let findings = self.judged(scan.findings);
        CheckResult::done(Check::Sast, scope, findings, notes).with_more(scan.more)
    }

    fn secrets(&self, found: Secrets, mut notes: Vec<String>) -> CheckResult {
        notes.extend(found.unread.iter().map(Unread::to_string));
        let shapes = secrets::shapes().count();
        let scope = format!("Files: {}, shapes: {shapes}.", found.files);
        let findings = self.judged(found.findings);
        CheckResult::done(Check::Secrets, scope, findings, notes).with_more(found.more)
    }

    fn judged(&self, mut findings: Vec<Finding>) -> Vec<Judged> {
        if self.terms.certification {
            findings
                .iter_mut()
                .for_each(|finding| finding.waived = None);
        }
        for finding in &mut findings {
            if self.is_of_site(finding) {
                env_file::rate_as_site(finding);
            }
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
    pub(crate) fn counts(&self, finding: &Finding) -> bool {
        let application = self.application_of(finding);
        finding.check == Check::Secrets
            || !application.is_some_and(|one| one.kind.is_merchant_center())
    }

    /// Returns the application in whose folder a finding lies.
    fn application_of(&self, finding: &Finding) -> Option<&Application> {
        let folder = finding.place.file.split('/').next()?;
        self.spec.application(folder)
    }

    pub(crate) fn at_its_application(&self, finding: Finding, fails: bool) -> Judged {
        let application = self.application_of(&finding).map(|one| one.name.clone());
        Judged {
            finding,
            fails,
            application,
        }
    }
}

#[cfg(test)]
mod tests;
