//! The working copy takes the place of artifacts: what the hosting takes for an unpacked one is a link to it, so that nothing is copied.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use domain::names::ArtifactHash;
use hosting::Fault;

use crate::hosting::{Artifacts, Layout};

/// The layouts of its applications, by the address that their files would have.
pub(super) struct WorkingCopy {
    root: PathBuf,
    layouts: Mutex<HashMap<ArtifactHash, Layout>>,
}

impl WorkingCopy {
    pub(super) fn new(root: &Path) -> Self {
        Self {
            root: root.to_owned(),
            layouts: Mutex::default(),
        }
    }

    /// Says how the application with these files runs.
    pub(super) fn lay_out(&self, hash: &ArtifactHash, layout: Layout) {
        let mut layouts = self.layouts.lock().unwrap_or_else(PoisonError::into_inner);
        layouts.insert(hash.clone(), layout);
    }
}

#[async_trait]
impl Artifacts for WorkingCopy {
    async fn unpack(&self, _: &ArtifactHash, into: &Path) -> Result<(), Fault> {
        std::os::unix::fs::symlink(&self.root, into)
            .map_err(|cause| Fault::because("the working copy could not be linked", cause))
    }

    async fn layout(&self, artifact: &ArtifactHash) -> Result<Layout, Fault> {
        let layouts = self.layouts.lock().unwrap_or_else(PoisonError::into_inner);
        let layout = layouts.get(artifact).cloned();
        layout.ok_or_else(|| Fault::new(format!("nothing in the working copy is {artifact}")))
    }
}
