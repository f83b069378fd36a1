//! Every module says first what it keeps true, and no example in the documentation pretends to be compiled.

use super::{File, Rule, Tree, Violation};

static MODULE: Rule = Rule {
    why: "every Rust file begins with `//!` and one sentence that says what it keeps true",
    remedy: "write that sentence into the first line",
};
static EXAMPLE: Rule = Rule {
    why: "documentation tests are not run (each links a program of its own), so Rust in a comment is never compiled",
    remedy: "write a test instead, or name the block's language: ```text, ```json, ```yaml",
};

pub(super) fn check(tree: &Tree) -> Vec<Violation> {
    let module = tree.rust().filter(|file| !file.text.starts_with("//! "));
    let module =
        module.map(|file| violation(file, 1, "the module does not say what it is for", &MODULE));
    module.chain(tree.rust().flat_map(examples)).collect()
}

fn examples(file: &File) -> Vec<Violation> {
    let mut inside = false;
    let mut found = Vec::new();
    for (number, line) in file.numbered() {
        let line = line.trim_start();
        let Some(text) = line
            .strip_prefix("///")
            .or_else(|| line.strip_prefix("//!"))
        else {
            inside = false;
            continue;
        };
        let Some(language) = text.trim().strip_prefix("```") else {
            continue;
        };
        if !inside && !matches!(language, "text" | "json" | "yaml" | "toml" | "sh" | "http") {
            found.push(violation(
                file,
                number,
                "an example that would be Rust, and is not compiled",
                &EXAMPLE,
            ));
        }
        inside = !inside;
    }
    found
}

fn violation(file: &File, line: usize, what: &str, rule: &'static Rule) -> Violation {
    Violation {
        path: file.path.clone(),
        line,
        what: what.to_owned(),
        rule,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn violations(text: &str) -> String {
        let all: Vec<String> = check(&Tree::of_files(&[("a.rs", text)]))
            .iter()
            .map(Violation::to_string)
            .collect();
        all.join("\n")
    }

    #[test]
    fn a_module_without_its_sentence_is_a_violation() {
        assert_eq!(violations("//! Keeps it true.\nfn a() {}\n"), "");
        insta::assert_snapshot!(violations("fn a() {}\n"), @"
        a.rs:1: the module does not say what it is for
          why: every Rust file begins with `//!` and one sentence that says what it keeps true
          do:  write that sentence into the first line
        ");
    }

    #[test]
    fn an_example_in_rust_is_a_violation_and_one_in_json_is_not() {
        assert_eq!(
            violations("//! A.\n//!\n//! ```json\n//! {}\n//! ```\n"),
            ""
        );
        insta::assert_snapshot!(violations("//! A.\n\n/// ```\n/// a();\n/// ```\nfn a() {}\n"), @"
        a.rs:3: an example that would be Rust, and is not compiled
          why: documentation tests are not run (each links a program of its own), so Rust in a comment is never compiled
          do:  write a test instead, or name the block's language: ```text, ```json, ```yaml
        ");
        assert!(violations("//! A.\n//! ```rust,no_run\n//! ```\n").contains("a.rs:2"));
    }

    #[test]
    fn files_of_other_languages_need_no_module_sentence() {
        assert_eq!(check(&Tree::of_files(&[("run.sh", "echo\n")])), []);
    }
}
