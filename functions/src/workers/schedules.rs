//! A job ticks by the schedule of its Deployment, or else of connect.yaml.

use domain::deployment::DeploymentRecord;
use domain::report::{EntryType, ReportEntry};
use domain::schedule::Schedule;
use work::Fault;

use crate::platform::Platform;
use crate::workers::launches::Prepared;

/// An entry for each schedule that this engine cannot keep.
pub(crate) fn refused(
    platform: &Platform,
    record: &DeploymentRecord,
    prepared: &[Prepared],
) -> Vec<ReportEntry> {
    let refused = prepared.iter().filter_map(|one| {
        let why = platform.schedules.refuses(of(record, one)?)?;
        let now = platform.desk.clock.now();
        let entry = ReportEntry::new(EntryType::Error, "Schedule not supported", now);
        Some(entry.application(&one.application.name).message(why))
    });
    refused.collect()
}

/// Sets the schedules of a revision that serves.
pub(crate) async fn set(
    platform: &Platform,
    record: &DeploymentRecord,
    prepared: &[Prepared],
) -> Result<(), Fault> {
    for one in prepared {
        if let Some(schedule) = of(record, one) {
            let set = platform.schedules.set(one.launch.application, schedule);
            set.await.map_err(Fault::of)?;
        }
    }
    Ok(())
}

fn of<'a>(record: &'a DeploymentRecord, one: &'a Prepared) -> Option<&'a Schedule> {
    let overrides = record.target.values.applications.get(&one.application.name);
    let given = overrides.and_then(|one| one.schedule.as_ref());
    given.or(one.application.schedule.as_ref())
}
