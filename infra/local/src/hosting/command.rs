//! The command of an application and what it sees: its launch's variables and its artifact, nothing of the platform's.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::PathBuf;

use hosting::{Fault, Kind, Launch};
use sandbox::{Command, Limits, Network, Priority};

use super::Shared;
use super::artifacts::Tree;
use super::instance::Instance;
use super::options::NodeRuntime;
use super::process::RunFolder;

/// Memory of a service or event application (contract, section 10).
const MEMORY: u64 = 512 << 20;
/// Memory of a job (contract, section 10).
const MEMORY_JOB: u64 = 4 << 30;
/// Processes at once: a cluster of workers and helpers is fine, a fork bomb is not.
const PROCESSES: u32 = 128;
/// The largest file it may write: as much as its memory would hold in the original's file system.
const FILE_BYTES: u64 = 1 << 30;
/// What may lie in its temporary folder. In the original that is memory; here it is a disk that all share.
const DISK: u64 = 1 << 30;
/// Files and sockets that each of its processes may hold open: more than the connections that an application of this memory can serve. All its
/// processes together may hold twice as many.
const OPEN_FILES: u32 = 8 * 1024;

/// MiB of V8's heap where memory is [`MEMORY`]: in a container Node derives it from the container's memory, and collects garbage in time;
/// from the whole machine's it would derive more than the application may have.
const HEAP_MIB: u64 = 384;

/// Variables by name.
pub(crate) type Variables = BTreeMap<OsString, OsString>;

/// The command that starts an application.
pub(crate) fn application(
    shared: &Shared,
    instance: &Instance,
    tree: &Tree,
    folder: &RunFolder,
) -> Result<Command, Fault> {
    let node = node_of(tree)?;
    let launch = &instance.launch;
    let mut path = vec![shared.runtime.node_wrapper(node)?];
    path.extend(node.path.iter().map(|folder| tree.root.join(folder)));
    let mut variables = environment(launch, node, path, folder)?;
    variables
        .entry("NODE_ENV".into())
        .or_insert("production".into());
    let theirs = launch
        .environment
        .iter()
        .find(|(name, _)| name == "NODE_OPTIONS");
    let theirs = theirs.map_or("", |(_, value)| value.expose());
    let options = match launch.kind {
        Kind::Job => theirs.to_owned(),
        _ => format!("--max-old-space-size={HEAP_MIB} {theirs}"),
    };
    let mut set = |name: &str, value: OsString| variables.insert(name.into(), value);
    set("NODE_OPTIONS", shared.runtime.node_options(&options).into());
    set("SLIPWAY_PORTS", folder.ports().into());
    set("npm_lifecycle_event", "start".into());
    for (name, value) in [
        ("npm_package_name", &node.package_name),
        ("npm_package_version", &node.package_version),
    ] {
        if let Some(value) = value {
            set(name, value.into());
        }
    }
    let mut read = readable(node);
    read.push(tree.root.clone());
    read.push(shared.runtime.folder().to_owned());
    Ok(Command {
        program: "/bin/sh".into(),
        args: vec!["-c".into(), patient(&node.start).into()],
        env: variables.into_iter().collect(),
        cwd: tree.folder(),
        read,
        write: vec![folder.temporary(), folder.ports()],
        network: Network::Open,
        limits: limits(launch.kind),
        priority: Priority::Normal,
    })
}

/// The variables of a launch, and what every process needs beside them. `path` comes first in `PATH`, which no launch can set.
pub(crate) fn environment(
    launch: &Launch,
    node: &NodeRuntime,
    path: Vec<PathBuf>,
    folder: &RunFolder,
) -> Result<Variables, Fault> {
    let system = ["/usr/local/bin", "/usr/bin", "/bin"].map(PathBuf::from);
    let path = path.iter().chain(&node.commands).chain(&system);
    let path = std::env::join_paths(path)
        .map_err(|cause| Fault::because("a folder of the PATH has a colon in its name", cause))?;
    let temporary = folder.temporary().into_os_string();
    let mut variables = Variables::from([
        ("HOME".into(), temporary.clone()),
        ("TMPDIR".into(), temporary),
        ("LANG".into(), "C.UTF-8".into()),
    ]);
    let given = launch.environment.iter();
    variables.extend(given.map(|(name, value)| (name.into(), value.expose().into())));
    variables.insert("PATH".into(), path);
    Ok(variables)
}

/// The start command such that the application gets its SIGTERM and its grace: with it comes one to the shell, which would die at once,
/// and with the first process of a namespace die all others. A plain command takes the shell's place; for any other the shell waits, and
/// may then write `Terminated`.
fn patient(start: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b" _-./:@,+".contains(&byte);
    if start.bytes().all(plain) {
        format!("exec {start}")
    } else {
        format!("trap 'exit 143' TERM; {start}")
    }
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

/// What a process of this kind may use; scripts have more.
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
        disk_bytes: DISK,
        open_files: OPEN_FILES,
    }
}
