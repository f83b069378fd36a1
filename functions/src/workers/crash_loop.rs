//! An application that crashes again and again is told in its Deployment's report, beside what the last run found.

use domain::deployment::DeploymentRecord;
use domain::report::{EntryType, ReportEntry};
use hosting::CrashLoop;
use store::{Commit, CommitError, keys};
use work::Fault;

use crate::platform::Platform;

// A run that ends at the same moment costs one more try.
const TRIES: u32 = 10;

/// Adds it to the report, in place of what was told of the application before.
///
/// # Errors
/// The table does not answer.
pub async fn tell(platform: &Platform, crash_loop: &CrashLoop) -> Result<(), Fault> {
    let desk = &platform.desk;
    let key = keys::deployment(crash_loop.deployment);
    for _ in 0..TRIES {
        let record: Option<DeploymentRecord> = desk.store.get(&key).await?;
        // What no longer serves is nobody's concern.
        let Some(mut record) = record.filter(|one| one.serving == Some(crash_loop.revision)) else {
            return Ok(());
        };
        let Some(build) = &mut record.deployment.details.build else {
            return Ok(());
        };
        let now = desk.clock.now();
        let entry = ReportEntry::new(EntryType::Warning, CrashLoop::TITLE, now)
            .application(&crash_loop.application)
            .message(&crash_loop.message);
        let report = build.report.get_or_insert_default();
        let same =
            |one: &ReportEntry| one.title == entry.title && one.application == entry.application;
        report.entries.retain(|one| !same(one));
        report.entries.push(entry);
        record.last_modified_at = now;
        record.deployment.version += 1;
        match desk.commit(Commit::new().update(&record)).await {
            Ok(()) => return Ok(()),
            Err(CommitError::Refused(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(Fault(format!(
        "the report of the Deployment {} was written by others {TRIES} times",
        crash_loop.deployment
    )))
}
