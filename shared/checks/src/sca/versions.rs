//! Which of two versions is newer, as each ecosystem defines it: Semantic Versioning 2.0.0 for npm, ComparableVersion for Maven.

use std::cmp::Ordering;

use mvn_version::ComparableVersion;
use nodejs_semver::Version;

use super::inventory::Ecosystem;

/// A version that can be compared with others of its ecosystem.
pub(crate) enum Comparable {
    Npm(Version),
    Maven(ComparableVersion),
}

impl Comparable {
    /// None where it is no version of the ecosystem.
    pub(crate) fn of(ecosystem: Ecosystem, text: &str) -> Option<Self> {
        match ecosystem {
            Ecosystem::Npm => Version::parse(text.trim_start_matches(['v', '=']))
                .ok()
                .map(Self::Npm),
            Ecosystem::Maven => Some(Self::Maven(ComparableVersion::new(text))),
        }
    }

    fn compare(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Npm(one), Self::Npm(other)) => Some(one.cmp(other)),
            (Self::Maven(one), Self::Maven(other)) => Some(one.cmp(other)),
            _ => None,
        }
    }
}

/// Versions from one on, up to one that is fixed or that is the last affected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Range {
    /// `0` means from the first version on.
    pub(crate) introduced: Box<str>,
    pub(crate) end: End,
}

/// Where a range ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum End {
    /// Before this version.
    Fixed(Box<str>),
    /// With this version.
    LastAffected(Box<str>),
    /// Nowhere: no version is fixed.
    Open,
}

impl Range {
    /// Whether the version lies within; a bound that is no version bounds nothing, so that doubt is told rather than passed.
    pub(crate) fn holds(&self, ecosystem: Ecosystem, version: &Comparable) -> bool {
        let to = |bound: &str| {
            Comparable::of(ecosystem, bound).and_then(|bound| version.compare(&bound))
        };
        let begun = self.introduced.as_ref() == "0" || to(&self.introduced) != Some(Ordering::Less);
        let goes_on = match &self.end {
            End::Fixed(bound) => !matches!(to(bound), Some(Ordering::Equal | Ordering::Greater)),
            End::LastAffected(bound) => to(bound) != Some(Ordering::Greater),
            End::Open => true,
        };
        begun && goes_on
    }
}
