//! The adapter of `Schedules` for one machine: rows that say when a job is due next, and a ticker that looks at them.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use domain::schedule::Schedule;
use domain::time::Timestamp;
use functions::Platform;
use hosting::{Fault, Schedules};
use store::keys::lists;
use store::rows::{ExecutionRow, ScheduleRow};
use store::{Commit, CommitError, StoreError, keys};
use uuid::Uuid;
use work::Desk;

/// Schedules as rows.
#[derive(Debug, Clone)]
pub(crate) struct RowSchedules(pub(crate) Desk);

#[async_trait]
impl Schedules for RowSchedules {
    async fn set(&self, application: Uuid, schedule: &Schedule) -> Result<(), Fault> {
        let fault = |error: StoreError| Fault::because("a schedule cannot be set", error);
        let before: Option<ScheduleRow> = self
            .0
            .store
            .get(&keys::schedule(application))
            .await
            .map_err(fault)?;
        if before
            .as_ref()
            .is_some_and(|before| &before.schedule == schedule)
        {
            return Ok(());
        }
        let Some(next) = schedule.next_after(self.0.clock.now().0) else {
            return self.remove(application).await;
        };
        let row = ScheduleRow {
            application,
            schedule: schedule.clone(),
            next: Timestamp(next),
            version: before.map_or(1, |before| before.version + 1),
        };
        let set = self.0.commit(Commit::new().put(&row)).await;
        set.map_err(|error| Fault::because("a schedule cannot be set", error))
    }

    async fn remove(&self, application: Uuid) -> Result<(), Fault> {
        let removed = self.0.store.remove(&keys::schedule(application)).await;
        removed.map_err(|error| Fault::because("a schedule cannot be removed", error))
    }
}

/// Looks every second for jobs that are due, for ever. A tick that was missed while the platform was down runs once.
pub(crate) async fn tick(platform: Arc<Platform>) {
    loop {
        if let Err(error) = due(&platform.desk).await {
            tracing::error!(%error, "the due jobs cannot be read; the next second tries again");
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}

async fn due(desk: &Desk) -> Result<(), StoreError> {
    let now = desk.clock.now();
    let until = format!("{now}#\u{10ffff}");
    for row in desk
        .store
        .due::<ScheduleRow>(lists::SCHEDULES, &until, 100)
        .await?
    {
        match trigger(desk, row, now).await {
            // Somebody set or removed the schedule at this moment: the next second sees what holds.
            Ok(()) | Err(CommitError::Refused(_)) => {}
            Err(CommitError::Fault(error)) => return Err(error),
        }
    }
    Ok(())
}

async fn trigger(desk: &Desk, mut row: ScheduleRow, now: Timestamp) -> Result<(), CommitError> {
    let execution = ExecutionRow::queued(desk.ids.next(), row.application, row.next);
    let commit = Commit::new()
        .create(&execution)
        .send(desk.message(execution.trigger(), Duration::ZERO));
    let commit = match row.schedule.next_after(now.0) {
        Some(next) => {
            row.next = Timestamp(next);
            row.version += 1;
            commit.update(&row)
        }
        None => commit.delete(&row),
    };
    desk.commit(commit).await
}
