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
const MOST: usize = 500;

/// Sweeps, as the clock calls it.
///
/// # Errors
/// The table does not answer.
pub async fn handle(platform: &Arc<Platform>) -> Result<(), Fault> {
    sweep(platform, LOST, limits::OUTBOX_GRACE).await
}

/// Sweeps after a restart of the only process: whatever is under way has lost its message, as the queues were in its memory.
///
/// # Errors
/// The table does not answer.
pub async fn after_restart(platform: &Arc<Platform>) -> Result<(), Fault> {
    sweep(platform, Duration::ZERO, Duration::ZERO).await
}

async fn sweep(platform: &Arc<Platform>, lost: Duration, grace: Duration) -> Result<(), Fault> {
    platform.desk.sweep_outbox(grace).await?;
    runs(platform).await?;
    events(platform, lost).await?;
    executions(platform, lost).await
}

/// Ends runs past their deadline, and moves those that nobody holds.
async fn runs(platform: &Arc<Platform>) -> Result<(), Fault> {
    let desk = &platform.desk;
    let open: Vec<Run> = desk.store.due(lists::OPEN_RUNS, "\u{10ffff}", MOST).await?;
    for run in open {
        let now = desk.clock.now();
        if desk.store.is_held(run.id, desk.process, now, desk.alone).await? {
            continue;
        }
        if run.deadline < now {
            workers::expire(platform, run).await?;
        } else {
            desk.send(Message::of(&run), Duration::ZERO).await?;
        }
    }
    Ok(())
}

async fn events(platform: &Arc<Platform>, lost: Duration) -> Result<(), Fault> {
    let desk = &platform.desk;
    let until = format!("{}#\u{10ffff}", desk.clock.now().before(lost));
    let pending: Vec<EventRow> = desk.store.due(lists::PENDING_EVENTS, &until, MOST).await?;
    for event in pending {
        desk.send(Message::DeliverEvent { event: event.id }, Duration::ZERO).await?;
    }
    Ok(())
}

async fn executions(platform: &Arc<Platform>, lost: Duration) -> Result<(), Fault> {
    let desk = &platform.desk;
    let until = format!("{}#\u{10ffff}", desk.clock.now().before(lost));
    let open: Vec<ExecutionRow> = desk.store.due(lists::OPEN_EXECUTIONS, &until, MOST).await?;
    for row in open {
        let message = Message::TriggerJob { application: row.application, execution: row.id };
        desk.send(message, Duration::ZERO).await?;
    }
    Ok(())
}
