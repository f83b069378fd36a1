//! A build that fails is either the application's failure, told to its author with what to do, or ours, and worth another try.

use std::fmt;
use std::path::PathBuf;

use domain::names::ApplicationName;
use sandbox::Exit;
use serde::{Deserialize, Serialize};

/// A step of a build, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Step {
    /// Getting Node.js and the package manager.
    Tools,
    /// Installing the dependencies.
    Install,
    /// Running the unit tests.
    Test,
    /// Running the build script.
    Build,
    /// Removing the dependencies of development.
    Prune,
    /// Packing the result.
    Pack,
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Tools => "tools",
            Self::Install => "install",
            Self::Test => "test",
            Self::Build => "build",
            Self::Prune => "prune",
            Self::Pack => "pack",
        })
    }
}

/// Why there is no artifact.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// The application's failure.
    #[error("{0}")]
    Verdict(Box<BuildFailure>),
    /// Ours.
    #[error(transparent)]
    Fault(#[from] BuildFault),
}

/// The application's failure; its text is for the author of the Connector.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BuildFailure {
    /// The application.
    pub application: ApplicationName,
    /// The step that failed.
    pub step: Step,
    /// What was wrong, as a sentence.
    pub what: String,
    /// How its command ended; `None` where no command failed.
    pub exit: Option<Exit>,
    /// The last lines of the command's output.
    pub last_lines: Vec<String>,
    /// What to do.
    pub remedy: String,
    /// The whole output of all steps.
    pub log: PathBuf,
}

impl fmt::Display for BuildFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "The build of `{}` failed in the step {}: {}",
            self.application, self.step, self.what
        )?;
        if !self.last_lines.is_empty() {
            write!(f, "\n\nThe end of its output:")?;
            for line in &self.last_lines {
                write!(f, "\n  {line}")?;
            }
        }
        write!(f, "\n\n{}", self.remedy)
    }
}

/// Our own failure: something that the application's author can do nothing about.
#[derive(Debug, thiserror::Error)]
#[error("the builder could not {doing}: {cause}")]
pub struct BuildFault {
    doing: String,
    cause: String,
}

impl BuildFault {
    pub(crate) fn new(doing: impl Into<String>, cause: impl fmt::Display) -> Self {
        Self {
            doing: doing.into(),
            cause: cause.to_string(),
        }
    }
}
