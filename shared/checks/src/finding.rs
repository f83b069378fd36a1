//! A finding says what is wrong, where, and what to do, whichever check found it: the report, SARIF and the terminal show the same.

use serde::{Deserialize, Serialize};

use crate::digest::digest;

/// How much harm a finding can do, in the words of CVSS 4.0's qualitative scale.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing.
    Low,
    /// To be mended at leisure.
    Medium,
    /// To be mended before anybody depends on it.
    High,
    /// To be mended now.
    Critical,
}

impl Severity {
    /// The word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}

/// The check that found something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Check {
    /// connect.yaml and what it promises of the tree.
    Spec,
    /// Static analysis of the source.
    Sast,
    /// Known vulnerabilities of dependencies.
    Sca,
    /// Credentials in the source or the bundle.
    Secrets,
    /// The built bundle.
    Image,
}

/// Where a finding lies.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Place {
    /// The path in the repository, or in the bundle, with `/`.
    pub file: String,
    /// From 1; 0 where the finding is about the whole file.
    pub line: u32,
    /// From 1, in characters; 0 where the finding is about the whole line.
    pub column: u32,
    /// The last line.
    pub end_line: u32,
    /// The column behind the last character.
    pub end_column: u32,
    /// The first line's text, cut; empty where it would show a secret.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub excerpt: String,
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Finding {
    /// The check.
    pub check: Check,
    /// The stable id of the rule, such as `js-command-injection` or an advisory's id.
    pub rule: String,
    /// How bad it is.
    pub severity: Severity,
    /// A few words.
    pub title: String,
    /// What is wrong and why it matters.
    pub message: String,
    /// What to do.
    pub remedy: String,
    /// The weakness, such as `CWE-78`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cwe: Option<String>,
    /// Where.
    pub place: Place,
    /// Why it does not count, in the words of the repository or of a waiver.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waived: Option<String>,
}

impl Finding {
    /// The same for the same finding after lines moved: of the rule, the file and the text, not of the line's number.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        let text = self
            .place
            .excerpt
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ");
        digest([self.rule.as_str(), &self.place.file, &text])
    }
}
