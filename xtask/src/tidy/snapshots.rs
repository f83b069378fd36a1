//! No snapshot waits for a decision.

use super::{Rule, Tree, Violation};

static DECIDE: Rule = Rule {
    why: "a pending snapshot is a test whose answer nobody has looked at",
    remedy: "read it; then accept the new text (`cargo insta review`, or by hand) or mend the code, and delete the file",
};

pub(super) fn check(tree: &Tree) -> Vec<Violation> {
    let pending = tree
        .files
        .iter()
        .filter(|file| file.ends_in(&[".snap.new", ".pending-snap"]));
    pending
        .map(|file| Violation {
            path: file.path.clone(),
            line: 1,
            what: "the snapshot is pending".to_owned(),
            rule: &DECIDE,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pending_snapshots_of_files_and_of_inline_ones_are_found() {
        let tree = Tree::of_files(&[
            ("a.snap", ""),
            ("a.snap.new", ""),
            (".a.rs.pending-snap", ""),
        ]);
        let paths: Vec<String> = check(&tree).into_iter().map(|found| found.path).collect();
        assert_eq!(paths, ["a.snap.new", ".a.rs.pending-snap"]);
    }
}
