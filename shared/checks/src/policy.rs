//! What fails a connector is data: the severity at which each check fails, and waivers with a reason and a last day.

use domain::certification::checklist_ids;
use serde::{Deserialize, Serialize};

use crate::finding::{Check, Finding, Severity};
use crate::sca::Vulnerable;

/// The file of a repository's waivers, at its root.
pub const WAIVERS_FILE: &str = ".slipway.yml";
/// The longest time for which a waiver holds, in days (ours: whoever waives looks again within a year).
const MAX_WAIVER_DAYS: i32 = 366;

/// At which severity each check fails; without one it never does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Fails {
    /// Static analysis.
    pub sast: Option<Severity>,
    /// Dependencies.
    pub sca: Option<Severity>,
    /// Credentials.
    pub secrets: Option<Severity>,
    /// The bundle.
    pub image: Option<Severity>,
}

/// Which licences are not allowed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Licences {
    /// SPDX identifiers.
    pub denied: Vec<String>,
}

/// A finding that does not count, and until when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Waiver {
    /// The rule's or the advisory's id.
    pub rule: String,
    /// Only for files whose path begins so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// Why.
    pub reason: String,
    /// The last day.
    pub expires: jiff::civil::Date,
}

/// The policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Policy {
    /// What fails.
    pub fails: Fails,
    /// Whether a vulnerability counts only where a release mends it (contract, section 10.4: fixed only).
    pub only_with_fix: bool,
    /// Whether dependencies of development count.
    pub dev_dependencies: bool,
    /// Licences.
    pub licences: Licences,
    /// Ids of what the checklist of a certification must have passed; only a policy for certifications names some.
    #[serde(default)]
    pub requires: Vec<String>,
    /// The operator's waivers.
    #[serde(default)]
    pub waivers: Vec<Waiver>,
}

/// Why a policy or a file of waivers cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct UnusablePolicy(pub String);

impl Default for Policy {
    fn default() -> Self {
        Self::read(include_str!("../policy.yml")).expect("its test reads it")
    }
}

impl Policy {
    /// The one that ships for publications with certification.
    #[must_use]
    pub fn of_certification() -> Self {
        Self::read(include_str!("../certification-policy.yml")).expect("its test reads it")
    }

    /// Reads an operator's policy.
    ///
    /// # Errors
    /// Where it is not one.
    pub fn read(text: &str) -> Result<Self, UnusablePolicy> {
        let policy: Self =
            serde_saphyr::from_str(text).map_err(|error| UnusablePolicy(error.to_string()))?;
        let known: Vec<&str> = checklist_ids().collect();
        match policy
            .requires
            .iter()
            .find(|id| !known.contains(&id.as_str()))
        {
            None => Ok(policy),
            Some(unknown) => Err(UnusablePolicy(format!(
                "`requires` names {unknown}, but the checklist has {}",
                known.join(", ")
            ))),
        }
    }

    /// Whether a finding of static analysis, of secrets or of the bundle fails the connector.
    #[must_use]
    pub fn fails(&self, finding: &Finding) -> bool {
        finding.waived.is_none() && self.fails_at(finding.check, finding.severity)
    }

    /// True if a finding of this check and severity fails the connector, unless it is waived.
    pub(crate) fn fails_at(&self, check: Check, severity: Severity) -> bool {
        let at = match check {
            Check::Spec => return true,
            Check::Sast => self.fails.sast,
            Check::Sca => self.fails.sca,
            Check::Secrets => self.fails.secrets,
            Check::Image => self.fails.image,
        };
        at.is_some_and(|at| severity >= at)
    }

    /// Whether a vulnerable dependency fails the connector.
    #[must_use]
    pub fn fails_by(&self, vulnerable: &Vulnerable) -> bool {
        self.fails(&vulnerable.finding)
            && (vulnerable.fixed.is_some() || !self.only_with_fix)
            && (!vulnerable.dev || self.dev_dependencies)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WaiversFile {
    #[serde(default)]
    waivers: Vec<Waiver>,
}

/// Reads a repository's waivers. What is wrong with one of them is told, and that one does not hold.
///
/// # Errors
/// The file is not one of waivers.
pub fn read_waivers(
    text: &str,
    today: jiff::civil::Date,
) -> Result<(Vec<Waiver>, Vec<String>), UnusablePolicy> {
    let file: WaiversFile =
        serde_saphyr::from_str(text).map_err(|error| UnusablePolicy(error.to_string()))?;
    let mut problems = Vec::new();
    let mut hold = Vec::new();
    for waiver in file.waivers {
        let days = today
            .until(waiver.expires)
            .map_or(i32::MAX, |span| span.get_days());
        if waiver.reason.trim().len() < 10 {
            problems.push(format!("The waiver of {} has no reason of ten characters or more: say why it does no harm.", waiver.rule));
        } else if days < 0 {
            problems.push(format!(
                "The waiver of {} ended on {}: mend the finding, or look again and set a new day.",
                waiver.rule, waiver.expires
            ));
        } else if days > MAX_WAIVER_DAYS {
            problems.push(format!(
                "The waiver of {} holds until {}: choose a day within a year.",
                waiver.rule, waiver.expires
            ));
        } else {
            hold.push(waiver);
        }
    }
    Ok((hold, problems))
}

/// Marks what the waivers cover; what a comment in the source waived stays so.
pub fn waive(findings: &mut [Finding], waivers: &[Waiver], today: jiff::civil::Date) {
    for finding in findings
        .iter_mut()
        .filter(|finding| finding.waived.is_none())
    {
        finding.waived = covering(finding, waivers, today)
            .map(|waiver| format!("{} (until {})", waiver.reason.trim(), waiver.expires));
    }
}

/// Returns the first waiver that covers a finding.
pub(crate) fn covering<'a>(
    finding: &Finding,
    waivers: &'a [Waiver],
    today: jiff::civil::Date,
) -> Option<&'a Waiver> {
    waivers.iter().find(|waiver| {
        waiver.rule == finding.rule
            && waiver.expires >= today
            && waiver
                .file
                .as_ref()
                .is_none_or(|file| finding.place.file.starts_with(file.as_str()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_is_the_references_high_and_critical_with_a_fix() {
        let policy = Policy::default();
        assert_eq!(policy.fails.sca, Some(Severity::High));
        assert!(policy.only_with_fix && !policy.dev_dependencies);
    }

    #[test]
    fn a_certification_is_held_to_more() {
        let (policy, stricter) = (Policy::default(), Policy::of_certification());
        assert!(policy.requires.is_empty() && !stricter.requires.is_empty());
        assert!(stricter.fails.sast < policy.fails.sast && !stricter.only_with_fix);
    }

    #[test]
    fn a_policy_that_requires_what_no_checklist_has_is_refused() {
        let text = include_str!("../policy.yml").to_owned() + "requires: [redme]\n";
        let error = Policy::read(&text).unwrap_err();
        insta::assert_snapshot!(error, @"`requires` names redme, but the checklist has readme, licence, tests, report, security, configuration-described, configuration-explained, health-check, description, documentation-url, creator-email, creator-support-url, help, integration-types, supported-regions");
    }

    #[test]
    fn a_waiver_without_a_reason_or_beyond_its_day_does_not_hold() {
        let text = "waivers:
  - { rule: a, reason: only a cache key is hashed, expires: 2027-01-31 }
  - { rule: b, reason: later, expires: 2027-01-31 }
  - { rule: c, reason: never reached in this code, expires: 2026-01-31 }
  - { rule: d, reason: never reached in this code, expires: 2099-01-31 }
";
        let (hold, problems) = read_waivers(text, jiff::civil::date(2026, 11, 22)).unwrap();
        assert_eq!(hold.len(), 1);
        insta::assert_snapshot!(problems.join("\n"), @"
        The waiver of b has no reason of ten characters or more: say why it does no harm.
        The waiver of c ended on 2026-01-31: mend the finding, or look again and set a new day.
        The waiver of d holds until 2099-01-31: choose a day within a year.
        ");
    }
}
