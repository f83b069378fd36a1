//! clippy reads one configuration for a package, so one within a package repeats what the root's refuses.

use super::{Rule, Tree, Violation};

/// Name of clippy's configuration.
const NAME: &str = "clippy.toml";

static WEAKER: Rule = Rule {
    why: "clippy takes the nearest clippy.toml and no other, so what is left out there is allowed in that package",
    remedy: "copy the line from the clippy.toml of the repository's root",
};

pub(super) fn check(tree: &Tree) -> Vec<Violation> {
    let Some(root) = tree.files.iter().find(|file| file.path == NAME) else {
        return Vec::new();
    };
    let inner = tree
        .files
        .iter()
        .filter(|file| file.ends_in(&["/clippy.toml"]));
    inner
        .flat_map(|file| {
            root.numbered()
                .map(|(_, line)| line.trim())
                .filter(|line| {
                    line.starts_with("{ path") || (!line.starts_with('#') && line.contains(" = "))
                })
                .filter(|line| !file.numbered().any(|(_, other)| other.trim() == *line))
                .map(|line| Violation {
                    path: file.path.clone(),
                    line: 1,
                    what: format!("the line `{line}` of the root is missing"),
                    rule: &WEAKER,
                })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_configuration_that_leaves_out_what_the_root_refuses_is_found() {
        let root = "disallowed-methods = [\n  { path = \"a\" },\n]\n";
        let inner = |text: &str| {
            let files = [("clippy.toml", root), ("shared/x/clippy.toml", text)];
            check(&Tree::of_files(&files)).len()
        };
        assert_eq!(
            inner("disallowed-methods = [\n{ path = \"a\" },\n{ path = \"b\" },\n]\n"),
            0
        );
        assert_eq!(inner("disallowed-methods = [\n]\n"), 1);
    }
}
