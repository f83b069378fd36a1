//! What connectors are held to: the operator's policies, and everything that is known of vulnerable dependencies.

mod fetched;
mod registry;

use std::io;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;

use anyhow::Context;
use blobs::Blobs;
use checks::sca::{Advisories, Asked};
use checks::{Memory, Policy, SourceChecks, Terms};
use domain::spec::Spec;
use domain::time::Timestamp;
use jiff::tz::TimeZone;
use tokio::runtime::Handle;
use work::Fault;

use self::fetched::Fetched;
use self::registry::NpmRegistry;

/// What an installation is told of its standards; a default names nothing, and asks nobody.
#[derive(Debug, Clone, Default)]
pub struct StandardsOptions {
    /// The policy of previews and publications; none: the one that ships.
    pub policy: Option<PathBuf>,
    /// The policy of publications with certification; none: the one that ships.
    pub certification_policy: Option<PathBuf>,
    /// A folder or a zip archive of advisories in the OSV format, read at the start.
    pub advisories: Option<PathBuf>,
    /// Where a zip archive of such advisories is fetched from, every day.
    pub advisories_url: Option<String>,
    /// Which npm registry is asked besides.
    pub npm_advisories: NpmAdvisories,
}

/// Which npm registry is asked what it knows of dependencies.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum NpmAdvisories {
    /// None.
    #[default]
    Off,
    /// The one that this machine's npm is set to.
    OfThisMachine,
    /// The one at this address.
    At(String),
}

impl FromStr for NpmAdvisories {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "off" => Ok(Self::Off),
            "registry" => Ok(Self::OfThisMachine),
            url if url.starts_with("https://") || url.starts_with("http://") => {
                Ok(Self::At(url.to_owned()))
            }
            _ => Err("it takes `registry` for the registry that npm is set to, `off`, or the https address of a registry".to_owned()),
        }
    }
}

/// The policies and the advisories of an installation.
#[derive(Debug)]
pub struct Standards {
    policy: Policy,
    certification: Policy,
    loaded: Option<Arc<Advisories>>,
    fetched: Option<Fetched>,
    registry: Option<NpmRegistry>,
}

impl Default for Standards {
    fn default() -> Self {
        Self {
            policy: Policy::default(),
            certification: Policy::of_certification(),
            loaded: None,
            fetched: None,
            registry: None,
        }
    }
}

impl Standards {
    /// Loads the files that are named.
    ///
    /// # Errors
    /// A file that cannot be read, or is not what it should be.
    pub fn load(options: &StandardsOptions) -> anyhow::Result<Self> {
        let mut standards = Self::default();
        if let Some(file) = &options.policy {
            standards.policy = policy(file)?;
        }
        if let Some(file) = &options.certification_policy {
            standards.certification = policy(file)?;
        }
        let loaded = options.advisories.as_deref().map(advisories).transpose()?;
        standards.loaded = loaded.map(Arc::new);
        standards.fetched = options.advisories_url.clone().map(Fetched::new);
        standards.registry = NpmRegistry::of(&options.npm_advisories);
        Ok(standards)
    }

    /// The archive that is fetched every day, where one is.
    pub(crate) fn fetched(&self) -> Option<&Fetched> {
        self.fetched.as_ref()
    }

    /// The advisories as they are now.
    ///
    /// # Errors
    /// The bucket does not answer, or what was fetched cannot be read.
    pub async fn advisories(
        &self,
        blobs: &Blobs,
        scratch: &Path,
    ) -> Result<Vec<Arc<Advisories>>, Fault> {
        let mut all = self.loaded();
        if let Some(fetched) = &self.fetched {
            all.extend(fetched.current(blobs, scratch).await?);
        }
        Ok(all)
    }

    /// The advisories that were loaded at the start.
    #[must_use]
    pub fn loaded(&self) -> Vec<Arc<Advisories>> {
        self.loaded.iter().cloned().collect()
    }

    /// What a publication with certification is held to, or any other.
    #[must_use]
    pub fn policy(&self, certification: bool) -> &Policy {
        if certification {
            &self.certification
        } else {
            &self.policy
        }
    }

    /// What is judged by on the day of this time, without asking anybody.
    #[must_use]
    pub fn terms<'a>(
        &'a self,
        now: Timestamp,
        certification: bool,
        advisories: &'a [Arc<Advisories>],
    ) -> Terms<'a> {
        Terms {
            policy: self.policy(certification),
            advisories,
            registry: None,
            today: now.0.to_zoned(TimeZone::UTC).date(),
            certification,
        }
    }

    /// Checks a source tree, and asks the registry. Blocks: for a thread of the runtime that may.
    ///
    /// # Errors
    /// Only what is wrong with the disk.
    pub fn check(
        &self,
        root: &Path,
        spec: &Spec,
        terms: Terms<'_>,
        memory: Option<&dyn Memory>,
    ) -> io::Result<SourceChecks> {
        let Some(registry) = &self.registry else {
            return checks::check_changed(root, spec, terms, memory);
        };
        let runtime = Handle::current();
        let ask = |asked: &Asked| {
            let mut answered = runtime.block_on(registry.ask(asked))?;
            answered.source.asked = Some(terms.today);
            Ok(answered)
        };
        let terms = Terms {
            registry: Some(&ask),
            ..terms
        };
        checks::check_changed(root, spec, terms, memory)
    }

    /// The same for what gives the same findings for the same source: rules, policy, advisories, whether the registry answers, the day
    /// (waivers end) and the purpose.
    pub(crate) fn stamp(&self, terms: Terms<'_>) -> String {
        let sources = terms.advisories.iter().map(|loaded| &loaded.source);
        let sources: Vec<_> = sources.collect();
        let policy = serde_json::to_string(terms.policy).expect("a policy is plain data");
        let sources = serde_json::to_string(&sources).expect("a source is plain data");
        let registry = self.registry.as_ref().map(NpmRegistry::stamp);
        let parts = [
            checks::version(),
            &policy,
            &sources,
            &registry.unwrap_or_default(),
            &terms.today.to_string(),
            if terms.certification {
                "certification"
            } else {
                ""
            },
        ];
        checks::digest(parts)
    }
}

fn policy(file: &Path) -> anyhow::Result<Policy> {
    let text = std::fs::read_to_string(file)
        .with_context(|| format!("{} cannot be read", file.display()))?;
    Policy::read(&text).with_context(|| format!("{} is no policy", file.display()))
}

fn advisories(path: &Path) -> anyhow::Result<Advisories> {
    let loaded = if path.is_dir() {
        Advisories::of_folder(path)
    } else {
        Advisories::of_zip(path)
    };
    loaded.with_context(|| {
        format!(
            "{} has no advisories that can be read; it takes a folder of OSV files or a zip archive of them",
            path.display()
        )
    })
}
