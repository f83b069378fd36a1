//! Artifacts come to the hosting out of the blobs, with the Node release that their manifest names.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use blobs::{Blobs, keys};
use builder::{Manifest, Toolchain};
use domain::names::ArtifactHash;
use files::TemporaryFolder;
use hosting::Fault;

use crate::hosting::{Artifacts, Layout, NodeRuntime};

/// Artifacts of the bucket.
pub(crate) struct StoredArtifacts {
    blobs: Blobs,
    toolchain: Arc<Toolchain>,
    scratch: PathBuf,
}

impl StoredArtifacts {
    /// Artifacts of a bucket, with the tool chain that builds use too.
    #[must_use]
    pub(crate) fn new(blobs: Blobs, toolchain: Arc<Toolchain>, scratch: PathBuf) -> Self {
        Self {
            blobs,
            toolchain,
            scratch,
        }
    }
}

#[async_trait]
impl Artifacts for StoredArtifacts {
    async fn unpack(&self, artifact: &ArtifactHash, into: &Path) -> Result<(), Fault> {
        let fault = |cause: Box<dyn std::error::Error + Send + Sync>| {
            Fault::because(format!("the artifact {artifact} cannot be unpacked"), cause)
        };
        let folder = TemporaryFolder::create_in(&self.scratch, "artifact-")
            .map_err(|error| fault(error.into()))?;
        let archive = folder.path().join("artifact.tar.gz");
        let key = keys::artifact(artifact);
        if !self
            .blobs
            .get_file(&key, &archive)
            .await
            .map_err(|error| fault(error.into()))?
        {
            return Err(Fault::new(format!("the artifact {artifact} is not stored")));
        }
        let into = into.to_owned();
        let unpacked = tokio::task::spawn_blocking(move || builder::unpack(&archive, &into)).await;
        unpacked
            .map_err(|error| fault(error.into()))?
            .map_err(|error| fault(error.into()))
    }

    async fn layout(&self, artifact: &ArtifactHash) -> Result<Layout, Fault> {
        let fault = |cause: Box<dyn std::error::Error + Send + Sync>| {
            Fault::because(format!("the artifact {artifact} cannot be laid out"), cause)
        };
        let manifest = self.blobs.get_json(&keys::manifest(artifact)).await;
        let manifest: Option<Manifest> = manifest.map_err(|error| fault(error.into()))?;
        let manifest =
            manifest.ok_or_else(|| Fault::new(format!("the artifact {artifact} is not stored")))?;
        let mut layout = Layout {
            folder: PathBuf::from(&manifest.folder),
            node: None,
        };
        if let Some(start) = manifest.start {
            let node = manifest.node.at_run_time();
            let tools = self
                .toolchain
                .tools(&node, manifest.manager.as_ref(), &mut |progress| {
                    tracing::debug!(?progress, "fetching Node")
                })
                .await
                .map_err(|error| fault(error.into()))?;
            layout.node = Some(NodeRuntime {
                start,
                path: manifest.path.into_iter().map(PathBuf::from).collect(),
                commands: tools.path,
                read: tools.read,
                package_name: manifest.package_name,
                package_version: manifest.package_version,
            });
        }
        Ok(layout)
    }
}
