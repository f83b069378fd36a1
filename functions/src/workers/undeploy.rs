//! `undeploy`: preUndeploy runs while everything still serves, then all of the Deployment goes (contract, sections 5.4 and 16).

use std::sync::Arc;

use domain::deployment::{DeploymentRecord, RevisionRecord};
use domain::lifecycle::deployment::{Effect, Event};
use domain::report::{EntryType, ReportEntry};
use domain::run::{Run, RunKind};
use store::rows::Message;
use store::{Commit, Row, keys};
use work::{Fault, Verdict};

use crate::platform::Platform;
use crate::workers::deploy::script_entry;
use crate::workers::drive::{Progress, drive, step};
use crate::workers::launches::prepare;
use crate::workers::restore::{bring_back, serving_revision};

/// Drives an undeploy run.
///
/// # Errors
/// A fault of ours; the message comes again.
pub async fn handle(platform: Arc<Platform>, message: Message) -> Result<(), Fault> {
    let Message::Undeploy { run } = message else {
        return Err(Fault(format!("{message:?} is not for the undeploy worker")));
    };
    drive(platform, run, message, |platform, run| {
        Box::pin(undeploy(platform, run))
    })
    .await
}

async fn undeploy(platform: &Arc<Platform>, run: &mut Run) -> Result<Progress, Fault> {
    let record: Option<DeploymentRecord> = platform
        .desk
        .store
        .get(&keys::deployment(run.subject))
        .await?;
    let Some(record) = record.filter(|record| record.run == Some(run.id)) else {
        return Ok(Progress::Ended(Verdict {
            passed: true,
            entries: Vec::new(),
        }));
    };
    let mut entries = run.entries.clone();
    if run.kind != (RunKind::Undeploy { force: true }) && !is_removing(run) {
        step(platform, run, "preUndeploy").await?;
        entries = scripts(platform, &record).await?;
    }
    if entries.iter().any(|entry| entry.kind == EntryType::Error) {
        return Ok(Progress::Ended(Verdict {
            passed: false,
            entries,
        }));
    }
    run.entries.clone_from(&entries);
    step(platform, run, REMOVE).await?;
    // What serves goes last: until then, a fault that lasts leaves a Deployment that answers.
    for id in record.application_ids.values() {
        platform.schedules.remove(*id).await.map_err(Fault::of)?;
        platform.topics.remove(*id).await.map_err(Fault::of)?;
    }
    platform
        .hosting
        .remove(record.deployment.id)
        .await
        .map_err(Fault::of)?;
    for id in record.application_ids.values() {
        platform.desk.store.remove(&keys::application(*id)).await?;
    }
    let key = keys::deployment(record.deployment.id);
    let store = &platform.desk.store;
    let (_, revisions): (Option<DeploymentRecord>, Vec<RevisionRecord>) =
        store.with_revisions(&key).await?;
    for revision in revisions {
        platform.desk.store.remove(&revision.key()).await?;
    }
    Ok(Progress::Ended(Verdict {
        passed: true,
        entries,
    }))
}

/// The step from which there is no way back: what was removed is not made again.
const REMOVE: &str = "remove";

/// True if an undeploy run has begun to remove things. It is then tried again until its deadline, however often it meets a fault.
pub(crate) fn is_removing(run: &Run) -> bool {
    matches!(run.kind, RunKind::Undeploy { .. }) && run.steps.iter().any(|step| step.name == REMOVE)
}

/// Runs preUndeploy of the revision that serves; where none ever served, no postDeploy has left anything to clear away.
async fn scripts(
    platform: &Arc<Platform>,
    record: &DeploymentRecord,
) -> Result<Vec<ReportEntry>, Fault> {
    let mut entries = Vec::new();
    let Some(revision) = serving_revision(platform, record).await? else {
        return Ok(entries);
    };
    let prepared = prepare(platform, record, &revision.target, revision.number).await?;
    if prepared
        .iter()
        .any(|one| one.application.scripts.pre_undeploy.is_some())
    {
        // The platform may have been killed since the run began.
        bring_back(platform, record, &revision).await;
    }
    for one in prepared {
        if let Some(script) = &one.application.scripts.pre_undeploy {
            entries.push(script_entry(platform, &one, "preUndeploy", script).await?);
        }
    }
    Ok(entries)
}

/// What the end of an undeploy run changes: the Deployment is gone, or says why not.
pub(crate) fn ended(
    mut record: DeploymentRecord,
    verdict: &Verdict,
    mut commit: Commit,
) -> Result<Commit, Fault> {
    let event = Event::UndeployEnded {
        passed: verdict.passed,
    };
    let (status, effects) = record.deployment.status.on(event).map_err(Fault::of)?;
    record.deployment.status = status;
    if !effects.contains(&Effect::Remove) {
        record.deployment.version += 1;
        return Ok(commit.update(&record));
    }
    if let Some(key) = &record.deployment.key {
        commit = commit.remove(&keys::deployment_key(&record.owner, key));
    }
    if let Some(client) = &record.deployment.api_client {
        commit = commit.remove(&keys::client(&client.name));
    }
    Ok(commit
        .release_staged(record.deployment.connector.id)
        .delete(&record))
}
