//! A launch says everything that an engine must know to run one application of one revision.

use std::collections::BTreeSet;

use domain::names::{ApplicationName, ArtifactHash};
use domain::spec::ApplicationType;
use secrets::Secret;
use uuid::Uuid;

use crate::health::HealthCheck;

/// What an application is to its host.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Answers HTTP requests of anybody.
    Service,
    /// Answers events, which the platform sends.
    Event,
    /// Answers a schedule's ticks, which the platform sends.
    Job,
    /// Files; no process runs.
    Static {
        /// Whether a path without a file shows `index.html`, as the Merchant Center types need: their routes live in the browser.
        index_fallback: bool,
    },
}

impl Kind {
    /// What an application of connect.yaml is to its host.
    #[must_use]
    pub fn of(kind: ApplicationType) -> Self {
        match kind {
            ApplicationType::Service => Self::Service,
            ApplicationType::Event => Self::Event,
            ApplicationType::Job => Self::Job,
            _ => Self::Static {
                index_fallback: kind.is_merchant_center(),
            },
        }
    }

    /// True if it has a public address. Events and jobs have none: only the platform calls them.
    #[must_use]
    pub fn is_public(self) -> bool {
        matches!(self, Self::Service | Self::Static { .. })
    }

    /// Whether a process (or function) runs for it.
    #[must_use]
    pub fn is_dynamic(self) -> bool {
        !matches!(self, Self::Static { .. })
    }
}

/// An application that has an address before it runs, because its environment names it.
#[derive(Debug, Clone)]
pub struct Place {
    /// The Deployment.
    pub deployment: Uuid,
    /// `ApplicationDeployment.id`.
    pub application: Uuid,
    /// The name in connect.yaml.
    pub name: ApplicationName,
    /// What it is.
    pub kind: Kind,
    /// The artifact that is going to run.
    pub artifact: ArtifactHash,
}

/// One application of one revision of a Deployment, ready to run.
#[derive(Debug, Clone)]
pub struct Launch {
    /// The Deployment.
    pub deployment: Uuid,
    /// `ApplicationDeployment.id`: stays the same over revisions.
    pub application: Uuid,
    /// The name in connect.yaml.
    pub name: ApplicationName,
    /// What it is.
    pub kind: Kind,
    /// The revision, counted up in its Deployment.
    pub revision: u64,
    /// The artifact that runs.
    pub artifact: ArtifactHash,
    /// Every variable that the application sees, made by [`crate::environment()`].
    pub environment: Vec<(String, Secret)>,
    /// The variables whose values no log and no report may show.
    pub secret_names: BTreeSet<String>,
    /// The path of connect.yaml, with or without its leading slash; static applications have none.
    pub endpoint: Option<String>,
    /// How its health is judged.
    pub health: HealthCheck,
    /// Whether it runs while nobody asks for it.
    pub idle: Idle,
}

/// What becomes of an application that nobody asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Idle {
    /// It goes on, so that the next request finds it warm.
    Runs,
    /// It ends after a quiet time, and the next request starts it.
    Sleeps,
}

impl Launch {
    /// The values that must be masked wherever the application's output is shown.
    pub fn secret_values(&self) -> impl Iterator<Item = &Secret> {
        self.environment
            .iter()
            .filter(|(name, _)| self.secret_names.contains(name))
            .map(|(_, value)| value)
    }
}

/// An endpoint or health path as a request line needs it: connect.yaml does not insist on the leading slash (contract, section 8.1).
#[must_use]
pub fn absolute_path(path: &str) -> String {
    if path.starts_with('/') {
        path.to_owned()
    } else {
        format!("/{path}")
    }
}
