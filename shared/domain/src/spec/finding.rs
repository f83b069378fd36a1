//! A finding says what is wrong, where, and what to do about it.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};

/// The most findings that one reading reports (ours: a hostile file could have a hundred thousand).
const MAX_FINDINGS: usize = 200;
/// The longest piece of the user's text that a message repeats, in characters.
const MAX_QUOTED: usize = 60;

/// One thing that is wrong. `Display` is the line that the official parser prints: `[path]: message`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Finding {
    /// Stable, such as `spec/duplicate-key`.
    pub id: Cow<'static, str>,
    /// The file, from the root of the repository.
    pub file: String,
    /// The property as the official parser prints it, such as `deployAs.0.name`; `file content` for the whole file.
    pub path: String,
    /// From 1; 0 where the file has no such line.
    pub line: u32,
    /// In characters, from 1; 0 where the file has no such line.
    pub column: u32,
    /// What is wrong; the official sentence where there is one.
    pub message: String,
    /// What to do.
    pub hint: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{}]: {}", self.path, self.message)
    }
}

/// A place in the file, both from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub(super) line: u32,
    pub(super) column: u32,
}

impl Place {
    pub(super) const START: Self = Self { line: 1, column: 1 };
}

/// Collects findings; everything that reads goes on after one.
#[derive(Default)]
pub(super) struct Findings {
    found: Vec<Finding>,
    left_off: usize,
}

impl Findings {
    /// Adds one; an empty path is the whole file.
    pub(super) fn add(
        &mut self,
        id: &'static str,
        path: &str,
        place: Place,
        message: String,
        hint: String,
    ) {
        if self.found.len() >= MAX_FINDINGS {
            self.left_off += 1;
            return;
        }
        self.found.push(Finding {
            id: id.into(),
            file: super::FILE_NAME.to_owned(),
            path: if path.is_empty() {
                "file content".to_owned()
            } else {
                path.to_owned()
            },
            line: place.line,
            column: place.column,
            message,
            hint,
        });
    }

    /// All of them in the order of the file.
    pub(super) fn finish(mut self) -> Vec<Finding> {
        self.found
            .sort_by_key(|finding| (finding.line, finding.column));
        if self.left_off > 0 {
            let message = format!("{} more findings are left out", self.left_off);
            let hint = "mend the first ones and validate again".to_owned();
            self.found.push(Finding {
                id: "spec/too-many-findings".into(),
                file: super::FILE_NAME.to_owned(),
                path: "file content".to_owned(),
                line: 0,
                column: 0,
                message,
                hint,
            });
        }
        self.found
    }
}

/// A piece of the user's text for a sentence: control characters made visible, cut where it is long.
pub(super) fn shown(text: &str) -> String {
    let cut: String = text.chars().take(MAX_QUOTED).collect();
    let mark = if cut.len() < text.len() { "…" } else { "" };
    let visible: String = cut
        .chars()
        .flat_map(|c| {
            if c.is_control() {
                c.escape_default().collect::<Vec<_>>()
            } else {
                vec![c]
            }
        })
        .collect();
    format!("{visible}{mark}")
}
