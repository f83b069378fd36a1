//! What connectors are held to: the operator's policy and the advisories that are known, loaded once when a process starts.

use std::path::Path;

use anyhow::Context;
use checks::sca::Advisories;
use checks::{Policy, Terms};
use domain::time::Timestamp;
use jiff::tz::TimeZone;

/// The policy and the advisories of an installation.
#[derive(Debug, Default)]
pub struct Standards {
    policy: Policy,
    advisories: Option<Advisories>,
}

impl Standards {
    /// Loads what is named: a policy, and a folder or zip archive of advisories in the OSV format.
    ///
    /// # Errors
    /// A file that cannot be read, or is not what it should be.
    pub fn load(policy: Option<&Path>, advisories: Option<&Path>) -> anyhow::Result<Self> {
        let policy = match policy {
            None => Policy::default(),
            Some(file) => {
                let text = std::fs::read_to_string(file)
                    .with_context(|| format!("{} cannot be read", file.display()))?;
                Policy::read(&text).with_context(|| format!("{} is no policy", file.display()))?
            }
        };
        let advisories = advisories.map(load).transpose()?;
        Ok(Self { policy, advisories })
    }

    /// What is judged by on the day of this time.
    #[must_use]
    pub fn terms(&self, now: Timestamp, certification: bool) -> Terms<'_> {
        Terms {
            policy: &self.policy,
            advisories: self.advisories.as_ref(),
            today: now.0.to_zoned(TimeZone::UTC).date(),
            certification,
        }
    }

    /// The same for what gives the same findings for the same source: rules, policy, advisories, the day (waivers end) and the purpose.
    pub(crate) fn stamp(&self, terms: Terms<'_>) -> String {
        let source = self.advisories.as_ref().map(|loaded| &loaded.source);
        let policy = serde_json::to_string(&self.policy).expect("a policy is plain data");
        let source = serde_json::to_string(&source).expect("a source is plain data");
        let parts = [
            checks::version(),
            &policy,
            &source,
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

fn load(path: &Path) -> anyhow::Result<Advisories> {
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
