//! What a function of an application is told of it travels in one variable of its environment, which Lambda keeps encrypted under the
//! platform's key; the application itself sees the variables that connect.yaml and the contract give it, and nothing else.

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use builder::Manifest;
use domain::names::{ApplicationName, ArtifactHash};
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use hosting::{HealthCheck, Idle, Kind, Launch};
use secrets::Secret;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The variable.
pub const LAUNCH: &str = "SLIPWAY_LAUNCH";

/// Bytes of all variables of a Lambda function together (AWS Lambda, "Quotas").
const MOST_BYTES: usize = 4096;

/// An application that is loaded into a function.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// Its launch.
    pub launch: Launch,
    /// Its place in the artifact, and how it starts.
    pub layout: Layout,
}

/// What the manifest of an artifact says of running it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Layout {
    /// The application's folder in the artifact's tree.
    pub folder: String,
    /// The command line that starts it; static applications have none.
    pub start: Option<String>,
    /// Folders of the tree that stand first in its `PATH`.
    pub path: Vec<String>,
    /// `name` of its package.json.
    pub package_name: Option<String>,
    /// `version` of its package.json.
    pub package_version: Option<String>,
}

impl Layout {
    /// That of an artifact.
    #[must_use]
    pub fn of(manifest: Manifest) -> Self {
        Self {
            folder: manifest.folder,
            start: manifest.start,
            path: manifest.path,
            package_name: manifest.package_name,
            package_version: manifest.package_version,
        }
    }
}

/// The values are more than a function can be given.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error(
    "Its values are too long for AWS Lambda: compressed with all else that the function must know they have {0} bytes, and the variables of a function may have {MOST_BYTES}. Shorten the longest values, or let the application read them from elsewhere."
)]
pub struct TooLong(pub usize);

impl Loaded {
    /// The variable's value.
    ///
    /// # Errors
    /// It would be too long.
    pub fn write(&self) -> Result<String, TooLong> {
        let launch = &self.launch;
        let written = Written {
            deployment: launch.deployment,
            application: launch.application,
            name: launch.name.clone(),
            kind: launch.kind.into(),
            revision: launch.revision,
            artifact: launch.artifact.clone(),
            environment: launch
                .environment
                .iter()
                .map(|(name, value)| (name.clone(), value.expose().to_owned()))
                .collect(),
            secret_names: launch.secret_names.clone(),
            endpoint: launch.endpoint.clone(),
            health: (&launch.health).into(),
            layout: self.layout.clone(),
        };
        // Strings and numbers into memory: neither can fail.
        let json = serde_json::to_vec(&written).unwrap_or_default();
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        let _ = encoder.write_all(&json);
        let text = STANDARD.encode(encoder.finish().unwrap_or_default());
        match LAUNCH.len() + text.len() {
            0..=MOST_BYTES => Ok(text),
            bytes => Err(TooLong(bytes)),
        }
    }

    /// Reads the variable's value; none where it is none.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let mut json = Vec::new();
        let bytes = STANDARD.decode(text).ok()?;
        GzDecoder::new(bytes.as_slice())
            .read_to_end(&mut json)
            .ok()?;
        let written: Written = serde_json::from_slice(&json).ok()?;
        let environment = written.environment.into_iter();
        Some(Self {
            launch: Launch {
                deployment: written.deployment,
                application: written.application,
                name: written.name,
                kind: written.kind.into(),
                revision: written.revision,
                artifact: written.artifact,
                environment: environment
                    .map(|(name, value)| (name, Secret::new(value)))
                    .collect(),
                secret_names: written.secret_names,
                endpoint: written.endpoint,
                health: written.health.into(),
                // Lambda decides when an instance goes.
                idle: Idle::Sleeps,
            },
            layout: written.layout,
        })
    }
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Written {
    deployment: Uuid,
    application: Uuid,
    name: ApplicationName,
    kind: WrittenKind,
    revision: u64,
    artifact: ArtifactHash,
    environment: Vec<(String, String)>,
    secret_names: BTreeSet<String>,
    endpoint: Option<String>,
    health: WrittenHealth,
    layout: Layout,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
enum WrittenKind {
    Service,
    Event,
    Job,
    Static { index_fallback: bool },
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
enum WrittenHealth {
    PortOpens,
    /// Seconds.
    Http {
        path: String,
        interval: u64,
        timeout: u64,
        threshold: u32,
    },
}

impl From<Kind> for WrittenKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Service => Self::Service,
            Kind::Event => Self::Event,
            Kind::Job => Self::Job,
            Kind::Static { index_fallback } => Self::Static { index_fallback },
        }
    }
}

impl From<WrittenKind> for Kind {
    fn from(kind: WrittenKind) -> Self {
        match kind {
            WrittenKind::Service => Self::Service,
            WrittenKind::Event => Self::Event,
            WrittenKind::Job => Self::Job,
            WrittenKind::Static { index_fallback } => Self::Static { index_fallback },
        }
    }
}

impl From<&HealthCheck> for WrittenHealth {
    fn from(health: &HealthCheck) -> Self {
        match health {
            HealthCheck::PortOpens => Self::PortOpens,
            HealthCheck::Http {
                path,
                interval,
                timeout,
                threshold,
            } => Self::Http {
                path: path.clone(),
                interval: interval.as_secs(),
                timeout: timeout.as_secs(),
                threshold: *threshold,
            },
        }
    }
}

impl From<WrittenHealth> for HealthCheck {
    fn from(health: WrittenHealth) -> Self {
        match health {
            WrittenHealth::PortOpens => Self::PortOpens,
            WrittenHealth::Http {
                path,
                interval,
                timeout,
                threshold,
            } => Self::Http {
                path,
                interval: Duration::from_secs(interval),
                timeout: Duration::from_secs(timeout),
                threshold,
            },
        }
    }
}
