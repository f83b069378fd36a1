//! The repository needs nothing beside it: no path in it leads out of it.

use super::{File, Rule, Tree, Violation};
use crate::environment::FIELD_CORPUS;

/// The only file that may name a location outside of the repository, and the location.
const ALLOWED: (&str, &str) = ("xtask/src/environment.rs", FIELD_CORPUS);

/// Files in which every relative path starts at the file's own folder.
const BY_FILE: [&str; 10] = [
    ".sh", ".py", ".js", ".mjs", ".cjs", ".ts", ".tsx", ".toml", ".json", ".ci/run",
];
/// Starts of paths in Rust that are relative to the file.
const INCLUDES: [&str; 4] = ["include!(", "include_str!(", "include_bytes!(", "#[path"];
/// Start of paths in Rust that are relative to the package.
const PACKAGE: &str = "CARGO_MANIFEST_DIR";

static INSIDE: Rule = Rule {
    why: "a clone that stands alone must build and pass its tests: no path leads out of the repository",
    remedy: "put what is needed into the repository; an optional input is named by an environment variable in xtask/src/environment.rs",
};

pub(super) fn check(tree: &Tree) -> Vec<Violation> {
    let in_files = tree.files.iter().flat_map(|file| in_file(tree, file));
    let mut violations: Vec<Violation> = in_files.collect();
    violations.extend(tree.links.iter().filter_map(|(path, target)| {
        let outside = target.starts_with('/') || leads_out(folder_of(path), target);
        outside.then(|| violation(path, 1, target))
    }));
    violations
}

fn in_file(tree: &Tree, file: &File) -> Vec<Violation> {
    let folder = folder_of(&file.path);
    let by_file = file.ends_in(&BY_FILE);
    let mut violations = Vec::new();
    // Lines that still belong to an expression with the package's folder.
    let mut in_package = false;
    for (number, line) in file.numbered() {
        let base = if file.ends_in(&[".rs"]) {
            in_package |= line.contains(PACKAGE);
            if INCLUDES.iter().any(|start| line.contains(start)) {
                Some(folder)
            } else if in_package {
                Some(package_of(tree, &file.path))
            } else {
                // The commands of xtask start every program in the root.
                file.path.starts_with("xtask/").then_some("")
            }
        } else {
            by_file.then_some(folder)
        };
        let paths: Vec<&str> = match base {
            Some(_) => paths(line).collect(),
            None if file.ends_in(&[".md"]) => link_targets(line).collect(),
            None => Vec::new(),
        };
        let base = base.unwrap_or(folder);
        let outside = |path: &&str| leads_out(base, path) && (file.path.as_str(), *path) != ALLOWED;
        let outside = paths.into_iter().filter(outside);
        violations.extend(outside.map(|path| violation(&file.path, number, path)));
        if line.trim_end().ends_with([';', '}']) {
            in_package = false;
        }
    }
    violations
}

/// The relative paths in a line that go up.
fn paths(line: &str) -> impl Iterator<Item = &str> {
    let outside = |c: char| !(c.is_alphanumeric() || "._-/@".contains(c));
    line.split(outside)
        .map(|path| path.trim_start_matches(PACKAGE))
        .filter(|path| path.contains('/') && path.split('/').any(|name| name == ".."))
}

/// The targets of links in a line of Markdown.
fn link_targets(line: &str) -> impl Iterator<Item = &str> {
    let inline = line.split("](").skip(1).filter_map(|rest| {
        let target = rest.split([')', ' ', '#']).next();
        target.filter(|target| !target.contains(':'))
    });
    let reference = line
        .strip_prefix('[')
        .and_then(|rest| rest.split_once("]: "))
        .map(|(_, target)| target.trim());
    inline.chain(reference)
}

/// True if a path goes up beyond the root. `folder` is where it starts, from the root.
fn leads_out(folder: &str, path: &str) -> bool {
    let mut depth = folder.split('/').filter(|name| !name.is_empty()).count();
    for name in path.split('/') {
        match name {
            "" | "." => {}
            ".." if depth == 0 => return true,
            ".." => depth -= 1,
            _ => depth += 1,
        }
    }
    false
}

fn folder_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// Folder of the package to which a file belongs.
fn package_of<'t>(tree: &Tree, path: &'t str) -> &'t str {
    let mut folder = folder_of(path);
    let is_package = |folder: &str| {
        let manifest = format!("{folder}/Cargo.toml");
        tree.files.iter().any(|file| file.path == manifest)
    };
    while !folder.is_empty() && !is_package(folder) {
        folder = folder_of(folder);
    }
    folder
}

fn violation(path: &str, line: usize, target: &str) -> Violation {
    Violation {
        path: path.to_owned(),
        line,
        what: format!("`{target}` leads out of the repository"),
        rule: &INSIDE,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A constant, so that this file holds no path that goes up.
    const UP: &str = "..";

    fn found(path: &str, text: &str) -> Vec<String> {
        let manifest = ("shared/domain/Cargo.toml", "[package]\n");
        let found = check(&Tree::of_files(&[manifest, (path, text)]));
        found.into_iter().map(|one| one.what).collect()
    }

    #[test]
    fn a_violation_names_the_path_and_its_line() {
        let text = format!("#!/bin/sh\ncat {UP}/{UP}/notes\n");
        let found = check(&Tree::of_files(&[("tests/run.sh", &text)]))[0].to_string();
        insta::assert_snapshot!(found.replace(UP, "UP"), @"
        tests/run.sh:2: `UP/UP/notes` leads out of the repository
          why: a clone that stands alone must build and pass its tests: no path leads out of the repository
          do:  put what is needed into the repository; an optional input is named by an environment variable in xtask/src/environment.rs
        ");
    }

    #[test]
    fn scripts_modules_manifests_and_settings_start_at_their_own_folder() {
        for path in [
            "a/b.sh",
            "a/b.js",
            "a/b.ts",
            "a/b.py",
            "a/Cargo.toml",
            "a/tsconfig.json",
            ".ci/run",
        ] {
            assert_eq!(found(path, &format!("x \"{UP}/c\"")).len(), 0, "{path}");
            assert_eq!(
                found(path, &format!("x \"{UP}/{UP}/c\"")).len(),
                1,
                "{path}"
            );
        }
        assert_eq!(
            found("a/b.sh", &format!("cd \"$(dirname \"$0\")/{UP}/{UP}/c\"")).len(),
            1
        );
    }

    #[test]
    fn rust_starts_at_the_package_or_for_includes_at_the_file() {
        let file = "shared/domain/src/a/b.rs";
        let joined =
            |up: &str| format!("Path::new(env!(\"CARGO_MANIFEST_DIR\"))\n    .join(\"{up}/c\");\n");
        assert_eq!(found(file, &joined(&format!("{UP}/{UP}"))).len(), 0);
        assert_eq!(found(file, &joined(&format!("{UP}/{UP}/{UP}"))).len(), 1);
        let embedded = format!("concat!(env!(\"CARGO_MANIFEST_DIR\"), \"/{UP}/{UP}/{UP}/c\");");
        assert_eq!(found(file, &embedded).len(), 1);
        let folder = format!("include_dir!(\"$CARGO_MANIFEST_DIR/{UP}/{UP}/{UP}/c\");");
        assert_eq!(found(file, &folder).len(), 1);
        let included = |up: &str| format!("include_str!(\"{up}/c\");");
        assert_eq!(
            found(file, &included(&format!("{UP}/{UP}/{UP}/{UP}"))).len(),
            0
        );
        assert_eq!(
            found(file, &included(&format!("{UP}/{UP}/{UP}/{UP}/{UP}"))).len(),
            1
        );
    }

    #[test]
    fn what_a_test_says_of_hostile_paths_is_no_path_of_ours() {
        let text = format!("refused(\"{UP}/{UP}/{UP}/{UP}/secret\");");
        assert_eq!(found("shared/domain/src/names.rs", &text).len(), 0);
    }

    #[test]
    fn the_commands_start_at_the_root_and_one_place_may_name_the_field_corpus() {
        let text = format!("const PLACE: &str = \"{FIELD_CORPUS}\";");
        assert_eq!(found("xtask/src/environment.rs", &text).len(), 0);
        assert_eq!(found("xtask/src/test/other.rs", &text).len(), 1);
        let other = format!("const PLACE: &str = \"{UP}/other\";");
        assert_eq!(found("xtask/src/environment.rs", &other).len(), 1);
    }

    #[test]
    fn links_of_markdown_lead_to_files_of_the_repository() {
        let text = |target: &str| format!("See [this]({target}) and [that](b.md).\n");
        assert_eq!(
            found("docs/a.md", &text(&format!("{UP}/README.md#use"))).len(),
            0
        );
        assert_eq!(
            found("docs/a.md", &text(&format!("{UP}/{UP}/notes.md"))).len(),
            1
        );
        assert_eq!(
            found("docs/a.md", &format!("[this]: {UP}/{UP}/notes.md\n")).len(),
            1
        );
        assert_eq!(
            found("docs/a.md", "[this](https://example.org/a)\n").len(),
            0
        );
    }

    #[test]
    fn symbolic_links_stay_inside() {
        let mut tree = Tree::of_files(&[]);
        for (path, target) in [
            ("tests/a", format!("{UP}/b")),
            ("tests/c", format!("{UP}/{UP}/d")),
            ("tests/e", "/etc/hosts".to_owned()),
        ] {
            tree.links.push((path.to_owned(), target));
        }
        let paths: Vec<String> = check(&tree).into_iter().map(|found| found.path).collect();
        assert_eq!(paths, ["tests/c", "tests/e"]);
    }
}
