//! One process of an application: it reads its artifact, writes only into a folder of its own, and leaves nothing behind.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use hosting::{End, Fault, Kind, Launch};
use sandbox::{Command, Exit, LimitHit, Limits, Network, Running};
use tokio::task::JoinHandle;

use super::Shared;
use super::artifacts::Tree;
use super::instance::Instance;
use super::options::NodeRuntime;
use super::output::{self, Tail};

/// Memory of a service or event application (contract, section 10).
const MEMORY: u64 = 512 << 20;
/// Memory of a job (contract, section 10).
const MEMORY_JOB: u64 = 4 << 30;
/// Processes at once: a cluster of workers and helpers is fine, a fork bomb is not.
const PROCESSES: u32 = 128;
/// The largest file it may write: as much as its memory would hold in the original's file system.
const FILE_BYTES: u64 = 1 << 30;
/// Files and sockets that each of its processes may hold open.
const OPEN_FILES: u32 = 16 * 1024;

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
        let mut running = command(shared, instance, tree, &folder)?
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

/// The environment of a launch and what a process needs beside it; of two variables of one name the last counts.
pub(crate) fn environment(
    launch: &Launch,
    folder: &RunFolder,
    path: &[PathBuf],
) -> Result<Vec<(OsString, OsString)>, Fault> {
    let system = ["/usr/local/bin", "/usr/bin", "/bin"].map(PathBuf::from);
    let path = std::env::join_paths(path.iter().chain(&system))
        .map_err(|cause| Fault::because("a folder of the PATH has a colon in its name", cause))?;
    let temporary = folder.temporary().into_os_string();
    let mut variables = vec![
        ("PATH".into(), path),
        ("HOME".into(), temporary.clone()),
        ("TMPDIR".into(), temporary),
        ("LANG".into(), "C.UTF-8".into()),
        ("NODE_ENV".into(), "production".into()),
    ];
    let given = &launch.environment;
    variables.retain(|(name, _): &(OsString, OsString)| {
        *name == *"PATH" || !given.iter().any(|(theirs, _)| *name == **theirs)
    });
    let given = given.iter().filter(|(name, _)| name != "PATH");
    variables.extend(given.map(|(name, value)| (name.into(), value.expose().into())));
    Ok(variables)
}

fn command(
    shared: &Shared,
    instance: &Instance,
    tree: &Tree,
    folder: &RunFolder,
) -> Result<Command, Fault> {
    let node = node_of(tree)?;
    let mut path = vec![shared.runtime.node_wrapper(node)?];
    path.extend(node.path.iter().map(|folder| tree.root.join(folder)));
    path.extend(node.commands.iter().cloned());
    let mut env = environment(&instance.launch, folder, &path)?;
    let theirs = |name: &str| {
        instance
            .launch
            .environment
            .iter()
            .find(|(given, _)| given == name)
            .map(|(_, value)| value)
    };
    let options = shared
        .runtime
        .node_options(theirs("NODE_OPTIONS").map(|value| value.expose()));
    env.retain(|(name, _)| *name != *"NODE_OPTIONS");
    env.push(("NODE_OPTIONS".into(), options.into()));
    env.push(("SLIPWAY_PORTS".into(), folder.ports().into()));
    env.push(("npm_lifecycle_event".into(), "start".into()));
    for (name, value) in [
        ("npm_package_name", &node.package_name),
        ("npm_package_version", &node.package_version),
    ] {
        env.extend(value.as_ref().map(|value| (name.into(), value.into())));
    }
    let mut read = readable(node);
    read.push(tree.root.clone());
    read.push(shared.runtime.folder().to_owned());
    Ok(Command {
        program: "/bin/sh".into(),
        args: vec!["-c".into(), node.start.clone().into()],
        env,
        cwd: tree.folder(),
        read,
        write: vec![folder.path().to_owned()],
        network: Network::Open,
        limits: limits(instance.launch.kind),
    })
}

/// How the tree's application runs.
pub(crate) fn node_of(tree: &Tree) -> Result<&NodeRuntime, Fault> {
    let missing =
        || Fault::new("the artifact was not built to run: its manifest has no start command");
    tree.layout.node.as_ref().ok_or_else(missing)
}

/// The system's programs and Node.
pub(crate) fn readable(node: &NodeRuntime) -> Vec<PathBuf> {
    let mut read = sandbox::system_read_paths();
    read.extend(node.commands.iter().chain(&node.read).cloned());
    read
}

/// What a process of this kind may use; scripts have their own wall time and output on top.
pub(crate) fn limits(kind: Kind) -> Limits {
    Limits {
        wall: None,
        memory_bytes: if kind == Kind::Job {
            MEMORY_JOB
        } else {
            MEMORY
        },
        processes: PROCESSES,
        output_bytes: None,
        file_bytes: FILE_BYTES,
        open_files: OPEN_FILES,
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
