//! What a build made becomes an artifact: an archive and its manifest, complete or not there at all.

#![expect(
    clippy::disallowed_methods,
    reason = "the files that are named by a path here are the platform's own"
)]

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Instant;

use files::Kind;

use crate::build::Built;
use crate::error::{BuildError, BuildFault, Step};
use crate::limits::ARTIFACT_BYTES;
use crate::manifest::Manifest;
use crate::pack::{self, PackError, Packed};
use crate::plan::Plan;
use crate::progress::{OnProgress, Progress};
use crate::room::Room;
use crate::toolchain::{Toolchain, blocking};
use crate::{BuildKind, VERSION};

/// The artifact, if it was built before.
pub(crate) fn earlier(toolchain: &Toolchain, plan: &Plan) -> Option<Built> {
    let archive = toolchain.archive(&plan.hash);
    if !archive.is_file() {
        return None;
    }
    let manifest = fs::read(manifest_of(&archive)).ok()?;
    Some(Built {
        manifest: serde_json::from_slice(&manifest).ok()?,
        log: toolchain.log(&plan.hash),
        reused: true,
        archive,
    })
}

/// `{hash}.json` beside `{hash}.tar.gz`.
fn manifest_of(archive: &Path) -> PathBuf {
    archive.with_extension("").with_extension("json")
}

/// Packs the result and stores it under its address.
pub(crate) async fn pack(
    room: &mut Room<'_>,
    plan: &Plan,
    toolchain: &Toolchain,
    pruned: bool,
    on_progress: OnProgress<'_>,
) -> Result<Built, BuildError> {
    on_progress(Progress::Started(Step::Pack));
    let since = Instant::now();
    room.open_folder(Step::Pack, Path::new(plan.application.as_str()))?;
    let root = room.open_folder(Step::Pack, &result_folder(room, plan)?)?;
    let archive = toolchain.archive(&plan.hash);
    let partial = archive.with_extension("partial");
    let to = partial.clone();
    let packed = blocking("pack the result", move || Ok(pack::pack(&root, &to))).await?;
    let packed = packed.map_err(|error| match error {
        PackError::Io(error) => BuildFault::new("pack the result", error).into(),
        PackError::Unusable(what) => room.verdict(
            Step::Pack,
            format!("what the build left cannot be packed: {what}."),
            None,
            Vec::new(),
            "Let the scripts leave files that can be read, and as many of them as an application needs.".to_owned(),
        ),
        PackError::TooLarge { .. } => room.verdict(
            Step::Pack,
            format!("{error}."),
            None,
            Vec::new(),
            format!(
                "Leave out what is not needed at run time; an artifact may have {} MiB.",
                ARTIFACT_BYTES >> 20
            ),
        ),
    })?;
    for link in &packed.left_out {
        room.note(&format!(
            "# left out the link {}, which leads out of the artifact",
            link.display()
        ))?;
    }
    room.ended(Step::Pack, since, on_progress);
    let manifest = manifest(room, plan, &packed, &partial, pruned);
    let stored = store(&manifest, &partial, &archive);
    stored.map_err(|error| BuildFault::new("store the result", error))?;
    let log = toolchain.log(&plan.hash);
    Ok(Built {
        archive,
        manifest,
        log,
        reused: false,
    })
}

/// The folder whose content is the artifact: for static files what the build made, else everything that it ran among.
fn result_folder(room: &Room<'_>, plan: &Plan) -> Result<PathBuf, BuildError> {
    let folder = Path::new(plan.application.as_str());
    match (plan.kind, plan.work.build_script) {
        (BuildKind::Dynamic, _) => Ok(PathBuf::new()),
        (BuildKind::Static, None) => Ok(folder.to_path_buf()),
        (BuildKind::Static, Some(script)) => {
            let made = ["public", "build", "dist"].map(|name| folder.join(name));
            let is_source = |path: &&PathBuf| {
                plan.work
                    .inputs
                    .entries
                    .iter()
                    .any(|e| e.path.starts_with(path))
            };
            let (old, new): (Vec<_>, Vec<_>) = made
                .iter()
                .filter(|path| room.source().kind(path) == Some(Kind::Folder))
                .partition(is_source);
            new.into_iter().chain(old).next().cloned().ok_or_else(|| {
                room.verdict(
                    Step::Pack,
                    format!("the script `{script}` made none of the folders `public`, `build` and `dist`."),
                    None,
                    Vec::new(),
                    "Let the build write what is to be served into one of them.".to_owned(),
                )
            })
        }
    }
}

fn manifest(
    room: &Room<'_>,
    plan: &Plan,
    packed: &Packed,
    archive: &Path,
    pruned: bool,
) -> Manifest {
    let folder = match plan.kind {
        BuildKind::Dynamic => plan.application.as_str(),
        BuildKind::Static => "",
    };
    let path = match (plan.kind, plan.work.install_folder.as_os_str().is_empty()) {
        (BuildKind::Static, _) => Vec::new(),
        (BuildKind::Dynamic, false) => vec![format!("{folder}/node_modules/.bin")],
        (BuildKind::Dynamic, true) => vec![
            format!("{folder}/node_modules/.bin"),
            "node_modules/.bin".to_owned(),
        ],
    };
    Manifest {
        hash: plan.hash.clone(),
        builder: VERSION.to_owned(),
        application: plan.application.clone(),
        kind: plan.kind,
        node: plan.node.clone(),
        manager: plan.manager.clone(),
        package_name: plan.package.0.clone(),
        package_version: plan.package.1.clone(),
        folder: folder.to_owned(),
        start: plan.start.clone(),
        path,
        pruned,
        archive_bytes: fs::metadata(archive).map_or(0, |metadata| metadata.len()),
        unpacked_bytes: packed.bytes,
        entries: packed.entries,
        steps: room.steps.clone(),
    }
}

/// Puts the archive in its place after its manifest: where the archive is, the manifest is too.
fn store(manifest: &Manifest, partial: &Path, archive: &Path) -> io::Result<()> {
    fs::write(manifest_of(archive), serde_json::to_vec_pretty(manifest)?)?;
    fs::rename(partial, archive)
}
