//! One process of an application: it reads its artifact, writes only into a folder of its own, and leaves nothing behind.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use hosting::{End, Fault};
use sandbox::{Exit, LimitHit, Running};
use tokio::task::JoinHandle;

use super::artifacts::Tree;
use super::instance::Instance;
use super::output::{self, Tail};
use super::{Shared, command};

/// A running process, its folder and its output.
pub(crate) struct Process {
    pub(crate) running: Running,
    tail: Tail,
    output: JoinHandle<()>,
    folder: RunFolder,
}

impl Process {
    /// Starts the instance's command.
    pub(crate) fn start(
        shared: &Arc<Shared>,
        instance: &Arc<Instance>,
        tree: &Tree,
    ) -> Result<Self, Fault> {
        let fault = |cause| Fault::because("the application's process could not be started", cause);
        let folder = RunFolder::new(&shared.options.runs())?;
        let mut running = command::application(shared, instance, tree, &folder)?
            .spawn()
            .map_err(fault)?;
        let tail = Tail::default();
        let mut lines = running.lines();
        let (kept, shared, instance) = (tail.clone(), shared.clone(), instance.clone());
        let output = tokio::spawn(async move {
            while let Some(line) = lines.recv().await {
                output::log(&shared, &instance.mask, &kept, &line).await;
            }
        });
        Ok(Self {
            running,
            tail,
            output,
            folder,
        })
    }

    /// The folder in which its ports are recorded.
    pub(crate) fn ports(&self) -> PathBuf {
        self.folder.ports()
    }

    /// Its last lines, once it has ended.
    pub(crate) async fn last_lines(self) -> Vec<String> {
        // The group is gone and its pipes closed, so this ends; a panic there would cost lines only.
        let _ = self.output.await;
        self.tail.lines()
    }
}

/// Removes the folders that the processes of a killed `slipway` left.
pub(crate) fn clear(runs: &Path) -> Result<(), Fault> {
    match std::fs::remove_dir_all(runs) {
        Ok(()) => {}
        Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => {}
        // An application may have taken away the permissions of a folder of its own: that must not keep `slipway` from starting.
        Err(cause) => {
            tracing::warn!(%cause, folder = %runs.display(), "folders of earlier processes could not be removed");
        }
    }
    std::fs::create_dir_all(runs)
        .map_err(|cause| Fault::because("the folder of running processes could not be made", cause))
}

/// What only this process may write to; removed with it.
pub(crate) struct RunFolder(tempfile::TempDir);

impl RunFolder {
    pub(crate) fn new(runs: &Path) -> Result<Self, Fault> {
        let folder = tempfile::Builder::new()
            .prefix("run-")
            .tempdir_in(runs)
            .and_then(|folder| {
                std::fs::create_dir(folder.path().join("tmp"))?;
                std::fs::create_dir(folder.path().join("ports"))?;
                Ok(folder)
            });
        Ok(Self(folder.map_err(|cause| {
            Fault::because("the process's folder could not be made", cause)
        })?))
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    pub(crate) fn temporary(&self) -> PathBuf {
        self.0.path().join("tmp")
    }

    pub(crate) fn ports(&self) -> PathBuf {
        self.0.path().join("ports")
    }
}

/// The sandbox's word for an end in the words of a verdict.
pub(crate) fn end_of(exit: Exit) -> End {
    match exit {
        Exit::Code(code) => End::Code(code),
        Exit::Signal(signal) => End::Signal(signal),
        Exit::Limit(LimitHit::Wall(limit)) => End::Time(limit),
        Exit::Limit(limit) => End::Limit(format!("it {limit}")),
    }
}
