//! A job ticks by the schedule of its Deployment, or else of connect.yaml.

use std::collections::BTreeMap;

use domain::deployment::{DeploymentRecord, Target};
use domain::report::{EntryType, ReportEntry};
use domain::schedule::Schedule;
use domain::spec::Application;
use uuid::Uuid;
use work::Fault;

use crate::platform::Platform;

/// An entry for each schedule of the target that this engine cannot keep.
pub(crate) fn refused(platform: &Platform, record: &DeploymentRecord) -> Vec<ReportEntry> {
    let applications = record.target.release.spec.applications.iter();
    let refused = applications.filter_map(|application| {
        let why = platform
            .schedules
            .refuses(of(&record.target, application)?)?;
        let now = platform.desk.clock.now();
        let entry = ReportEntry::new(EntryType::Error, "Schedule not supported", now);
        Some(entry.application(&application.name).message(why))
    });
    refused.collect()
}

/// Sets the schedules of a target, and removes those of jobs that only the other target has. Idempotent, also from halfway.
pub(crate) async fn change(
    platform: &Platform,
    record: &DeploymentRecord,
    from: Option<&Target>,
    to: Option<&Target>,
) -> Result<(), Fault> {
    let wanted = all(record, to);
    for job in all(record, from).into_keys() {
        if !wanted.contains_key(&job) {
            platform.schedules.remove(job).await.map_err(Fault::of)?;
        }
    }
    for (job, schedule) in wanted {
        let set = platform.schedules.set(job, schedule);
        set.await.map_err(Fault::of)?;
    }
    Ok(())
}

/// The schedules of a target, by the ids of their jobs.
fn all<'a>(record: &DeploymentRecord, target: Option<&'a Target>) -> BTreeMap<Uuid, &'a Schedule> {
    let applications = target.into_iter().flat_map(|target| {
        let applications = target.release.spec.applications.iter();
        applications.map(move |application| (target, application))
    });
    let schedules = applications.filter_map(|(target, application)| {
        let id = record.application_ids.get(&application.name)?;
        Some((*id, of(target, application)?))
    });
    schedules.collect()
}

fn of<'a>(target: &'a Target, application: &'a Application) -> Option<&'a Schedule> {
    let overrides = target.values.applications.get(&application.name);
    let given = overrides.and_then(|one| one.schedule.as_ref());
    given.or(application.schedule.as_ref())
}
