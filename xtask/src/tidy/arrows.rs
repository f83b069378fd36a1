//! An arrow between two packages only points down the layers of the house.

use super::{Rule, Tree, Violation};

/// The layers by folder, from the ground up. A package may depend on those of lower layers only.
const LAYERS: [&[&str]; 9] = [
    &["shared/domain", "shared/files"],
    &["shared/sandbox", "shared/secrets"],
    &[
        "shared/hosting",
        "shared/builder",
        "shared/checks",
        "shared/source",
    ],
    &["shared/store", "shared/queue", "shared/blobs"],
    &["shared/catalog"],
    &["shared/web", "shared/work"],
    &["infra/aws"],
    &["functions"],
    &["infra/local"],
];

/// The black-box tests may see everything, and nothing may see them.
const TESTS: &str = "tests";
/// The project's commands see nothing of the house: they must build when it does not.
const COMMANDS: &str = "xtask";

static ARROW: Rule = Rule {
    why: "a package depends on lower layers only, so that each can be read without those above (tests and xtask are outside)",
    remedy: "move what both need into a lower layer, or take it as an argument",
};
static UNKNOWN: Rule = Rule {
    why: "every package has a layer, else its arrows are not checked",
    remedy: "put its folder into LAYERS in xtask/src/tidy/arrows.rs, and into ARCHITECTURE.md",
};

pub(super) fn check(tree: &Tree) -> Vec<Violation> {
    let mut violations = Vec::new();
    for package in &tree.packages {
        let from = package.folder.as_str();
        let mut broken = |name: &str, what: String, rule| {
            violations.push(Violation {
                path: format!("{from}/Cargo.toml"),
                line: tree.line_of(&format!("{from}/Cargo.toml"), name),
                what,
                rule,
            });
        };
        if layer(from).is_none() && from != TESTS && from != COMMANDS {
            broken("name", format!("the package {from} has no layer"), &UNKNOWN);
            continue;
        }
        for dependency in &package.dependencies {
            match dependency.folder.as_deref() {
                Some(to) if !allowed(from, to) => {
                    broken(&dependency.name, format!("{from} depends on {to}"), &ARROW);
                }
                _ => {}
            }
        }
    }
    violations
}

fn allowed(from: &str, to: &str) -> bool {
    match (from, to) {
        (_, TESTS | COMMANDS) | (COMMANDS, _) => false,
        (TESTS, _) => true,
        _ => layer(from) > layer(to) && layer(to).is_some(),
    }
}

fn layer(folder: &str) -> Option<usize> {
    LAYERS.iter().position(|layer| layer.contains(&folder))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn violations(from: &str, to: &str) -> Vec<Violation> {
        check(&Tree::of_packages(&[(from, &[to])]))
    }

    #[test]
    fn arrows_down_are_taken() {
        for (from, to) in [
            ("infra/local", "/functions"),
            ("functions", "infra/aws"),
            ("shared/web", "shared/store"),
            ("shared/builder", "shared/sandbox"),
            ("tests", "infra/local"),
            ("shared/domain", "serde"),
        ] {
            assert_eq!(violations(from, to), [], "{from} to {to}");
        }
    }

    #[test]
    fn arrows_up_sideways_and_to_the_outside_are_violations() {
        for (from, to) in [
            ("shared/domain", "shared/secrets"),
            ("shared/store", "shared/web"),
            ("shared/web", "shared/work"),
            ("functions", "infra/local"),
            ("functions", "/tests"),
            ("xtask", "shared/domain"),
            ("infra/local", "/xtask"),
        ] {
            assert_eq!(violations(from, to).len(), 1, "{from} to {to}");
        }
    }

    #[test]
    fn a_violation_names_the_line_of_the_arrow() {
        let mut tree = Tree::of_packages(&[("shared/domain", &["shared/store"])]);
        let manifest = "[package]\nname = \"domain\"\n\n[dependencies]\nstores = \"1\"\nstore.workspace = true\n";
        tree.files = Tree::of_files(&[("shared/domain/Cargo.toml", manifest)]).files;
        insta::assert_snapshot!(check(&tree)[0], @"
        shared/domain/Cargo.toml:6: shared/domain depends on shared/store
          why: a package depends on lower layers only, so that each can be read without those above (tests and xtask are outside)
          do:  move what both need into a lower layer, or take it as an argument
        ");
    }

    #[test]
    fn a_new_package_must_be_given_a_layer() {
        insta::assert_snapshot!(violations("shared/billing", "shared/domain")[0], @"
        shared/billing/Cargo.toml:1: the package shared/billing has no layer
          why: every package has a layer, else its arrows are not checked
          do:  put its folder into LAYERS in xtask/src/tidy/arrows.rs, and into ARCHITECTURE.md
        ");
    }
}
