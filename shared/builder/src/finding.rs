//! A finding says where the repository is wrong, what is wrong there, and what to do about it.

use std::fmt;

/// One thing in the repository that stands in the way of a build, or that its author should know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanFinding {
    /// The file, relative to the root of the repository.
    pub file: String,
    /// The line in it, from 1, where one can be named.
    pub line: Option<u32>,
    /// What is wrong.
    pub what: String,
    /// What to do.
    pub remedy: String,
}

impl PlanFinding {
    pub(crate) fn new(
        file: impl Into<String>,
        what: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self {
            file: file.into(),
            line: None,
            what: what.into(),
            remedy: remedy.into(),
        }
    }

    pub(crate) fn at(mut self, line: Option<u32>) -> Self {
        self.line = line;
        self
    }
}

impl fmt::Display for PlanFinding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        write!(f, ": {} {}", self.what, self.remedy)
    }
}
