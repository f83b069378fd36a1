//! The check of a bundle, judged like those of the source; the repository's own waivers name places of the source and do not reach it.

use domain::names::ApplicationName;

use crate::check::{CheckResult, Judged, Terms, guarded};
use crate::finding::{Check, Finding};
use crate::image::{self, ImageFacts};
use crate::policy;

/// Judges the bundle of one application.
#[must_use]
pub fn check_image(
    application: &ApplicationName,
    facts: &ImageFacts,
    node: Option<&str>,
    limit: u64,
    terms: Terms<'_>,
) -> CheckResult {
    guarded(Check::Image, || {
        let today = terms.today.to_string();
        let mut findings = image::judge(facts, node, limit, terms.policy, &today);
        if terms.certification {
            findings
                .iter_mut()
                .for_each(|finding| finding.waived = None);
        }
        policy::waive(&mut findings, &terms.policy.waivers, terms.today);
        let judge = |finding: Finding| Judged {
            fails: terms.policy.fails(&finding),
            application: Some(application.clone()),
            finding,
        };
        let scope = format!(
            "Size: {} MiB, dependencies: {}.",
            facts.bytes >> 20,
            facts.licences.len()
        );
        CheckResult::done(
            Check::Image,
            scope,
            findings.into_iter().map(judge).collect(),
            Vec::new(),
        )
    })
}
