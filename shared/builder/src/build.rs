//! A build is a plan carried out: install, test, build, prune, pack. What has an address already is not built again.

#![expect(
    clippy::disallowed_methods,
    reason = "the files that are named by a path here are the platform's own"
)]

use std::path::PathBuf;
use std::time::Instant;

use files::{Dir, Entry};

use crate::commands;
use crate::error::{BuildError, BuildFailure, BuildFault, Step};
use crate::finish;
use crate::manager::{ManagerKind, PackageManager};
use crate::manifest::Manifest;
use crate::plan::{self, Plan};
use crate::progress::{OnProgress, Progress};
use crate::registry::NpmError;
use crate::room::Room;
use crate::toolchain::{Toolchain, Tools, blocking};
use crate::{BuildKind, BuildRequest, VERSION, extract, pack, trees};

/// An artifact in the toolchain's folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Built {
    /// A tar.gz, for [`crate::unpack`].
    pub archive: PathBuf,
    /// What it is.
    pub manifest: Manifest,
    /// The output of all steps.
    pub log: PathBuf,
    /// Whether it was there before.
    pub reused: bool,
}

/// Unpacks the archive of a repository where the request has its tree, and builds the application.
///
/// # Errors
/// A verdict on the application, or a fault of ours.
pub async fn build_archive(
    archive: PathBuf,
    request: &BuildRequest,
    toolchain: &Toolchain,
    on_progress: OnProgress<'_>,
) -> Result<Built, BuildError> {
    let planned = request.clone();
    let plan = blocking("read the source", move || {
        let unpacked = extract::unpack(&archive, &planned.tree).map_err(std::io::Error::other);
        unpacked.map(|()| plan::plan(&planned))
    })
    .await?;
    let plan = plan.map_err(|found| {
        BuildFault::new(
            "plan a source that was planned before",
            format!("{found:?}"),
        )
    })?;
    build(request, &plan, toolchain, on_progress).await
}

/// Builds what `plan` says, unless it was built before.
///
/// # Errors
/// A verdict on the application, or a fault of ours.
pub async fn build(
    request: &BuildRequest,
    plan: &Plan,
    toolchain: &Toolchain,
    on_progress: OnProgress<'_>,
) -> Result<Built, BuildError> {
    let _lock = toolchain.lock(plan.hash.as_str()).await?;
    if let Some(built) = finish::earlier(toolchain, plan) {
        return Ok(built);
    }
    let mut room = enter(request, plan, toolchain, on_progress).await?;
    let mut pruned = false;
    if let Some(manager) = &plan.manager {
        install(&mut room, request, plan, manager, toolchain, on_progress).await?;
        test(&mut room, plan, on_progress).await?;
        compile(&mut room, plan, on_progress).await?;
        pruned = prune(&mut room, plan, manager, on_progress).await?;
    } else {
        copy(&room, &plan.work.inputs.entries, request).await?;
    }
    finish::pack(&mut room, plan, toolchain, pruned, on_progress).await
}

async fn enter<'a>(
    request: &'a BuildRequest,
    plan: &'a Plan,
    toolchain: &Toolchain,
    on_progress: OnProgress<'_>,
) -> Result<Room<'a>, BuildError> {
    let since = Instant::now();
    let tools = match &plan.manager {
        Some(manager) => toolchain
            .find(&plan.node, Some(manager), on_progress)
            .await
            .map_err(|error| no_tools(error, plan, manager, toolchain))?,
        None => Tools::default(),
    };
    let environment = match plan.kind {
        BuildKind::Static => request.environment.as_slice(),
        BuildKind::Dynamic => &[],
    };
    let mut room = Room::new(toolchain, plan, tools, environment)
        .map_err(|error| BuildFault::new("make a folder for the build", error))?;
    room.ended(Step::Tools, since, on_progress);
    Ok(room)
}

/// A version that does not exist is the application's failure; everything else is ours.
fn no_tools(
    error: NpmError,
    plan: &Plan,
    manager: &PackageManager,
    toolchain: &Toolchain,
) -> BuildError {
    if !matches!(error, NpmError::NotFound) {
        return error.into_fault().into();
    }
    let (what, log) = (
        format!("the npm registry has no {manager}."),
        toolchain.log(&plan.hash),
    );
    if let Err(error) = std::fs::write(&log, &what) {
        return BuildFault::new("write its log", error).into();
    }
    BuildError::Verdict(Box::new(BuildFailure {
        application: plan.application.clone(),
        step: Step::Tools,
        what,
        exit: None,
        last_lines: Vec::new(),
        remedy: "Correct `packageManager` in the package.json.".to_owned(),
        log,
    }))
}

async fn copy(
    room: &Room<'_>,
    entries: &[Entry],
    request: &BuildRequest,
) -> Result<(), BuildError> {
    let (entries, from, to) = (entries.to_vec(), request.tree.clone(), source(room)?);
    let copied = blocking("copy the repository", move || {
        let from = Dir::open(&from)?;
        Ok(files::copy_entries(&entries, &from, &to))
    })
    .await?;
    copied.map_err(|error| {
        if !pack::is_of_the_build(&error) {
            return BuildFault::new("copy the repository", error).into();
        }
        // An install put something else in the place of a folder that the repository has.
        room.verdict(
            Step::Install,
            format!("the install replaced a folder of the repository: {error}."),
            None,
            Vec::new(),
            "Let install scripts leave the folders and files of the repository in their places."
                .to_owned(),
        )
    })
}

/// A handle of the working copy for work beside the async runtime.
fn source(room: &Room<'_>) -> Result<Dir, BuildFault> {
    let handle = room.source().try_clone();
    handle.map_err(|error| BuildFault::new("open the working copy", error))
}

/// Installs among nothing but the files that an install reads, so that a tree with the same key is the same; the rest follows.
async fn install(
    room: &mut Room<'_>,
    request: &BuildRequest,
    plan: &Plan,
    manager: &PackageManager,
    toolchain: &Toolchain,
    on_progress: OnProgress<'_>,
) -> Result<(), BuildError> {
    let since = Instant::now();
    let key = tree_key(request, plan, manager)?;
    let (all, to) = (toolchain.trees(), source(room)?);
    let kept = key.clone();
    let restored = blocking("restore the dependencies", move || match kept {
        Some(key) => trees::restore(&all, &key, &to),
        None => Ok(false),
    })
    .await?;
    if restored {
        on_progress(Progress::Note(
            "the dependencies are unchanged since an earlier build",
        ));
        room.note("# the dependencies are unchanged since an earlier build\n")?;
        room.ended(Step::Install, since, on_progress);
    } else {
        copy(room, &plan.work.install_inputs.entries, request).await?;
        room.run(
            Step::Install,
            &commands::install(plan, manager),
            on_progress,
        )
        .await?;
        let (all, from) = (toolchain.trees(), source(room)?);
        if let Some(key) = key {
            blocking("keep the dependencies", move || {
                trees::keep(&all, &key, &from)
            })
            .await?;
        }
    }
    let early = &plan.work.install_inputs.entries;
    let is_there = |entry: &&Entry| early.binary_search_by(|e| e.path.cmp(&entry.path)).is_ok();
    let rest: Vec<_> = plan
        .work
        .inputs
        .entries
        .iter()
        .filter(|e| !is_there(e))
        .cloned()
        .collect();
    copy(room, &rest, request).await
}

/// The key of the dependency tree; `None` where none is kept.
fn tree_key(
    request: &BuildRequest,
    plan: &Plan,
    manager: &PackageManager,
) -> Result<Option<String>, BuildFault> {
    if manager.kind != ManagerKind::Npm || !plan.work.has_lockfile {
        return Ok(None);
    }
    let platform = [std::env::consts::OS, std::env::consts::ARCH];
    let (manager, folder) = (
        manager.to_string(),
        plan.work.install_folder.to_string_lossy(),
    );
    let head = [
        VERSION,
        platform[0],
        platform[1],
        plan.node.as_str(),
        &manager,
        &folder,
        plan.application.as_str(),
    ];
    let key = plan.work.install_inputs.hash(&request.tree, &head);
    key.map(|key| Some(key.to_string()))
        .map_err(|error| BuildFault::new("read the repository", error))
}

async fn test(
    room: &mut Room<'_>,
    plan: &Plan,
    on_progress: OnProgress<'_>,
) -> Result<(), BuildError> {
    if plan.work.has_test {
        room.run(Step::Test, &commands::script(plan, "test"), on_progress)
            .await?;
    }
    Ok(())
}

async fn compile(
    room: &mut Room<'_>,
    plan: &Plan,
    on_progress: OnProgress<'_>,
) -> Result<(), BuildError> {
    if let Some(script) = plan.work.build_script {
        room.run(Step::Build, &commands::script(plan, script), on_progress)
            .await?;
    }
    Ok(())
}

/// Removes what only development needs. A manager that cannot do so offline leaves a larger artifact, which works all the same.
async fn prune(
    room: &mut Room<'_>,
    plan: &Plan,
    manager: &PackageManager,
    on_progress: OnProgress<'_>,
) -> Result<bool, BuildError> {
    let Some(invocation) =
        commands::prune(plan, manager).filter(|_| plan.kind == BuildKind::Dynamic)
    else {
        return Ok(false);
    };
    match room.run(Step::Prune, &invocation, on_progress).await {
        Ok(()) => Ok(true),
        Err(BuildError::Verdict(_)) => {
            on_progress(Progress::Note(
                "the dependencies of development could not be removed and stay",
            ));
            Ok(false)
        }
        Err(fault) => Err(fault),
    }
}
