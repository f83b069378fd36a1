//! One process of an application: it reads its artifact, writes only into a folder of its own, and leaves nothing behind.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use files::{Dir, TemporaryFolder};
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
    pub(crate) fn ports(&self) -> Arc<Dir> {
        self.folder.recorded.clone()
    }

    /// Its last lines, once it has ended.
    pub(crate) async fn last_lines(self) -> Vec<String> {
        // The group is gone and its pipes closed, so this ends; a panic there would cost lines only.
        let _ = self.output.await;
        self.tail.lines()
    }
}

/// Removes the folders that the processes of a killed `slipway` left, in the background.
pub(crate) fn clear(runs: &Path) -> Result<(), Fault> {
    std::fs::create_dir_all(runs)
        .and_then(|()| files::empty(runs))
        .map_err(|cause| Fault::because("the folder of running processes could not be made", cause))
}

/// The folders that only this process may write to, each a mount of its own in its sandbox; removed with it, in the background.
pub(crate) struct RunFolder {
    folder: TemporaryFolder,
    recorded: Arc<Dir>,
}

const TEMPORARY: &str = "tmp";
const PORTS: &str = "ports";
const TREE: &str = "tree";

impl RunFolder {
    pub(crate) fn new(runs: &Path) -> Result<Self, Fault> {
        let create = || {
            let folder = TemporaryFolder::create_in(runs, "run-")?;
            let writable = folder.dir().try_clone()?.owned_by(sandbox::owner());
            writable.create_dir_all(Path::new(TEMPORARY))?;
            let recorded = writable.create_dir_all(Path::new(PORTS))?;
            Ok(Self {
                folder,
                recorded: Arc::new(recorded),
            })
        };
        create().map_err(|cause: std::io::Error| {
            Fault::because("the process's folder could not be made", cause)
        })
    }

    /// Folder of the process's temporary files.
    pub(crate) fn temporary(&self) -> PathBuf {
        self.folder.path().join(TEMPORARY)
    }

    /// Folder in which it records its ports.
    pub(crate) fn ports(&self) -> PathBuf {
        self.folder.path().join(PORTS)
    }

    /// Folder of the copy of an artifact, once [`RunFolder::create_tree`] has made it.
    pub(crate) fn tree(&self) -> PathBuf {
        self.folder.path().join(TREE)
    }

    /// Creates the folder for a copy of an artifact.
    pub(crate) fn create_tree(&self) -> std::io::Result<Dir> {
        let writable = self.folder.dir().try_clone()?;
        writable
            .owned_by(sandbox::owner())
            .create_dir_all(Path::new(TREE))
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
