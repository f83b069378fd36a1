//! What an application depends on, whichever package manager wrote it down: one list, each entry with where it stands and who asked for it.

use std::collections::{HashMap, VecDeque};

use serde::{Deserialize, Serialize};

/// The largest lockfile that is read, in bytes (ours; one of 10,000 packages has about five million).
pub const MAX_LOCKFILE_BYTES: u64 = 20 * 1024 * 1024;
/// The most packages of one lockfile (ours).
pub(crate) const MAX_PACKAGES: usize = 50_000;

/// The memory that the packages of all lockfiles may take together, in bytes: a lockfile at the root is read for each of up to 100
/// applications. Ours; about 80,000 packages fit.
pub(crate) const MAX_INVENTORY_BYTES: usize = 128 << 20;
/// About what a package takes besides its texts: its fields and those of the bill of materials, in bytes.
const PACKAGE_BYTES: usize = 1024;
/// About what a dependency of a package takes, most of it as a package URL of the bill of materials, in bytes.
const NEED_BYTES: usize = 128;

/// Whose names and versions these are, as OSV calls them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Ecosystem {
    /// The npm registry.
    #[serde(rename = "npm")]
    Npm,
    /// Maven Central and its like; names are `group:artifact`.
    Maven,
}

impl Ecosystem {
    /// The type of a package URL (the purl specification, PURL-TYPES).
    #[must_use]
    pub fn purl_type(self) -> &'static str {
        match self {
            Self::Npm => "npm",
            Self::Maven => "maven",
        }
    }
}

/// One package of an inventory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Package {
    /// Its name.
    pub name: String,
    /// The exact version.
    pub version: String,
    /// Whose.
    pub ecosystem: Ecosystem,
    /// Only development needs it: it is not in the bundle.
    pub dev: bool,
    /// The application asks for it itself.
    pub direct: bool,
    /// The checksum as the lockfile has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub integrity: Option<String>,
    /// The licence that the lockfile names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub licence: Option<String>,
    /// The line in the lockfile, from 1; 0 where unknown.
    pub line: u32,
    /// The packages that it depends on, as places in the inventory.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub needs: Vec<usize>,
}

/// What one lockfile lists.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Inventory {
    /// The lockfile's path in the repository.
    pub file: String,
    /// In the order of the lockfile.
    pub packages: Vec<Package>,
    /// What the file leaves open, such as a version that is a variable without value.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

/// A lockfile that cannot be read, and what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file} cannot be read: {why}")]
pub struct UnreadableLockfile {
    /// Its path in the repository.
    pub file: String,
    /// Why.
    pub why: String,
}

impl Inventory {
    /// Returns about the memory that the packages take, here and in the bill of materials, in bytes.
    pub(crate) fn bytes(&self) -> usize {
        let text = |text: &Option<String>| text.as_ref().map_or(0, String::len);
        let of = |package: &Package| {
            let texts = package.name.len() + package.version.len();
            let all = texts + text(&package.integrity) + text(&package.licence);
            PACKAGE_BYTES + all + package.needs.len() * NEED_BYTES
        };
        self.packages.iter().map(of).sum()
    }

    /// The shortest ways from a dependency of the application to the packages.
    #[must_use]
    pub(crate) fn ways(&self) -> Ways<'_> {
        let mut from: Vec<Option<usize>> = vec![None; self.packages.len()];
        let mut seen = vec![false; self.packages.len()];
        let mut queue: VecDeque<usize> = VecDeque::new();
        for (index, package) in self.packages.iter().enumerate() {
            if package.direct {
                seen[index] = true;
                queue.push_back(index);
            }
        }
        while let Some(index) = queue.pop_front() {
            for &next in &self.packages[index].needs {
                if !seen[next] {
                    seen[next] = true;
                    from[next] = Some(index);
                    queue.push_back(next);
                }
            }
        }
        Ways {
            inventory: self,
            from,
        }
    }

    /// Marks what only development needs: everything that no direct dependency of production reaches.
    pub(crate) fn mark_dev(&mut self, production: &[usize]) {
        let mut reached = vec![false; self.packages.len()];
        let mut queue: Vec<usize> = production.to_vec();
        while let Some(index) = queue.pop() {
            if !std::mem::replace(&mut reached[index], true) {
                queue.extend(&self.packages[index].needs);
            }
        }
        for (package, reached) in self.packages.iter_mut().zip(reached) {
            package.dev = !reached;
        }
    }
}

/// The shortest way to each package. A way is put together when it is asked for: all of them together grow with the square of the number
/// of packages, if each package needs the next one.
pub(crate) struct Ways<'a> {
    inventory: &'a Inventory,
    from: Vec<Option<usize>>,
}

impl<'a> Ways<'a> {
    /// The names on the way to a package, which is the last one; a direct dependency is its own way.
    pub(crate) fn to(&self, mut index: usize) -> Vec<&'a str> {
        let name = |index: usize| self.inventory.packages[index].name.as_str();
        let mut names = vec![name(index)];
        while let Some(before) = self.from[index] {
            names.push(name(before));
            index = before;
        }
        names.reverse();
        names
    }
}

/// The first line of each text that a line of the file begins with, up to its colon: `"name": {` and `name:` are found under `name`.
pub(crate) fn lines_of(text: &str) -> HashMap<&str, u32> {
    let mut lines = HashMap::new();
    for (index, line) in text.lines().enumerate() {
        let line = line.trim();
        let name = match line.strip_prefix('"') {
            Some(rest) => rest.split('"').next().unwrap_or_default(),
            None => line
                .trim_end_matches('{')
                .trim_end()
                .trim_end_matches(':')
                .trim_matches('\''),
        };
        if !name.is_empty() {
            lines
                .entry(name)
                .or_insert(u32::try_from(index + 1).unwrap_or(u32::MAX));
        }
    }
    lines
}
