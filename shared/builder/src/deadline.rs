//! The deadline of a whole build: a build that keeps within the limit of each step could still occupy its place for an hour.

#![expect(clippy::disallowed_methods, reason = "the log is the platform's own")]

use std::fs::OpenOptions;
use std::io::Write;
use std::path::PathBuf;
use std::time::Duration;

use crate::BuildRequest;
use crate::build::{Built, build_archive};
use crate::error::{BuildError, BuildFailure, BuildFault, Step};
use crate::plan;
use crate::progress::{OnProgress, Progress};
use crate::tail::Tail;
use crate::toolchain::{Toolchain, blocking};

/// Builds as [`build_archive`] does. A build that takes longer than `limit` is stopped, with the command that it runs, and has failed.
///
/// # Errors
/// A verdict on the application, also for a build that took too long, or a fault of ours.
pub async fn build_archive_within(
    limit: Duration,
    archive: PathBuf,
    request: &BuildRequest,
    toolchain: &Toolchain,
    on_progress: OnProgress<'_>,
) -> Result<Built, BuildError> {
    let (mut step, mut tail) = (Step::Tools, Tail::default());
    let mut watched = |progress: Progress<'_>| {
        match &progress {
            Progress::Started(begun) => (step, tail) = (*begun, Tail::default()),
            Progress::Output(line) => tail.push(line),
            Progress::Note(_) | Progress::Ended(..) => {}
        }
        on_progress(progress);
    };
    // Dropping the build ends the command of its step.
    let build = build_archive(archive, request, toolchain, &mut watched);
    match tokio::time::timeout(limit, build).await {
        Ok(result) => result,
        Err(_) => Err(too_long(limit, request, toolchain, step, &tail).await?),
    }
}

async fn too_long(
    limit: Duration,
    request: &BuildRequest,
    toolchain: &Toolchain,
    step: Step,
    tail: &Tail,
) -> Result<BuildError, BuildFault> {
    let limit = in_words(limit);
    if step == Step::Tools {
        // Nothing of the application has run: the registry or the disk is slow.
        let cause = format!("it took longer than {limit}");
        return Err(BuildFault::new(
            "get Node.js and the package manager",
            cause,
        ));
    }
    let what = format!("the whole build took longer than {limit}, so this step was stopped.");
    let planned = request.clone();
    let plan = blocking("read the source", move || Ok(plan::plan(&planned))).await?;
    let plan = plan.map_err(|found| {
        BuildFault::new(
            "plan a source that was planned before",
            format!("{found:?}"),
        )
    })?;
    let log = toolchain.log(&plan.hash);
    let (path, line) = (log.clone(), format!("# step {step}: {what}"));
    blocking("write its log", move || {
        let mut log = OpenOptions::new().create(true).append(true).open(path)?;
        writeln!(log, "{line}")
    })
    .await?;
    Ok(BuildError::Verdict(Box::new(BuildFailure {
        application: request.application.clone(),
        step,
        what,
        exit: None,
        last_lines: tail.last(),
        remedy: format!(
            "Reduce the work of the install, the unit tests and the build script: all steps together may take {limit}. Remove commands that wait for something, such as input or a server: they never end in a build."
        ),
        log,
    })))
}

/// A limit as people say it: in minutes if it is a number of minutes.
fn in_words(limit: Duration) -> String {
    let seconds = limit.as_secs();
    if seconds > 60 && seconds.is_multiple_of(60) {
        format!("{} minutes", seconds / 60)
    } else {
        format!("{seconds} seconds")
    }
}
