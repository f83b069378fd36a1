//! Known vulnerabilities, loaded once and looked up by package: which source, how many, of which day, is part of every report.

use std::collections::HashMap;
use std::fmt;
use std::fs::{self, File};
use std::io::{self, BufReader, Read};
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::inventory::Ecosystem;
use super::osv::{Affected, Osv, Score};
use super::versions::{End, Range};
use crate::finding::Severity;

/// The largest advisory that is read, in bytes (ours; the longest public ones have some hundred thousand).
const MAX_ADVISORY_BYTES: u64 = 4 * 1024 * 1024;

/// Where the advisories come from, as the report names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Source {
    /// Its name, such as `OSV files`.
    pub name: String,
    /// How many advisories were loaded for npm and Maven, or a registry gave for the packages it was asked about.
    pub advisories: usize,
    /// The newest change of any of them, as the advisory writes it.
    pub newest: Option<String>,
    /// The day on which a registry was asked; none for files.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked: Option<jiff::civil::Date>,
    /// How many files could not be read.
    pub unreadable: usize,
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}", self.advisories, self.name)?;
        if let Some(day) = &self.newest {
            write!(f, ", newest {day}")?;
        }
        if let Some(day) = &self.asked {
            write!(f, ", asked on {day}")?;
        }
        f.write_str(")")
    }
}

/// One advisory, as matching and the report need it.
#[derive(Debug, Clone)]
pub(crate) struct Advisory {
    pub(crate) id: Box<str>,
    pub(crate) aliases: Box<[Box<str>]>,
    pub(crate) summary: Box<str>,
    pub(crate) severity: Severity,
    pub(crate) cwe: Option<Box<str>>,
}

/// Which versions of one package an advisory is about.
#[derive(Debug, Clone)]
pub(crate) struct Affects {
    pub(crate) advisory: u32,
    pub(crate) ranges: Box<[Range]>,
    pub(crate) versions: Box<[Box<str>]>,
    pub(crate) severity: Option<Severity>,
}

/// All advisories of a source.
#[derive(Debug)]
pub struct Advisories {
    pub(crate) advisories: Vec<Advisory>,
    by_package: HashMap<(Ecosystem, Box<str>), Vec<Affects>>,
    /// What was loaded.
    pub source: Source,
}

impl Advisories {
    pub(super) fn empty(name: &str) -> Self {
        let source = Source {
            name: name.to_owned(),
            advisories: 0,
            newest: None,
            asked: None,
            unreadable: 0,
        };
        Self {
            advisories: Vec::new(),
            by_package: HashMap::new(),
            source,
        }
    }

    /// Loads every `.json` file below a folder.
    ///
    /// # Errors
    /// The folder cannot be listed; a file that is no advisory is counted instead.
    pub fn of_folder(folder: &Path) -> io::Result<Self> {
        let mut loaded = Self::empty("OSV folder");
        loaded.folder(folder)?;
        Ok(loaded)
    }

    fn folder(&mut self, folder: &Path) -> io::Result<()> {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                self.folder(&path)?;
            } else if path
                .extension()
                .is_some_and(|extension| extension == "json")
            {
                self.take(File::open(&path)?);
            }
        }
        Ok(())
    }

    /// Loads every `.json` file of a zip archive, such as OSV publishes for each ecosystem.
    ///
    /// # Errors
    /// The file is no zip archive.
    pub fn of_zip(file: &Path) -> io::Result<Self> {
        let mut archive =
            zip::ZipArchive::new(BufReader::new(File::open(file)?)).map_err(io::Error::other)?;
        let mut loaded = Self::empty("OSV archive");
        for index in 0..archive.len() {
            match archive.by_index(index) {
                Ok(entry) if entry.name().is_ok_and(|name| name.ends_with(".json")) => {
                    loaded.take(entry)
                }
                Ok(_) => {}
                Err(_) => loaded.source.unreadable += 1,
            }
        }
        Ok(loaded)
    }

    fn take(&mut self, advisory: impl Read) {
        let mut bytes = Vec::new();
        let read = advisory
            .take(MAX_ADVISORY_BYTES)
            .read_to_end(&mut bytes)
            .is_ok();
        match serde_json::from_slice::<Osv>(&bytes) {
            Ok(osv) if read => self.add(osv),
            _ => self.source.unreadable += 1,
        }
    }

    pub(super) fn add(&mut self, osv: Osv) {
        if osv.withdrawn.is_some() {
            return;
        }
        let index = u32::try_from(self.advisories.len()).unwrap_or(u32::MAX);
        let mut ours = false;
        for affected in &osv.affected {
            let Some((ecosystem, name)) = affected
                .package
                .as_ref()
                .and_then(|package| Some((package.ecosystem()?, &package.name)))
            else {
                continue;
            };
            ours = true;
            let affects = Affects {
                advisory: index,
                ranges: ranges(affected),
                versions: affected
                    .versions
                    .iter()
                    .map(|version| version.as_str().into())
                    .collect(),
                severity: of_scores(&affected.severity),
            };
            self.by_package
                .entry((ecosystem, name.as_str().into()))
                .or_default()
                .push(affects);
        }
        if !ours {
            return;
        }
        self.source.advisories += 1;
        if osv.modified > self.source.newest {
            self.source.newest.clone_from(&osv.modified);
        }
        self.advisories.push(advisory(osv));
    }

    /// What is known about a package.
    pub(crate) fn about(&self, ecosystem: Ecosystem, name: &str) -> &[Affects] {
        self.by_package
            .get(&(ecosystem, name.into()))
            .map_or(&[], Vec::as_slice)
    }
}

fn advisory(osv: Osv) -> Advisory {
    let specific = &osv.database_specific;
    let word = specific
        .get("severity")
        .and_then(|word| word.as_str())
        .and_then(of_word);
    let malicious = osv.id.starts_with("MAL-");
    let severity = match (malicious, word.or_else(|| of_scores(&osv.severity))) {
        // A package that is itself the attack has no score.
        (true, _) => Severity::Critical,
        // Unknown is not harmless.
        (false, severity) => severity.unwrap_or(Severity::High),
    };
    let summary = if osv.summary.is_empty() {
        osv.details.lines().next().unwrap_or_default()
    } else {
        &osv.summary
    };
    Advisory {
        id: osv.id.as_str().into(),
        aliases: osv
            .aliases
            .iter()
            .map(|alias| alias.as_str().into())
            .collect(),
        summary: summary.into(),
        severity,
        cwe: specific
            .pointer("/cwe_ids/0")
            .and_then(|cwe| cwe.as_str())
            .map(Into::into),
    }
}

fn of_word(word: &str) -> Option<Severity> {
    match word.to_ascii_uppercase().as_str() {
        "LOW" => Some(Severity::Low),
        "MODERATE" | "MEDIUM" => Some(Severity::Medium),
        "HIGH" => Some(Severity::High),
        "CRITICAL" => Some(Severity::Critical),
        _ => None,
    }
}

/// The worst of the CVSS vectors.
fn of_scores(scores: &[Score]) -> Option<Severity> {
    let of = |score: &Score| match score.score.parse::<cvss::Cvss>().ok()?.severity() {
        cvss::Severity::None | cvss::Severity::Low => Some(Severity::Low),
        cvss::Severity::Medium => Some(Severity::Medium),
        cvss::Severity::High => Some(Severity::High),
        cvss::Severity::Critical => Some(Severity::Critical),
    };
    scores.iter().filter_map(of).max()
}

/// Ranges of commits are left out: a lockfile has versions.
fn ranges(affected: &Affected) -> Box<[Range]> {
    let mut ranges = Vec::new();
    for range in affected.ranges.iter().filter(|range| range.kind != "GIT") {
        let mut introduced: Option<&str> = None;
        for event in &range.events {
            let end = match (&event.introduced, &event.fixed, &event.last_affected) {
                (Some(version), ..) => {
                    // Two beginnings without an end between them: the first goes on.
                    introduced = introduced.or(Some(version));
                    continue;
                }
                (_, Some(fixed), _) => End::Fixed(fixed.as_str().into()),
                (.., Some(last)) => End::LastAffected(last.as_str().into()),
                _ => continue,
            };
            if let Some(from) = introduced.take() {
                ranges.push(Range {
                    introduced: from.into(),
                    end,
                });
            }
        }
        if let Some(from) = introduced {
            ranges.push(Range {
                introduced: from.into(),
                end: End::Open,
            });
        }
    }
    ranges.into()
}
