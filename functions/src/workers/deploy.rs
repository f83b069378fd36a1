//! `deploy`: a revision starts beside the one that serves, and takes its place only when it is healthy and its scripts have run
//! (contract, section 16; design, "From a tag to a running application"). Schedules change first, then the routes, then the transaction
//! that ends the run makes both final; only after it, the revision before stops. Whatever fails sooner is undone (`undo`).

use std::sync::Arc;

use domain::deployment::{DeploymentRecord, RevisionRecord};
use domain::lifecycle::deployment::{Effect, Event};
use domain::limits;
use domain::report::{EntryType, ReportEntry};
use domain::run::Run;
use futures_util::future::join_all;
use hosting::StartError;
use store::rows::{ApplicationRow, Message};
use store::{Commit, keys};
use work::{Fault, Verdict};

use crate::deployments::show;
use crate::platform::Platform;
use crate::workers::drive::{Progress, drive, step};
use crate::workers::launches::{Prepared, prepare};
use crate::workers::restore::{bring_back, serving_revision};
use crate::workers::sites::Sites;
use crate::workers::undo::{SWITCH, retire, undo};
use crate::workers::{places, schedules, sites};

/// Drives a deploy run.
///
/// # Errors
/// A fault of ours; the message comes again.
pub async fn handle(platform: Arc<Platform>, message: Message) -> Result<(), Fault> {
    let Message::Deploy { run } = message else {
        return Err(Fault(format!("{message:?} is not for the deploy worker")));
    };
    drive(platform.clone(), run, message, |platform, run| {
        Box::pin(deploy(platform, run))
    })
    .await?;
    retire(&platform, run).await
}

async fn deploy(platform: &Arc<Platform>, run: &mut Run) -> Result<Progress, Fault> {
    let record: Option<DeploymentRecord> = platform
        .desk
        .store
        .get(&keys::deployment(run.subject))
        .await?;
    let Some(record) = record.filter(|record| record.run == Some(run.id)) else {
        return Ok(Progress::Ended(Verdict {
            passed: false,
            entries: Vec::new(),
        }));
    };
    let record = places::take(platform, record).await?;
    let mut prepared = prepare(platform, &record, &record.target, record.revision).await?;
    let before = serving_revision(platform, &record).await?;
    // The platform may have been killed since the run began.
    if let Some(before) = &before {
        bring_back(platform, &record, before).await;
    }
    let mut entries = match sites::compile(platform, run, &record, &mut prepared).await? {
        Sites::Ended(entries) => {
            run.entries.clone_from(&entries);
            entries
        }
        Sites::Waiting(entries) => {
            // For the report of a Deployment that is read in the meantime.
            run.entries = entries;
            step(platform, run, "build").await?;
            return Ok(Progress::Waiting);
        }
    };
    entries.extend(schedules::refused(platform, &record));
    if !failed(&entries) {
        step(platform, run, "start").await?;
        entries.extend(start(platform, &prepared).await?);
    }
    if !failed(&entries) && !record.skip_scripts {
        step(platform, run, "postDeploy").await?;
        entries.extend(scripts(platform, &prepared).await?);
    }
    let passed = !failed(&entries);
    if passed {
        step(platform, run, SWITCH).await?;
        let old = before.as_ref().map(|before| &before.target);
        schedules::change(platform, &record, old, Some(&record.target)).await?;
        platform
            .hosting
            .switch(record.deployment.id, record.revision)
            .await
            .map_err(Fault::of)?;
    } else {
        undo(platform, run, &record, before.as_ref()).await?;
    }
    Ok(Progress::Ended(Verdict { passed, entries }))
}

fn failed(entries: &[ReportEntry]) -> bool {
    entries.iter().any(|entry| entry.kind == EntryType::Error)
}

/// Starts every application at once.
async fn start(platform: &Platform, prepared: &[Prepared]) -> Result<Vec<ReportEntry>, Fault> {
    let started = join_all(
        prepared
            .iter()
            .map(|one| platform.hosting.start(&one.launch)),
    )
    .await;
    let mut entries = Vec::new();
    for (one, result) in prepared.iter().zip(started) {
        let now = platform.desk.clock.now();
        let entry = |kind, title: &str| {
            ReportEntry::new(kind, title, now).application(&one.application.name)
        };
        entries.push(match result {
            Ok(()) => entry(EntryType::Information, "Application started"),
            Err(StartError::Verdict(failure)) => {
                entry(EntryType::Error, &failure.title).message(&failure.message)
            }
            Err(StartError::Fault(fault)) => return Err(Fault::of(fault)),
        });
    }
    Ok(entries)
}

/// Runs postDeploy of each application, one after the other, to the first that fails.
async fn scripts(platform: &Platform, prepared: &[Prepared]) -> Result<Vec<ReportEntry>, Fault> {
    let mut entries = Vec::new();
    for one in prepared {
        if let Some(script) = &one.application.scripts.post_deploy {
            let entry = script_entry(platform, one, "postDeploy", script).await?;
            let failed = entry.kind == EntryType::Error;
            entries.push(entry);
            if failed {
                break;
            }
        }
    }
    Ok(entries)
}

/// Runs a script and tells how it ended.
pub(crate) async fn script_entry(
    platform: &Platform,
    one: &Prepared,
    name: &str,
    script: &str,
) -> Result<ReportEntry, Fault> {
    if !one.launch.kind.is_dynamic() {
        let title = format!("Skipped the '{name}' script");
        let message = "This application is files that are served: nothing of it runs, also no script. Move the script to a service, event or job of the same connect.yaml.";
        let now = platform.desk.clock.now();
        let entry = ReportEntry::new(EntryType::Warning, title, now).message(message);
        return Ok(entry.application(&one.application.name));
    }
    let outcome = platform
        .hosting
        .run_script(&one.launch, script)
        .await
        .map_err(Fault::of)?;
    let now = platform.desk.clock.now();
    let entry = match outcome.failure() {
        None => ReportEntry::new(
            EntryType::Information,
            format!("Executed the '{name}' script"),
            now,
        ),
        Some(message) => {
            let title = format!("Failed during the execution of '{name}' script");
            ReportEntry::new(EntryType::Error, title, now).message(message)
        }
    };
    Ok(entry.application(&one.application.name))
}

/// What the end of a deploy run changes: the revision is kept, and from now on serves.
pub(crate) async fn ended(
    platform: &Platform,
    mut record: DeploymentRecord,
    run: &Run,
    verdict: &Verdict,
    mut commit: Commit,
) -> Result<Commit, Fault> {
    let event = Event::DeployEnded {
        passed: verdict.passed,
    };
    let (status, effects) = record.deployment.status.on(event).map_err(Fault::of)?;
    record.deployment.status = status;
    record.deployment.version += 1;
    if effects.contains(&Effect::KeepRevision) {
        let before = record.serving.replace(record.revision);
        record.target.sites = sites::stored(platform, run).await?;
        commit = commit.put(&RevisionRecord {
            deployment: record.deployment.id,
            number: record.revision,
            created_at: platform.desk.clock.now(),
            target: record.target.clone(),
            applications: record.deployment.applications.clone(),
        });
        let oldest = record.revision.checked_sub(limits::REVISIONS_KEPT);
        if let Some(oldest) = oldest.filter(|oldest| Some(*oldest) != before) {
            commit = commit.remove(&keys::revision(record.deployment.id, oldest));
        }
        for row in application_rows(&record) {
            commit = commit.put(&row);
        }
    }
    Ok(commit.update(&record))
}

/// Where the events and ticks of each application go.
fn application_rows(record: &DeploymentRecord) -> Vec<ApplicationRow> {
    let spec = &record.target.release.spec;
    let called = spec.applications.iter().filter_map(|application| {
        Some(ApplicationRow {
            id: *record.application_ids.get(&application.name)?,
            deployment: record.deployment.id,
            name: application.name.clone(),
            kind: application.kind,
            endpoint: application.endpoint.clone()?,
            retry_policy: show::retry_policy(application, &record.target.values),
        })
    });
    called.collect()
}
