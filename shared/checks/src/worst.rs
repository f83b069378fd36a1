//! The worst findings of one check: a hostile tree has millions, and a report needs only the first ones to be fixed.

use std::cmp::Ordering;
use std::collections::{BinaryHeap, HashSet};
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};

use serde::{Deserialize, Serialize};

use crate::finding::{Finding, Severity};

/// Maximum number of findings that one check of one run keeps. Ours: at about 1 KiB each this is 2 MiB in memory, and nobody reads more
/// before fixing the first ones.
pub const MAX_FINDINGS: usize = 2_000;

/// Maximum number of findings that the check of one bundle keeps. Ours: a Connector has up to 100 bundles.
pub(crate) const MAX_BUNDLE_FINDINGS: usize = 200;

/// How much a finding matters; the greater, the worse. Waived findings rank below all others, so they cannot displace them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Rank {
    pub(crate) fails: bool,
    pub(crate) not_waived: bool,
    pub(crate) severity: Severity,
}

/// Ranks a finding by the policy and the waivers of the run.
pub(crate) type Ranking<'a> = dyn Fn(&Finding) -> Rank + Sync + 'a;

/// The findings that a check did not keep.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct More {
    /// Number of findings.
    pub findings: usize,
    /// Number of these findings that fail the connector.
    pub failing: usize,
    /// Number of files in which they lie.
    pub files: usize,
}

impl More {
    /// True if every finding was kept.
    #[must_use]
    pub fn is_none(&self) -> bool {
        self.findings == 0
    }

    /// The notice of a report; none if every finding was kept.
    #[must_use]
    pub fn notice(&self) -> Option<String> {
        (!self.is_none()).then(|| {
            format!(
                "{} more findings in {} files are not listed. Fix the listed ones, which are the worst, and run the checks again.",
                thousands(self.findings),
                thousands(self.files)
            )
        })
    }
}

/// A number with a comma between groups of three digits.
fn thousands(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A limited number of findings, whatever is pushed. Which ones are kept does not depend on the order in which they come.
pub(crate) struct Worst {
    limit: usize,
    /// The least of the kept findings is at the top.
    kept: BinaryHeap<Ranked>,
    findings: usize,
    failing: usize,
    /// Hashes of the paths, as 20,000 paths may be long.
    files: HashSet<u64, BuildHasherDefault<DefaultHasher>>,
}

impl Default for Worst {
    fn default() -> Self {
        Self::of(MAX_FINDINGS)
    }
}

impl Worst {
    pub(crate) fn of(limit: usize) -> Self {
        Self {
            limit,
            kept: BinaryHeap::new(),
            findings: 0,
            failing: 0,
            files: HashSet::default(),
        }
    }

    pub(crate) fn push(&mut self, rank: Rank, finding: Finding) {
        self.kept.push(Ranked { rank, finding });
        if self.kept.len() <= self.limit {
            return;
        }
        if let Some(dropped) = self.kept.pop() {
            self.findings += 1;
            self.failing += usize::from(dropped.rank.fails);
            let hash = self.files.hasher().hash_one(&dropped.finding.place.file);
            self.files.insert(hash);
        }
    }

    pub(crate) fn append(&mut self, other: Self) {
        self.findings += other.findings;
        self.failing += other.failing;
        self.files.extend(other.files);
        for one in other.kept {
            self.push(one.rank, one.finding);
        }
    }

    /// Number of kept findings.
    pub(crate) fn len(&self) -> usize {
        self.kept.len()
    }

    /// True if nothing was dropped.
    pub(crate) fn is_whole(&self) -> bool {
        self.findings == 0
    }

    /// The kept findings by place, as they were pushed.
    pub(crate) fn findings(&self) -> Vec<Finding> {
        let mut findings: Vec<Finding> = self.kept.iter().map(|one| one.finding.clone()).collect();
        findings.sort_by(by_place);
        findings
    }

    /// The kept findings by place, and the number of the others.
    pub(crate) fn into_findings(self) -> (Vec<Finding>, More) {
        let more = More {
            findings: self.findings,
            failing: self.failing,
            files: self.files.len(),
        };
        let mut findings: Vec<Finding> = self.kept.into_iter().map(|one| one.finding).collect();
        findings.sort_by(by_place);
        (findings, more)
    }
}

fn by_place(a: &Finding, b: &Finding) -> Ordering {
    let place = |finding: &Finding| (finding.place.line, finding.place.column);
    (&a.place.file, place(a), &a.rule).cmp(&(&b.place.file, place(b), &b.rule))
}

/// Less is worse, and among the same what comes first in the tree: the greatest is dropped first.
struct Ranked {
    rank: Rank,
    finding: Finding,
}

impl Ord for Ranked {
    fn cmp(&self, other: &Self) -> Ordering {
        let by_rank = other.rank.cmp(&self.rank);
        by_rank.then_with(|| by_place(&self.finding, &other.finding))
    }
}

impl PartialOrd for Ranked {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Ranked {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Ranked {}
