//! The rules of the house that the compiler does not know: each has a file here, says why it exists, and is shown to fail.

mod arrows;
mod boundary;
mod clippy;
mod docs;
mod lengths;
mod locks;
mod purity;
mod snapshots;
mod tree;
mod unfinished;
mod whereabouts;

use std::fmt;
use std::time::Instant;

use anyhow::Result;

use tree::{File, Tree};

/// One place that breaks a rule.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Violation {
    /// The file, from the repository's root.
    pub(crate) path: String,
    /// The line, from 1.
    pub(crate) line: usize,
    /// What is wrong there.
    pub(crate) what: String,
    /// The rule that it breaks, and what to do.
    pub(crate) rule: &'static Rule,
}

/// Why a rule exists, and what to do where it is broken.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Rule {
    pub(crate) why: &'static str,
    pub(crate) remedy: &'static str,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            path, line, what, ..
        } = self;
        writeln!(f, "{path}:{line}: {what}")?;
        writeln!(f, "  why: {}", self.rule.why)?;
        write!(f, "  do:  {}", self.rule.remedy)
    }
}

/// Checks the whole repository, and prints every violation. True if there was none.
pub(crate) fn run() -> Result<bool> {
    let start = Instant::now();
    let tree = Tree::of_repository()?;
    let violations = check(&tree);
    for violation in &violations {
        println!("{violation}");
    }
    let (files, found) = (tree.files.len(), violations.len());
    let seconds = start.elapsed().as_secs_f64();
    println!("tidy: {files} files, {found} violations, {seconds:.1} s");
    Ok(violations.is_empty())
}

fn check(tree: &Tree) -> Vec<Violation> {
    let rules: [fn(&Tree) -> Vec<Violation>; 10] = [
        lengths::check,
        docs::check,
        arrows::check,
        purity::check,
        unfinished::check,
        whereabouts::check,
        snapshots::check,
        locks::check,
        clippy::check,
        boundary::check,
    ];
    let mut violations: Vec<Violation> = rules.iter().flat_map(|rule| rule(tree)).collect();
    violations.sort();
    violations
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tidy_tree_has_no_violations() {
        let tree = Tree::of_files(&[
            ("shared/domain/src/lib.rs", "//! What is true.\n"),
            ("README.md", "# Slipway\n"),
        ]);
        assert_eq!(check(&tree), []);
    }

    #[test]
    fn violations_of_all_rules_come_at_once_in_the_order_of_files_and_lines() {
        let tree = Tree::of_files(&[
            ("b.rs", "fn b() {}\n"),
            (
                "a.rs",
                concat!("//! A.\n#[ign", "ore = \"slow\"]\nfn a() {}\n"),
            ),
            ("a.snap.new", ""),
        ]);
        let all: Vec<String> = check(&tree).iter().map(Violation::to_string).collect();
        insta::assert_snapshot!(all.join("\n"), @"
        a.rs:2: a test that is switched off
          why: a test that is switched off proves nothing, and looks as if it did
          do:  mend the test, or delete it and say in the issue what is not tested
        a.snap.new:1: the snapshot is pending
          why: a pending snapshot is a test whose answer nobody has looked at
          do:  read it; then accept the new text (`cargo insta review`, or by hand) or mend the code, and delete the file
        b.rs:1: the module does not say what it is for
          why: every Rust file begins with `//!` and one sentence that says what it keeps true
          do:  write that sentence into the first line
        ");
    }
}
