//! `sweep`: whatever was killed when, nothing stays under way for ever and nothing acknowledged is forgotten (design, rule 5). Idempotent.

use std::sync::Arc;
use std::time::Duration;

use domain::limits;
use domain::run::Run;
use store::keys::lists;
use store::rows::{EventRow, ExecutionRow, Message};
use work::Fault;

use crate::platform::Platform;
use crate::workers;

// What is older than this and still under way has lost its message: every message is sent within seconds.
const LOST: Duration = Duration::from_secs(120);
// One sweep looks at so many of each kind; the next at the rest.
const MOST: u64 = 500;
// Behind every key of a list.
const LAST: &str = "\u{10ffff}";

/// Sweeps, as the clock calls it.
///
/// # Errors
/// The table does not answer.
pub async fn handle(platform: &Arc<Platform>) -> Result<(), Fault> {
    platform.desk.sweep_outbox(limits::OUTBOX_GRACE).await?;
    runs(platform).await?;
    let until = older_than(platform, LOST);
    events(platform, &until).await?;
    executions(platform, &until).await
}

/// Sweeps after a restart of the only process: whatever is under way has lost its message, as the queues were in its memory.
///
/// # Errors
/// The table does not answer.
pub async fn after_restart(platform: &Arc<Platform>) -> Result<(), Fault> {
    platform.desk.sweep_outbox(Duration::ZERO).await?;
    runs(platform).await?;
    // Events that are to come again later were waiting in a queue too.
    events(platform, LAST).await?;
    executions(platform, LAST).await
}

/// The end of a list up to what is older than this.
fn older_than(platform: &Platform, age: Duration) -> String {
    format!("{}#{LAST}", platform.desk.clock.now().before(age))
}

/// Ends runs past their deadline, and moves those that nobody holds.
async fn runs(platform: &Arc<Platform>) -> Result<(), Fault> {
    let desk = &platform.desk;
    let open: Vec<Run> = desk.store.due(lists::OPEN_RUNS, LAST, MOST).await?;
    for run in open {
        let now = desk.clock.now();
        // Also a run whose worker hangs, and so holds it for ever, ends: versions keep the worker from ending it again.
        if run.deadline < now {
            let id = run.id;
            if let Err(fault) = workers::expire(platform, run).await {
                // One that cannot end now must not keep the others from going on.
                tracing::error!(run = %id, %fault, "a run past its deadline could not be ended; the next sweep tries again");
            }
        } else if !desk
            .store
            .is_held(run.subject, desk.process, now, desk.alone)
            .await?
        {
            desk.send(Message::of(&run), Duration::ZERO).await?;
        }
    }
    Ok(())
}

async fn events(platform: &Arc<Platform>, until: &str) -> Result<(), Fault> {
    let desk = &platform.desk;
    let pending: Vec<EventRow> = desk.store.due(lists::PENDING_EVENTS, until, MOST).await?;
    for event in pending {
        let left = event.next_attempt.since(desk.clock.now());
        desk.send(Message::DeliverEvent { event: event.id }, left)
            .await?;
    }
    Ok(())
}

async fn executions(platform: &Arc<Platform>, until: &str) -> Result<(), Fault> {
    let desk = &platform.desk;
    let open: Vec<ExecutionRow> = desk.store.due(lists::OPEN_EXECUTIONS, until, MOST).await?;
    for row in open {
        desk.send(row.trigger(), Duration::ZERO).await?;
    }
    Ok(())
}
