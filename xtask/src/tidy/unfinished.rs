//! Nothing is left for later in the code: no marks of unfinished work, no test that is switched off.

use super::{File, Rule, Tree, Violation};

/// What counts as a mark where a word begins with it; halved, so that this file holds none.
const MARKS: [&str; 6] = [
    concat!("TO", "DO"),
    concat!("FIX", "ME"),
    concat!("XX", "X"),
    concat!("HA", "CK"),
    concat!("unimplement", "ed!"),
    concat!("to", "do!"),
];
const IGNORED: &str = concat!("#[ign", "ore");

static FINISH: Rule = Rule {
    why: "what is in the tree is finished: a mark in the code is a promise that nobody keeps",
    remedy: "do it now, or open an issue and delete the mark",
};
static RUN: Rule = Rule {
    why: "a test that is switched off proves nothing, and looks as if it did",
    remedy: "mend the test, or delete it and say in the issue what is not tested",
};

const CODE: [&str; 11] = [
    ".rs", ".ts", ".js", ".mjs", ".cjs", ".sh", ".py", ".yaml", ".yml", ".toml", ".ci/run",
];

pub(super) fn check(tree: &Tree) -> Vec<Violation> {
    let code = tree.files.iter().filter(|file| file.ends_in(&CODE));
    let marks = code.flat_map(|file| found(file, marked, "a mark of unfinished work", &FINISH));
    let ignored = |line: &str| line.contains(IGNORED);
    let ignored = tree
        .rust()
        .flat_map(|file| found(file, ignored, "a test that is switched off", &RUN));
    marks.chain(ignored).collect()
}

fn marked(line: &str) -> bool {
    let in_word = |before: &str| before.ends_with(|c: char| c.is_alphanumeric() || c == '_');
    MARKS.iter().any(|mark| {
        let mut places = line.match_indices(mark);
        places.any(|(at, _)| !in_word(&line[..at]))
    })
}

fn found(
    file: &File,
    broken: impl Fn(&str) -> bool,
    what: &str,
    rule: &'static Rule,
) -> Vec<Violation> {
    let hits = file.numbered().filter(|(_, text)| broken(text));
    hits.map(|(line, _)| Violation {
        path: file.path.clone(),
        line,
        what: what.to_owned(),
        rule,
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mark_is_found_with_its_line() {
        for mark in MARKS {
            let text = format!("//! A.\nlet a = 1; // {mark}: later\n");
            let found = check(&Tree::of_files(&[("a.rs", &text)]));
            assert_eq!(found.len(), 1, "{mark}");
            assert_eq!(found[0].line, 2, "{mark}");
        }
    }

    #[test]
    fn words_that_only_contain_a_mark_are_taken() {
        assert_eq!(
            check(&Tree::of_files(&[(
                "a.rs",
                "//! A.\nlet todos = \"SHACK\";\n"
            )])),
            []
        );
    }

    #[test]
    fn prose_may_speak_of_marks() {
        let text = concat!("TO", "DO in a guide\n");
        assert_eq!(check(&Tree::of_files(&[("guide.md", text)])), []);
    }

    #[test]
    fn a_test_that_is_switched_off_is_a_violation() {
        let text = concat!("//! A.\n#[ign", "ore = \"slow\"]\nfn a() {}\n");
        insta::assert_snapshot!(check(&Tree::of_files(&[("a.rs", text)]))[0], @"
        a.rs:2: a test that is switched off
          why: a test that is switched off proves nothing, and looks as if it did
          do:  mend the test, or delete it and say in the issue what is not tested
        ");
    }
}
