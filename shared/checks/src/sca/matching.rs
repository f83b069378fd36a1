//! An inventory against the advisories: each pair of package and advisory is one finding, with the way to the package and the version to take.

use super::advisories::{Advisories, Affects};
use super::inventory::{Inventory, Package};
use super::versions::{Comparable, End};
use crate::finding::{Check, Finding, Place};

/// A vulnerable package; `fixed` is none where no release mends it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vulnerable {
    /// What is wrong, where, and what to do.
    pub finding: Finding,
    /// Whether only development needs the package.
    pub dev: bool,
    /// The first version without it.
    pub fixed: Option<String>,
}

/// Names of a way that a message shows: the first ones and the last ones.
const SHOWN_NAMES: usize = 4;

/// Everything that is known of the packages of an inventory, in the lockfile's order, the worst of a package first; one package at a time,
/// as all of it may be too much for the memory.
pub fn vulnerable<'a>(
    inventory: &'a Inventory,
    advisories: &'a Advisories,
) -> impl Iterator<Item = Vulnerable> + 'a {
    let ways = inventory.ways();
    let packages = inventory.packages.iter().enumerate();
    packages.flat_map(move |(index, package)| {
        let known = advisories.about(package.ecosystem, &package.name);
        let version = Comparable::of(package.ecosystem, &package.version);
        let Some(version) = version.filter(|_| !known.is_empty()) else {
            return Vec::new();
        };
        let way = ways.to(index);
        let mut found: Vec<Vulnerable> = known
            .iter()
            .filter_map(|affects| one(inventory, package, &way, &version, affects, advisories))
            .collect();
        found.sort_by(|a, b| {
            b.finding
                .severity
                .cmp(&a.finding.severity)
                .then_with(|| a.finding.rule.cmp(&b.finding.rule))
        });
        // The same advisory may name a package twice, by ranges that overlap.
        found.dedup_by(|a, b| a.finding.rule == b.finding.rule);
        found
    })
}

/// The way as a message shows it: of a long one the beginning and the end.
fn shown(way: &[&str]) -> String {
    match way.len().checked_sub(2 * SHOWN_NAMES) {
        None | Some(0) => way.join(" > "),
        Some(more) => format!(
            "{} > ({more} more) > {}",
            way[..SHOWN_NAMES].join(" > "),
            way[way.len() - SHOWN_NAMES..].join(" > ")
        ),
    }
}

fn one(
    inventory: &Inventory,
    package: &Package,
    way: &[&str],
    version: &Comparable,
    affects: &Affects,
    advisories: &Advisories,
) -> Option<Vulnerable> {
    let range = affects
        .ranges
        .iter()
        .find(|range| range.holds(package.ecosystem, version));
    let listed = affects
        .versions
        .iter()
        .any(|one| one.as_ref() == package.version);
    if range.is_none() && !listed {
        return None;
    }
    let advisory = &advisories.advisories[usize::try_from(affects.advisory).ok()?];
    let fixed = range.and_then(|range| match &range.end {
        End::Fixed(version) => Some(version.to_string()),
        End::LastAffected(_) | End::Open => None,
    });
    let Package { name, version, .. } = package;
    let also = match advisory.aliases.first() {
        Some(alias) => format!(" ({alias})"),
        None => String::new(),
    };
    let through = if way.len() > 1 {
        format!(" It comes by {}.", shown(way))
    } else {
        String::new()
    };
    let summary = sentence(&advisory.summary);
    Some(Vulnerable {
        finding: Finding {
            check: Check::Sca,
            rule: advisory.id.to_string(),
            severity: affects.severity.unwrap_or(advisory.severity),
            title: format!("{name} {version} is vulnerable"),
            message: format!(
                "{name} {version}: {}{also}. {summary}{through}",
                advisory.id
            ),
            remedy: remedy(name, way, fixed.as_deref()),
            cwe: advisory.cwe.as_deref().map(str::to_owned),
            place: Place {
                file: inventory.file.clone(),
                line: package.line,
                excerpt: format!("{name}@{version}"),
                ..Place::default()
            },
            waived: None,
        },
        dev: package.dev,
        fixed,
    })
}

fn remedy(name: &str, way: &[&str], fixed: Option<&str>) -> String {
    match (fixed, way) {
        (Some(fixed), [_]) => format!("Take {name} {fixed} or newer, and commit the lockfile."),
        (Some(fixed), [asks, ..]) => format!(
            "Update {asks} to a release that brings {name} {fixed} or newer, or set {name} in `overrides` (npm, pnpm) or `resolutions` (yarn), and commit the lockfile."
        ),
        (Some(fixed), []) => format!("Take {name} {fixed} or newer."),
        (None, _) => format!(
            "No release of {name} mends it yet: replace the package, or make sure that the code in question is never reached, and say so in a waiver."
        ),
    }
}

fn sentence(summary: &str) -> String {
    let summary = summary.trim().trim_end_matches('.');
    if summary.is_empty() {
        String::new()
    } else {
        format!("{summary}.")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sca::inventory::Ecosystem;
    use crate::sca::versions::Range;

    fn holds(introduced: &str, end: End, version: &str) -> bool {
        let range = Range {
            introduced: introduced.into(),
            end,
        };
        range.holds(
            Ecosystem::Npm,
            &Comparable::of(Ecosystem::Npm, version).unwrap(),
        )
    }

    #[test]
    fn a_range_ends_before_the_fixed_version_and_with_the_last_affected_one() {
        assert!(holds("0", End::Fixed("4.17.21".into()), "4.17.20"));
        assert!(!holds("0", End::Fixed("4.17.21".into()), "4.17.21"));
        assert!(holds("1.0.0", End::LastAffected("1.2.0".into()), "1.2.0"));
        assert!(!holds("1.0.0", End::LastAffected("1.2.0".into()), "1.2.1"));
        assert!(!holds("1.0.0", End::Open, "0.9.9"));
    }

    #[test]
    fn a_prerelease_of_the_fixed_version_is_still_vulnerable() {
        assert!(holds("0", End::Fixed("2.0.0".into()), "2.0.0-rc.1"));
    }
}
