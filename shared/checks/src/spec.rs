//! connect.yaml and what it promises of the tree, as findings like those of every other check.

use std::io;
use std::path::Path;

use domain::spec::{self, FILE_NAME, Spec};

use crate::facts::{TreeFacts, gather};
use crate::files::SourceFile;
use crate::finding::{Check, Finding, Place, Severity};
use crate::judge::judge;

/// The longest excerpt, in characters.
const EXCERPT: usize = 200;

/// What a tree's connect.yaml says, and everything that is wrong with it.
#[derive(Debug, Clone)]
pub struct SpecCheck {
    /// None where it cannot be used.
    pub spec: Option<Spec>,
    /// What the tree holds of its applications; there where it can be used.
    pub facts: Option<TreeFacts>,
    /// Located, in the order of the files.
    pub findings: Vec<Finding>,
}

/// Reads connect.yaml and compares it with the tree.
///
/// # Errors
/// Only what is wrong with the disk.
pub fn check_spec(root: &Path) -> io::Result<SpecCheck> {
    let Some(file) = SourceFile::at(root, FILE_NAME) else {
        let message = "There is no connect.yaml at the root of the repository.";
        let remedy = "Add one that lists the applications under `deployAs`; `slipway demo` shows a connector that has it.";
        return Ok(refused("spec/missing", message.to_owned(), remedy));
    };
    let text = match file.text() {
        Ok(text) => text,
        Err(unread) => {
            let message = format!("connect.yaml cannot be read: {}.", unread.why);
            return Ok(refused(
                "spec/unreadable",
                message,
                "Write it as a plain text file in UTF-8.",
            ));
        }
    };
    let spec = match spec::read(&text) {
        Ok(spec) => spec,
        Err(findings) => {
            let findings = findings
                .iter()
                .map(|finding| located(root, &text, finding))
                .collect();
            return Ok(SpecCheck {
                spec: None,
                facts: None,
                findings,
            });
        }
    };
    let facts = gather(root, &spec)?;
    let findings = judge(&spec, &facts);
    let findings = findings
        .iter()
        .map(|finding| located(root, &text, finding))
        .collect();
    Ok(SpecCheck {
        spec: Some(spec),
        facts: Some(facts),
        findings,
    })
}

fn refused(rule: &str, message: String, remedy: &str) -> SpecCheck {
    let place = Place {
        file: FILE_NAME.to_owned(),
        ..Place::default()
    };
    SpecCheck {
        spec: None,
        facts: None,
        findings: vec![finding(rule, message, remedy.to_owned(), place)],
    }
}

/// A finding of the specification, with the line of its property and that line's text.
fn located(root: &Path, text: &str, found: &spec::Finding) -> Finding {
    let in_spec = found.file == FILE_NAME;
    let (line, column) = match found.line {
        0 if in_spec => spec::locate(text, &found.path).unwrap_or_default(),
        line => (line, found.column),
    };
    let other = SourceFile::at(root, &found.file)
        .filter(|_| !in_spec)
        .and_then(|file| file.text().ok());
    let lines = other.as_deref().unwrap_or(text);
    let index = usize::try_from(line).unwrap_or_default();
    let excerpt = index
        .checked_sub(1)
        .and_then(|index| lines.lines().nth(index))
        .unwrap_or_default();
    let place = Place {
        file: found.file.clone(),
        line,
        column,
        end_line: line,
        end_column: 0,
        excerpt: excerpt.trim_end().chars().take(EXCERPT).collect(),
    };
    let mut remedy: String = found
        .hint
        .chars()
        .take(1)
        .flat_map(char::to_uppercase)
        .collect();
    remedy.extend(found.hint.chars().skip(1));
    let message = found.to_string();
    let message = format!("{}.", message.trim_end_matches('.'));
    finding(&found.id, message, format!("{remedy}."), place)
}

fn finding(rule: &str, message: String, remedy: String, place: Place) -> Finding {
    Finding {
        check: Check::Spec,
        rule: rule.to_owned(),
        severity: Severity::High,
        title: "connect.yaml is not valid".to_owned(),
        message,
        remedy,
        cwe: None,
        place,
        waived: None,
    }
}
