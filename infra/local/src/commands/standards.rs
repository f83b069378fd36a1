//! What connectors are held to, as flags of the commands that check them.

use std::path::PathBuf;

use clap::Args;
use functions::{NpmAdvisories, StandardsOptions};

/// The flags.
#[derive(Args)]
pub(super) struct Standards {
    /// The policy that connectors are held to, where it is not the one that ships.
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
    /// The policy of publications with certification, where it is not the one that ships.
    #[arg(long, value_name = "FILE")]
    certification_policy: Option<PathBuf>,
    /// A folder or a zip archive of advisories in the OSV format, to look dependencies up in.
    #[arg(long, value_name = "PATH")]
    advisories: Option<PathBuf>,
    /// An npm registry that is asked what it knows of dependencies, as `npm audit` does: `registry` for the one that npm is set to,
    /// `off`, or an address.
    #[arg(long, value_name = "WHICH", default_value = "registry")]
    npm_advisories: NpmAdvisories,
}

impl From<Standards> for StandardsOptions {
    fn from(flags: Standards) -> Self {
        Self {
            policy: flags.policy,
            certification_policy: flags.certification_policy,
            advisories: flags.advisories,
            advisories_url: None,
            npm_advisories: flags.npm_advisories,
        }
    }
}
