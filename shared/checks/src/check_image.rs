//! The check of a bundle, judged like those of the source, by the operator's waivers and the repository's own.

use domain::names::ApplicationName;

use crate::check::{CheckResult, Judged, Terms, guarded};
use crate::env_file;
use crate::finding::{Check, Finding};
use crate::image::{self, ImageFacts, NodeRelease};
use crate::policy::{self, Waiver};
use crate::worst::{MAX_BUNDLE_FINDINGS, More, Rank, Worst};

/// The bundle of one application, and what is known of it.
#[derive(Debug, Clone, Copy)]
pub struct Bundle<'a> {
    /// The application.
    pub application: &'a ApplicationName,
    /// What is in it.
    pub facts: &'a ImageFacts,
    /// The Node.js that runs it; none for static files.
    pub node: Option<NodeRelease<'a>>,
    /// The most that it may take on its host, in bytes before compression.
    pub limit: u64,
    /// The repository's own waivers that hold.
    pub waivers: &'a [Waiver],
}

/// The files of a site lie at the top of its bundle; findings name them below the application's folder, as waivers do.
fn as_site(finding: &mut Finding, application: &ApplicationName) {
    if !finding.place.file.is_empty() {
        finding.place.file = format!("{application}/{}", finding.place.file);
    }
    env_file::rate_as_site(finding);
}

/// Judges a bundle.
#[must_use]
pub fn check_image(bundle: &Bundle<'_>, terms: Terms<'_>) -> CheckResult {
    guarded(Check::Image, || {
        let Bundle { facts, node, .. } = *bundle;
        let today = terms.today.to_string();
        let mut findings = image::judge(facts, node, bundle.limit, terms.policy, &today);
        if node.is_none() {
            findings
                .iter_mut()
                .for_each(|finding| as_site(finding, bundle.application));
        }
        if terms.certification {
            findings
                .iter_mut()
                .for_each(|finding| finding.waived = None);
        }
        policy::waive(&mut findings, &terms.policy.waivers, terms.today);
        policy::waive(&mut findings, bundle.waivers, terms.today);
        let (findings, more) = worst(findings, terms);
        let judge = |finding: Finding| Judged {
            fails: terms.policy.fails(&finding),
            application: Some(bundle.application.clone()),
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
        .with_more(more)
    })
}

/// The worst findings of a bundle, in their order if these are all.
fn worst(findings: Vec<Finding>, terms: Terms<'_>) -> (Vec<Finding>, More) {
    if findings.len() <= MAX_BUNDLE_FINDINGS {
        return (findings, More::default());
    }
    let mut worst = Worst::of(MAX_BUNDLE_FINDINGS);
    for finding in findings {
        let rank = Rank {
            fails: terms.policy.fails(&finding),
            not_waived: finding.waived.is_none(),
            severity: finding.severity,
        };
        worst.push(rank, finding);
    }
    worst.into_findings()
}
