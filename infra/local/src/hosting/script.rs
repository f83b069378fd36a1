//! A script runs in a copy of the artifact that is its own: it may install, build and write there, and nothing of it stays.

use std::path::PathBuf;

use builder::limits::SOURCE;
use files::Dir;
use hosting::logs::LineMask;
use hosting::{Fault, Launch, ScriptOutcome};
use sandbox::{Command, Limits, Network, Priority};

use super::Shared;
use super::command::{environment, limits, node_of, readable};
use super::output::{self, Tail};
use super::process::{RunFolder, end_of};

/// Memory of a script's processes: `npm install && npm run build` is the common one.
const MEMORY: u64 = 4 << 30;
/// Processes of a script: package managers start one per core and package.
const PROCESSES: u32 = 512;
/// What may lie in a script's folder, the copy of the artifact among it: as much as a build may have.
const DISK: u64 = builder::limits::STEP_DISK_BYTES;
/// Bytes that a script may write to its output.
const OUTPUT_BYTES: u64 = 16 << 20;

/// [`hosting::Hosting::run_script`].
pub(crate) async fn run(
    shared: &Shared,
    launch: &Launch,
    script: &str,
) -> Result<ScriptOutcome, Fault> {
    let tree = shared.artifacts.tree(&launch.artifact).await?;
    let node = node_of(&tree)?;
    let folder = RunFolder::new(&shared.options.runs())?;
    copied(tree.root.clone(), &folder).await?;
    let copy = folder.tree();
    let path = node.path.iter().map(|folder| copy.join(folder)).collect();
    let variables = environment(launch, node, path, &folder)?;
    let command = Command {
        program: "/bin/sh".into(),
        args: vec!["-c".into(), script.into()],
        env: variables.into_iter().collect(),
        cwd: copy.join(&tree.layout.folder),
        read: readable(node),
        write: vec![folder.tree(), folder.temporary()],
        network: Network::Open,
        limits: Limits {
            wall: Some(shared.options.timing.script),
            memory_bytes: MEMORY,
            processes: PROCESSES,
            output_bytes: Some(OUTPUT_BYTES),
            disk_bytes: DISK,
            ..limits(launch.kind)
        },
        priority: Priority::Normal,
    };
    let ended = logged(shared, launch, command);
    let stopped = || Fault::new("the script was stopped, as the hosting shuts down");
    shared
        .root
        .run_until_cancelled(ended)
        .await
        .ok_or_else(stopped)?
}

/// Runs the command with its output in the log.
async fn logged(
    shared: &Shared,
    launch: &Launch,
    command: Command,
) -> Result<ScriptOutcome, Fault> {
    let (mask, tail) = (LineMask::new(launch), Tail::default());
    let mut running = command
        .spawn()
        .map_err(|cause| Fault::because("the script could not be started", cause))?;
    let mut lines = running.lines();
    let log = async {
        while let Some(line) = lines.recv().await {
            output::log(shared, &mask, &tail, &line).await;
        }
    };
    let (exit, ()) = tokio::join!(running.wait(), log);
    Ok(ScriptOutcome {
        end: end_of(exit),
        last_lines: tail.lines(),
    })
}

async fn copied(from: PathBuf, folder: &RunFolder) -> Result<(), Fault> {
    let fault = "the artifact could not be copied for the script";
    let to = folder
        .create_tree()
        .map_err(|cause| Fault::because(fault, cause))?;
    let copy = move || files::copy_tree(&Dir::open(&from)?, &to, SOURCE);
    tokio::task::spawn_blocking(copy)
        .await
        .map_err(|cause| Fault::because(fault, cause))?
        .map_err(|cause| Fault::because(fault, cause))
}
