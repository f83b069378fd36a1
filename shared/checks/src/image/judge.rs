//! What is wrong with a bundle, out of its facts alone.

use spdx::Expression;

use super::facts::ImageFacts;
use super::node::{Vulnerable, vulnerable};
use crate::finding::{Check, Finding, Place, Severity};
use crate::policy::Policy;

/// The end of life of each major version of Node.js (github.com/nodejs/Release).
const END_OF_LIFE: [(&str, &str); 6] = [
    ("18", "2025-04-30"),
    ("20", "2026-04-30"),
    ("21", "2024-06-01"),
    ("22", "2027-04-30"),
    ("23", "2025-06-01"),
    ("24", "2028-04-30"),
];
/// The names that one message lists.
const NAMED: usize = 10;

/// A release of Node.js.
#[derive(Debug, Clone, Copy)]
pub struct NodeRelease<'a> {
    /// The release that the bundle was built for, such as `24.22.3`.
    pub release: &'a str,
    /// The release of the same line that builds use now; none if they do not use this line any more.
    pub offered: Option<&'a str>,
}

/// Every finding; `node` is the release that runs the bundle, `today` a date such as `2026-11-22`.
#[must_use]
pub fn judge(
    facts: &ImageFacts,
    node: Option<NodeRelease<'_>>,
    limit: u64,
    policy: &Policy,
    today: &str,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    findings.extend(node.and_then(|node| end_of_life(node.release, today)));
    findings.extend(node.and_then(known_vulnerabilities));
    if facts.bytes > limit {
        findings.push(finding(
            "image-size",
            Severity::High,
            "Bundle larger than its host allows",
            format!("The bundle has {} MiB; the host takes {} MiB.", facts.bytes >> 20, limit >> 20),
            "Move what only development needs into devDependencies, and leave out test data and source maps.",
            "",
        ));
    }
    findings.extend(files(facts, node.is_none()));
    findings.extend(code(facts));
    findings.extend(licences(facts, policy));
    findings.extend(facts.secrets.iter().cloned());
    findings.extend(not_listed(facts));
    findings
}

/// One finding for each list that is cut, as severe as what it lists may be: what is not listed was not judged, so it must not pass.
fn not_listed(facts: &ImageFacts) -> impl Iterator<Item = Finding> {
    let more = facts.more;
    let kinds = [
        (more.setuid, Severity::High, "setuid files"),
        (
            more.unwanted,
            Severity::Medium,
            "files that should not ship",
        ),
        (more.licences, Severity::Medium, "licences of dependencies"),
        (
            more.secrets,
            Severity::Critical,
            "texts that look like credentials",
        ),
    ];
    let kinds = kinds.into_iter().filter(|(more, ..)| *more > 0);
    kinds.map(|(more, severity, what)| {
        finding(
            "image-not-listed",
            severity,
            "More than a report lists",
            format!("The bundle has {more} more {what}, which are not listed and were not judged."),
            "Fix the listed ones, and leave out of the bundle what the application does not need.",
            "",
        )
    })
}

/// Files that should not be there, or not so; `is_site` if the bundle is files for browsers.
fn files(facts: &ImageFacts, is_site: bool) -> Vec<Finding> {
    let mut findings = Vec::new();
    findings.extend(facts.setuid.iter().map(|path| {
        let message = "The file runs with the rights of its owner, whoever starts it.".to_owned();
        finding(
            "image-setuid",
            Severity::High,
            "setuid file",
            message,
            "Remove the bit with `chmod -s`, or the file.",
            path,
        )
    }));
    findings.extend(facts.unwanted.iter().map(|path| {
        let message = if is_site {
            "The file is part of a site, whose files are for everybody."
        } else {
            "The file is in the bundle, where whoever breaks into the application reads it."
        };
        let remedy = "Delete it from the repository, take its values from the configuration, and list it in .gitignore.";
        finding("image-unwanted-file", Severity::Medium, "File that should not ship", message.to_owned(), remedy, path)
    }));
    findings
}

/// Code that no analysis of the source has read.
fn code(facts: &ImageFacts) -> Vec<Finding> {
    let mut findings = Vec::new();
    if !facts.native.is_empty() {
        let message = format!("The bundle has machine code: {}.", listed(&facts.native));
        let remedy = "Nothing, where the package is meant to have it; it runs on Linux only, and no source analysis reads it.";
        findings.push(finding(
            "image-native-code",
            Severity::Low,
            "Machine code in the bundle",
            message,
            remedy,
            "",
        ));
    }
    if !facts.install_scripts.is_empty() {
        let packages: Vec<String> = facts
            .install_scripts
            .iter()
            .map(|one| format!("{} (`{}`)", one.package, one.command))
            .collect();
        let message = format!(
            "Dependencies run commands as they are installed: {}.",
            listed(&packages)
        );
        let remedy = "Look at what they do; a package that needs none is the better choice.";
        findings.push(finding(
            "image-install-script",
            Severity::Low,
            "Install scripts of dependencies",
            message,
            remedy,
            "",
        ));
    }
    findings
}

fn end_of_life(node: &str, today: &str) -> Option<Finding> {
    let major = node.split('.').next()?;
    let (_, ended) = END_OF_LIFE
        .iter()
        .find(|(version, ended)| *version == major && *ended < today)?;
    Some(finding(
        "image-node-end-of-life",
        Severity::High,
        "Node.js without security updates",
        format!("Node.js {node} has had no security updates since {ended}."),
        "Set engines.node in package.json to a range that allows the newest offered version, and test with it.",
        "",
    ))
}

/// Whoever built the bundle did not choose the release: it fails the check only where a build of today would mend it.
fn known_vulnerabilities(node: NodeRelease<'_>) -> Option<Finding> {
    let NodeRelease { release, offered } = node;
    let Vulnerable { fixed, lacks } = vulnerable(release)?;
    let mended = offered.is_some_and(|offered| vulnerable(offered).is_none());
    let (severity, remedy) = match offered {
        Some(offered) if mended => (
            Severity::High,
            format!("Start a preview again: it builds with Node.js {offered}."),
        ),
        _ => (
            Severity::Medium,
            format!(
                "Ask the operator for a version of the platform that builds with Node.js {fixed} or later."
            ),
        ),
    };
    let message = format!(
        "Node.js {release} has published vulnerabilities, and {fixed} is the first release of its line without them. {}",
        lacks.join(" ")
    );
    Some(finding(
        "image-node-vulnerable",
        severity,
        "Node.js with published vulnerabilities",
        message,
        &remedy,
        "",
    ))
}

fn licences(facts: &ImageFacts, policy: &Policy) -> Vec<Finding> {
    let mut denied = Vec::new();
    let mut unknown = Vec::new();
    for one in &facts.licences {
        let expression = one
            .licence
            .as_deref()
            .map(|text| (text, Expression::parse_mode(text, spdx::ParseMode::LAX)));
        match expression {
            Some((_, Ok(expression))) => {
                let allowed = |id: &str| !policy.licences.denied.iter().any(|denied| denied == id);
                if !expression.evaluate(|one| one.license.id().is_none_or(|id| allowed(id.name))) {
                    denied.push(format!("{} ({})", one.package, expression));
                }
            }
            Some((text, Err(_))) => unknown.push(format!("{} ({text})", one.package)),
            None => unknown.push(one.package.clone()),
        }
    }
    let mut findings = Vec::new();
    if !denied.is_empty() {
        let message = format!(
            "The policy does not allow the licence of {}.",
            listed(&denied)
        );
        let remedy = "Replace the package, or have the licence waived with a reason.";
        findings.push(finding(
            "image-licence-denied",
            Severity::Medium,
            "Licence that is not allowed",
            message,
            remedy,
            "",
        ));
    }
    if !unknown.is_empty() {
        let message = format!(
            "{} packages name no licence that is known: {}.",
            unknown.len(),
            listed(&unknown)
        );
        let remedy = "Look at the package's own files: without a licence nobody may use it.";
        findings.push(finding(
            "image-licence-unknown",
            Severity::Low,
            "Licence unknown",
            message,
            remedy,
            "",
        ));
    }
    findings
}

fn finding(
    rule: &str,
    severity: Severity,
    title: &str,
    message: String,
    remedy: &str,
    file: &str,
) -> Finding {
    Finding {
        check: Check::Image,
        rule: rule.to_owned(),
        severity,
        title: title.to_owned(),
        message,
        remedy: remedy.to_owned(),
        cwe: None,
        place: Place {
            file: file.to_owned(),
            ..Place::default()
        },
        waived: None,
    }
}

fn listed(names: &[String]) -> String {
    let shown = names
        .iter()
        .take(NAMED)
        .map(String::as_str)
        .collect::<Vec<_>>()
        .join(", ");
    match names.len().saturating_sub(NAMED) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(release: &str, offered: Option<&str>) -> String {
        let node = NodeRelease { release, offered };
        let (facts, policy) = (ImageFacts::default(), Policy::default());
        let findings = judge(&facts, Some(node), u64::MAX, &policy, "2026-12-01");
        let told = findings.iter().map(|one| {
            let message = one.message.split(". ").next().unwrap_or_default();
            format!(
                "{} ({:?}): {message}. {}",
                one.rule, one.severity, one.remedy
            )
        });
        told.collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn a_release_with_known_vulnerabilities_is_named_with_the_release_that_mends_it() {
        insta::assert_snapshot!(found("24.21.0", Some("24.22.3")), @"image-node-vulnerable (High): Node.js 24.21.0 has published vulnerabilities, and 24.22.3 is the first release of its line without them. Start a preview again: it builds with Node.js 24.22.3.");
        insta::assert_snapshot!(found("24.0.0", Some("24.0.0")), @"image-node-vulnerable (Medium): Node.js 24.0.0 has published vulnerabilities, and 24.22.3 is the first release of its line without them. Ask the operator for a version of the platform that builds with Node.js 24.22.3 or later.");
        insta::assert_snapshot!(found("22.23.3", None), @"image-node-vulnerable (Medium): Node.js 22.23.3 has published vulnerabilities, and 22.23.5 is the first release of its line without them. Ask the operator for a version of the platform that builds with Node.js 22.23.5 or later.");
        assert_eq!(found("24.22.3", Some("24.22.3")), "");
    }
}
