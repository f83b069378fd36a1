//! The domain decides and does nothing: no runtime, no cloud, no randomness, no operating system.

use super::{Rule, Tree, Violation};

/// The one crate that is pure.
const DOMAIN: &str = "shared/domain";

/// Crates that do things, by the beginning of their names.
const IMPURE: [&str; 12] = [
    "tokio",
    "async",
    "futures",
    "aws-",
    "hyper",
    "reqwest",
    "rand",
    "getrandom",
    "fastrand",
    "tempfile",
    "rustix",
    "tracing",
];

/// What reaches the operating system, or its clock.
const SYSTEM: [&str; 8] = [
    "std::fs",
    "std::net",
    "std::process",
    "std::env",
    "std::thread",
    "std::os::",
    "SystemTime",
    "Instant::now",
];

static PURE: Rule = Rule {
    why: "the domain is pure and synchronous: no tokio, AWS, file system, clock or randomness, so that its tests need none of them",
    remedy: "take the value as an argument, or move the code into the crate that does the work",
};

pub(super) fn check(tree: &Tree) -> Vec<Violation> {
    let mut violations = dependencies(tree);
    violations.extend(sources(tree));
    violations
}

fn dependencies(tree: &Tree) -> Vec<Violation> {
    let manifest = format!("{DOMAIN}/Cargo.toml");
    let domain = tree
        .packages
        .iter()
        .filter(|package| package.folder == DOMAIN);
    let names = domain
        .flat_map(|package| &package.dependencies)
        .map(|dependency| &dependency.name);
    names
        .filter(|name| IMPURE.iter().any(|impure| name.starts_with(impure)))
        .map(|name| Violation {
            path: manifest.clone(),
            line: tree.line_of(&manifest, name),
            what: format!("the domain depends on {name}"),
            rule: &PURE,
        })
        .collect()
}

/// Tests may read files: they are whatever follows `#[cfg(test)]`, and the folder beside `src`.
fn sources(tree: &Tree) -> Vec<Violation> {
    let folder = format!("{DOMAIN}/src/");
    let files = tree
        .rust()
        .filter(|file| file.path.starts_with(&folder) && !file.ends_in(&["/tests.rs"]));
    let mut violations = Vec::new();
    for file in files {
        let code = file
            .numbered()
            .take_while(|(_, line)| line.trim() != "#[cfg(test)]");
        let code = code.filter(|(_, line)| !line.trim_start().starts_with("//"));
        for (line, text) in code {
            let found = SYSTEM.iter().find(|name| text.contains(**name));
            violations.extend(found.map(|found| Violation {
                path: file.path.clone(),
                line,
                what: format!("the domain uses {found}"),
                rule: &PURE,
            }));
        }
    }
    violations
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_domain_may_not_depend_on_what_does_things() {
        for name in ["tokio", "tokio-util", "aws-sdk-s3", "rand", "getrandom"] {
            let found = check(&Tree::of_packages(&[(DOMAIN, &[name])]));
            assert_eq!(found.len(), 1, "{name}");
        }
        assert_eq!(
            check(&Tree::of_packages(&[(DOMAIN, &["serde", "regex"])])),
            []
        );
        assert_eq!(
            check(&Tree::of_packages(&[("shared/store", &["tokio"])])),
            []
        );
    }

    #[test]
    fn the_domain_may_not_reach_the_operating_system() {
        let tree = Tree::of_files(&[("shared/domain/src/spec.rs", "//! Spec.\nuse std::fs;\n")]);
        insta::assert_snapshot!(check(&tree)[0], @"
        shared/domain/src/spec.rs:2: the domain uses std::fs
          why: the domain is pure and synchronous: no tokio, AWS, file system, clock or randomness, so that its tests need none of them
          do:  take the value as an argument, or move the code into the crate that does the work
        ");
    }

    #[test]
    fn its_tests_and_its_comments_may() {
        let text =
            "//! Spec.\n// no std::fs here\n#[cfg(test)]\nmod tests {\n    use std::fs;\n}\n";
        assert_eq!(
            check(&Tree::of_files(&[("shared/domain/src/spec.rs", text)])),
            []
        );
    }
}
