//! While the platform runs, its data folder says where it listens and with which token its operator is let in, to its owner only.

use std::fs::OpenOptions;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use anyhow::Context;
use secrets::Secret;
use serde::{Deserialize, Serialize};

const NAME: &str = "operator.json";

/// Where the platform that has the data folder open is reached.
#[derive(Serialize, Deserialize)]
pub(crate) struct Running {
    /// Its base URL.
    pub(crate) url: String,
    /// The operator's token, good until it stops.
    pub(crate) token: String,
}

/// The file, as long as the platform runs.
pub(crate) struct OperatorFile(PathBuf);

impl OperatorFile {
    /// Writes it anew.
    ///
    /// # Errors
    /// The data folder cannot be written to.
    pub(crate) fn write(data: &Path, url: &str, token: &Secret) -> anyhow::Result<Self> {
        let path = data.join(NAME);
        let draft = data.join("operator.json.new");
        let running = Running {
            url: url.to_owned(),
            token: token.expose().to_owned(),
        };
        let cannot = || format!("The file {} cannot be written", path.display());
        let mut file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&draft)
            .with_context(cannot)?;
        file.write_all(serde_json::to_string(&running)?.as_bytes())
            .with_context(cannot)?;
        std::fs::rename(&draft, &path).with_context(cannot)?;
        Ok(Self(path))
    }

    /// What it says; none where no platform has run, or it stopped cleanly.
    #[must_use]
    pub(crate) fn read(data: &Path) -> Option<Running> {
        serde_json::from_str(&std::fs::read_to_string(data.join(NAME)).ok()?).ok()
    }

    /// Removes it: the token is of no use any more.
    pub(crate) fn remove(self) {
        if let Err(error) = std::fs::remove_file(&self.0) {
            tracing::debug!(%error, "the operator's file is gone already");
        }
    }
}
