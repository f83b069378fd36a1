//! Files are scanned side by side, each by itself; a file that cannot be read as source is named, never silently passed.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use ast_grep_core::matcher::MatcherExt;
use ast_grep_core::tree_sitter::StrDoc;
use ast_grep_core::{AstGrep, NodeMatch};
use serde::{Deserialize, Serialize};

use super::language::Grammar;
use super::rules::{self, Rule};
use crate::files::{SourceFile, Unread};
use crate::finding::{Check, Finding, Place};
use crate::suppression;
use crate::worst::{More, Ranking, Worst};

/// All files together take at most this long; what was not reached is named (ours: a hundred times a large connector).
const TIME: Duration = Duration::from_secs(60);
/// More findings of one rule in one file say nothing new.
const PER_RULE_AND_FILE: usize = 20;
/// The deepest syntax tree that is analysed (ours; code that people write stays below 100).
const MAX_DEPTH: u32 = 400;
/// The longest excerpt, in characters.
const EXCERPT: usize = 200;

/// What a scan found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scan {
    /// By file, line and rule.
    pub findings: Vec<Finding>,
    /// How many files were scanned.
    pub files: usize,
    /// How many lines they have.
    pub lines: usize,
    /// The files that were not scanned, and why.
    pub unread: Vec<Unread>,
    /// Whether it ran out of time.
    #[serde(skip)]
    pub(crate) cut_short: bool,
    /// The findings that were not kept; facts that a memory keeps are whole.
    #[serde(skip)]
    pub(crate) more: More,
}

impl Scan {
    /// Adds what was counted in other files; their findings are with the worst of all.
    pub(crate) fn add(&mut self, other: Scan) {
        self.files += other.files;
        self.lines += other.lines;
        self.unread.extend(other.unread);
        self.cut_short |= other.cut_short;
    }
}

/// Scans every file that has a grammar, on as many threads as the machine has processors, and returns the findings apart; `began` is
/// when the first file of all was begun with.
pub(crate) fn scan(files: &[SourceFile], began: Instant, ranking: &Ranking<'_>) -> (Scan, Worst) {
    let files: Vec<(&SourceFile, Grammar)> = files
        .iter()
        .filter_map(|file| Some((file, Grammar::of(&file.path)?)))
        .collect();
    let next = AtomicUsize::new(0);
    let work = || {
        let (mut done, mut worst) = (Scan::default(), Worst::default());
        while let Some((file, grammar)) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
            for finding in one(file, *grammar, began, &mut done) {
                worst.push(ranking(&finding), finding);
            }
        }
        (done, worst)
    };
    let threads = thread::available_parallelism()
        .map_or(1, usize::from)
        .min(files.len().max(1));
    thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        let (mut all, mut worst) = (Scan::default(), Worst::default());
        for worker in workers {
            // A rule that panics is a fault of this check: it is raised here again, for the check to end as an error.
            let joined = worker.join();
            let (done, found) = joined.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            all.add(done);
            worst.append(found);
        }
        (all, worst)
    })
}

/// Scans one file, and returns its findings.
fn one(file: &SourceFile, grammar: Grammar, began: Instant, done: &mut Scan) -> Vec<Finding> {
    if began.elapsed() > TIME {
        let why = format!(
            "the analysis of all files took longer than {} seconds",
            TIME.as_secs()
        );
        done.unread.push(Unread::of(&file.path, why));
        done.cut_short = true;
        return Vec::new();
    }
    match file.text() {
        Ok(text) => {
            done.files += 1;
            done.lines += text.lines().count();
            scan_text(&file.path, &text, grammar).unwrap_or_else(|why| {
                done.unread.push(Unread::of(&file.path, why));
                Vec::new()
            })
        }
        Err(unread) => {
            done.unread.push(unread);
            Vec::new()
        }
    }
}

/// Scans one text.
///
/// # Errors
/// Why it cannot be analysed, as the end of a sentence.
pub fn scan_text(path: &str, text: &str, grammar: Grammar) -> Result<Vec<Finding>, String> {
    let document =
        StrDoc::try_new(text, grammar).map_err(|error| format!("it cannot be parsed ({error})"))?;
    if depth_exceeds(&document, MAX_DEPTH) {
        return Err(format!("its syntax is nested more than {MAX_DEPTH} deep"));
    }
    let tree = AstGrep::doc(document);
    let set = rules::of(grammar).of_text(text);
    let lines: Vec<&str> = text.lines().collect();
    let mut findings: Vec<Finding> = Vec::new();
    for node in tree.root().dfs() {
        for (rule, core) in set.at(node.kind_id()) {
            let Some(found) = core.match_node(node.clone()) else {
                continue;
            };
            let same = findings.iter().filter(|one| one.rule == rule.id);
            let place = place(path, &lines, &found);
            let mut count = 0;
            let mut repeated = false;
            for one in same {
                count += 1;
                // Nested nodes of one expression match the same rule: the outermost, which comes first, is the finding.
                repeated |= one.place.line <= place.line
                    && (place.end_line, place.end_column)
                        <= (one.place.end_line, one.place.end_column);
            }
            if count < PER_RULE_AND_FILE && !repeated {
                findings.push(finding(rule, place, &lines));
            }
        }
    }
    Ok(findings)
}

/// A rule looks at every node around a match, so a file of one million nested brackets would take hours.
fn depth_exceeds(document: &StrDoc<Grammar>, limit: u32) -> bool {
    let mut cursor = document.tree.walk();
    loop {
        if cursor.depth() > limit {
            return true;
        }
        if cursor.goto_first_child() {
            continue;
        }
        while !cursor.goto_next_sibling() {
            if !cursor.goto_parent() {
                return false;
            }
        }
    }
}

fn finding(rule: &Rule, place: Place, lines: &[&str]) -> Finding {
    let mut message = rule.message.trim().to_owned();
    let mut waived = None;
    if let Some(found) = suppression::at(lines, place.line, &rule.id) {
        if found.reason.is_empty() {
            message.push_str(" The suppression beside it has no reason, so it does not count: write one behind a colon.");
        } else {
            waived = Some(found.reason);
        }
    }
    Finding {
        check: Check::Sast,
        rule: rule.id.clone(),
        severity: rule.severity,
        title: rule.title.clone(),
        message,
        remedy: rule.remedy.trim().to_owned(),
        cwe: Some(rule.cwe.clone()),
        place,
        waived,
    }
}

fn place(path: &str, lines: &[&str], found: &NodeMatch<'_, StrDoc<Grammar>>) -> Place {
    let (start, end) = (found.start_pos(), found.end_pos());
    let number = |value: usize| u32::try_from(value + 1).unwrap_or(u32::MAX);
    let line = lines.get(start.line()).copied().unwrap_or_default();
    Place {
        file: path.to_owned(),
        line: number(start.line()),
        column: number(start.column(found)),
        end_line: number(end.line()),
        end_column: number(end.column(found)),
        excerpt: line.trim().chars().take(EXCERPT).collect(),
    }
}
