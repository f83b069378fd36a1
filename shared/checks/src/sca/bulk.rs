//! The bulk advisory endpoint of npm registries, as `npm audit` asks it: what is asked about some inventories, and what the answers say,
//! in the same form as advisories of files.

use std::collections::{BTreeMap, BTreeSet};

use nodejs_semver::{Range, Version};
use serde::Deserialize;
use serde_json::{Value, json};

use super::advisories::Advisories;
use super::inventory::{Ecosystem, Inventory};
use super::osv::{Affected, Event, Osv, OsvRange, Package, Score};

/// The path of the endpoint behind the registry's address, as npm's own client has it.
pub const BULK_PATH: &str = "-/npm/v1/security/advisories/bulk";

/// Names of npm packages, each with the versions that are used of it.
pub type Asked = BTreeMap<String, BTreeSet<String>>;

/// What a registry is asked about: every npm package of the inventories, once.
#[must_use]
pub fn asked<'a>(inventories: impl IntoIterator<Item = &'a Inventory>) -> Asked {
    let mut asked = Asked::new();
    let packages = inventories
        .into_iter()
        .flat_map(|inventory| &inventory.packages);
    for package in packages.filter(|package| package.ecosystem == Ecosystem::Npm) {
        let versions = asked.entry(package.name.clone()).or_default();
        versions.insert(package.version.clone());
    }
    asked
}

/// What a registry knows of one package.
#[derive(Deserialize)]
struct Known {
    id: Value,
    #[serde(default)]
    url: String,
    #[serde(default)]
    title: String,
    #[serde(default)]
    severity: String,
    #[serde(default)]
    vulnerable_versions: String,
    #[serde(default)]
    cwe: Vec<String>,
    #[serde(default)]
    cvss: Option<Cvss>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Cvss {
    #[serde(default)]
    vector_string: Option<String>,
}

impl Advisories {
    /// Reads what a registry answered, in as many parts as it was asked.
    ///
    /// # Errors
    /// A part is not of the form in which npm reads it.
    pub fn of_registry<'a>(
        answers: impl IntoIterator<Item = &'a [u8]>,
        asked: &Asked,
    ) -> Result<Self, serde_json::Error> {
        let mut loaded = Self::empty("npm registry");
        for answer in answers {
            let answer: BTreeMap<String, Vec<Known>> = serde_json::from_slice(answer)?;
            for (name, known) in answer {
                let versions = asked.get(&name);
                for one in known {
                    loaded.add(one.into_osv(&name, versions));
                }
            }
        }
        Ok(loaded)
    }
}

impl Known {
    fn into_osv(self, name: &str, versions: Option<&BTreeSet<String>>) -> Osv {
        let versions = versions.into_iter().flatten();
        let (ranges, versions) = affected(&self.vulnerable_versions, versions);
        let id = match self.url.rsplit('/').next() {
            Some(last) if last.starts_with("GHSA-") => last.to_owned(),
            _ => format!("npm-{}", self.id),
        };
        let vector = self.cvss.and_then(|cvss| cvss.vector_string);
        Osv {
            id,
            aliases: Vec::new(),
            summary: self.title,
            details: String::new(),
            withdrawn: None,
            modified: None,
            severity: vector.into_iter().map(|score| Score { score }).collect(),
            affected: vec![Affected {
                package: Some(Package {
                    ecosystem: "npm".to_owned(),
                    name: name.to_owned(),
                }),
                ranges,
                versions,
                severity: Vec::new(),
            }],
            database_specific: json!({"severity": self.severity, "cwe_ids": self.cwe}),
        }
    }
}

/// The ranges of a text such as `>=1.0.0 <1.2.3 || >=2.0.0 <2.0.5`. What a range of the OSV format cannot say, as it has no open
/// beginning, becomes those of the versions that it holds.
fn affected<'a>(
    text: &str,
    versions: impl Iterator<Item = &'a String> + Clone,
) -> (Vec<OsvRange>, Vec<String>) {
    let (mut ranges, mut listed) = (Vec::new(), Vec::new());
    for part in text.split("||") {
        if let Some(events) = events(part) {
            let kind = "SEMVER".to_owned();
            ranges.push(OsvRange { kind, events });
            continue;
        }
        // The registry was asked about these, so where its range cannot be read they count.
        let range = Range::parse(part.trim()).ok();
        let holds = |version: &&String| {
            let version = Version::parse(version.as_str());
            match (&range, version) {
                (Some(range), Ok(version)) => range.satisfies(&version),
                _ => true,
            }
        };
        listed.extend(versions.clone().filter(holds).cloned());
    }
    (ranges, listed)
}

fn events(part: &str) -> Option<Vec<Event>> {
    let part = part.replace(',', " ");
    let mut rest = part.trim();
    let mut introduced = "0";
    let mut end = Event::default();
    if matches!(rest, "" | "*") {
        rest = "";
    }
    while !rest.is_empty() {
        let operator = ["<=", ">=", "<", ">", "="]
            .into_iter()
            .find(|operator| rest.starts_with(operator))
            .unwrap_or_default();
        let after = rest[operator.len()..].trim_start();
        let (version, after) = after.split_once(char::is_whitespace).unwrap_or((after, ""));
        Version::parse(version).ok()?;
        match operator {
            ">=" => introduced = version,
            "<" => end.fixed = Some(version.to_owned()),
            "<=" => end.last_affected = Some(version.to_owned()),
            ">" => return None,
            _ => {
                introduced = version;
                end.last_affected = Some(version.to_owned());
            }
        }
        rest = after.trim_start();
    }
    let begin = Event {
        introduced: Some(introduced.to_owned()),
        ..Event::default()
    };
    Some(vec![begin, end])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> String {
        let versions = ["1.0.0", "1.1.0", "2.0.0"].map(str::to_owned);
        let (ranges, listed) = affected(text, versions.iter());
        let one = |range: &OsvRange| {
            let [begin, end] = range.events.as_slice() else {
                panic!("a range has two ends");
            };
            let end = match (&end.fixed, &end.last_affected) {
                (Some(fixed), _) => format!("before {fixed}"),
                (_, Some(last)) => format!("to {last}"),
                _ => "on".to_owned(),
            };
            format!("from {} {end}", begin.introduced.as_deref().unwrap())
        };
        let ranges = ranges.iter().map(one);
        ranges.chain(listed).collect::<Vec<_>>().join(", ")
    }

    #[test]
    fn the_ranges_of_npm_become_those_of_osv() {
        let texts = [
            "<4.17.21",
            ">=1.0.0 <1.2.3 || >= 2.0.0, <= 2.0.5",
            "*",
            "=1.1.0",
            "1.1.0",
            ">1.0.0 <2.0.0",
            "whatever",
        ];
        let all: Vec<String> = texts
            .iter()
            .map(|text| format!("{text}: {}", told(text)))
            .collect();
        insta::assert_snapshot!(all.join("\n"), @"
        <4.17.21: from 0 before 4.17.21
        >=1.0.0 <1.2.3 || >= 2.0.0, <= 2.0.5: from 1.0.0 before 1.2.3, from 2.0.0 to 2.0.5
        *: from 0 on
        =1.1.0: from 1.1.0 to 1.1.0
        1.1.0: from 1.1.0 to 1.1.0
        >1.0.0 <2.0.0: 1.1.0
        whatever: 1.0.0, 1.1.0, 2.0.0
        ");
    }
}
