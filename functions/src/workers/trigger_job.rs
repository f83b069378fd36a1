//! `trigger_job`: one execution of a job; a tick that comes while the last one goes on is skipped (contract, section 16).

use std::sync::Arc;
use std::time::Duration;

use domain::limits;
use domain::time::Timestamp;
use hosting::CallError;
use sha2::{Digest, Sha256};
use store::rows::{ApplicationRow, ExecutionRow, ExecutionState, Message};
use store::{Commit, CommitError, keys};
use uuid::Uuid;
use work::Fault;

use crate::events::tick;
use crate::platform::Platform;

// An application that is (re)starting is called again after this; one that has not come back for so long is down.
const LOOK_AGAIN: Duration = Duration::from_secs(1);
const COMES_BACK: Duration = Duration::from_secs(120);

/// Runs an execution, or begins the one of a tick.
///
/// # Errors
/// A fault of ours; the message comes again.
pub async fn handle(platform: Arc<Platform>, message: Message) -> Result<(), Fault> {
    match message {
        Message::TriggerJob {
            application,
            execution,
        } => execute(platform, message, application, execution).await,
        Message::Tick {
            application,
            scheduled,
        } => begin(&platform, application, scheduled).await,
        _ => Err(Fault(format!(
            "{message:?} is not for the trigger_job worker"
        ))),
    }
}

/// Begins the execution of a tick. Its id follows from the tick, so that two schedules that name the same minute, and a tick that comes
/// twice, are one execution.
async fn begin(
    platform: &Arc<Platform>,
    application: Uuid,
    scheduled: Timestamp,
) -> Result<(), Fault> {
    let desk = &platform.desk;
    let digest = Sha256::digest(format!("{application} {scheduled}"));
    let mut id = [0; 16];
    id.copy_from_slice(&digest[..16]);
    let execution = ExecutionRow::queued(
        uuid::Builder::from_random_bytes(id).into_uuid(),
        application,
        scheduled,
    );
    let message = desk.message(execution.trigger(), Duration::ZERO);
    match desk
        .commit(Commit::new().create(&execution).send(message))
        .await
    {
        Ok(()) | Err(CommitError::Refused(_)) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

async fn execute(
    platform: Arc<Platform>,
    message: Message,
    application: Uuid,
    execution: Uuid,
) -> Result<(), Fault> {
    let desk = &platform.desk;
    let key = keys::execution(application, execution);
    let row: Option<ExecutionRow> = desk.store.get(&key).await?;
    let open =
        |row: &ExecutionRow| matches!(row.state, ExecutionState::Queued | ExecutionState::Running);
    let Some(mut execution) = row.filter(open) else {
        return Ok(());
    };
    // The lease of the application is what keeps two executions apart, also over processes.
    let Some(hold) = desk.hold(application).await? else {
        if execution.state == ExecutionState::Running {
            return Ok(());
        }
        let all: Vec<ExecutionRow> = desk.store.partition(&keys::executions(application)).await?;
        let another =
            |one: &ExecutionRow| one.id != execution.id && one.state == ExecutionState::Running;
        if !all.iter().any(another) {
            // Whoever holds it has not begun yet, perhaps for a copy of this very message, or has just ended.
            return Ok(desk.send(message, LOOK_AGAIN).await?);
        }
        let reason = "the execution before was still going on".to_owned();
        let skipped = ended(
            &platform,
            execution,
            ExecutionState::Skipped,
            None,
            Some(reason),
        );
        return match desk.commit(skipped).await {
            // A copy of this message has begun it since it was read.
            Ok(()) | Err(CommitError::Refused(_)) => Ok(()),
            Err(error) => Err(error.into()),
        };
    };
    // An execution that waits for its application keeps the time of its first call; one that was cut off begins anew.
    if execution.state == ExecutionState::Running || execution.started_at.is_none() {
        execution.started_at = Some(desk.clock.now());
    }
    execution.state = ExecutionState::Running;
    execution.version += 1;
    let ran = match desk.commit(Commit::new().update(&execution)).await {
        Ok(()) => run(&platform, execution).await,
        Err(CommitError::Refused(_)) => Ok(()),
        Err(error) => Err(error.into()),
    };
    hold.release().await?;
    ran
}

async fn run(platform: &Arc<Platform>, execution: ExecutionRow) -> Result<(), Fault> {
    let key = keys::application(execution.application);
    let Some(application) = platform.desk.store.get::<ApplicationRow>(&key).await? else {
        let reason = "the Deployment is gone".to_owned();
        return end(
            platform,
            execution,
            ExecutionState::Failed,
            None,
            Some(reason),
        )
        .await;
    };
    match call(platform, &application, &execution).await {
        Ok(status) if (200..300).contains(&status) => {
            end(
                platform,
                execution,
                ExecutionState::Succeeded,
                Some(status),
                None,
            )
            .await
        }
        Ok(status) => {
            let reason =
                format!("the application answered {status}; a job answers 2xx when it is done");
            end(
                platform,
                execution,
                ExecutionState::Failed,
                Some(status),
                Some(reason),
            )
            .await
        }
        Err(CallError::NotFound | CallError::Down) if !is_old(platform, &execution) => {
            postpone(platform, execution).await
        }
        Err(error) => {
            end(
                platform,
                execution,
                ExecutionState::Failed,
                None,
                Some(error.to_string()),
            )
            .await
        }
    }
}

fn is_old(platform: &Platform, execution: &ExecutionRow) -> bool {
    let begin = execution.started_at.unwrap_or(execution.scheduled_time);
    platform.desk.clock.now().since(begin) > COMES_BACK
}

async fn postpone(platform: &Platform, mut execution: ExecutionRow) -> Result<(), Fault> {
    execution.state = ExecutionState::Queued;
    execution.version += 1;
    let message = platform.desk.message(execution.trigger(), LOOK_AGAIN);
    Ok(platform
        .desk
        .commit(Commit::new().update(&execution).send(message))
        .await?)
}

async fn call(
    platform: &Platform,
    application: &ApplicationRow,
    execution: &ExecutionRow,
) -> Result<u16, CallError> {
    let request = tick(
        &application.endpoint,
        execution.id,
        execution.scheduled_time,
    );
    let answer = platform
        .hosting
        .call(application.id, request, limits::JOB_EXECUTION)
        .await;
    Ok(answer?.status().as_u16())
}

async fn end(
    platform: &Platform,
    execution: ExecutionRow,
    state: ExecutionState,
    status: Option<u16>,
    message: Option<String>,
) -> Result<(), Fault> {
    let ended = ended(platform, execution, state, status, message);
    Ok(platform.desk.commit(ended).await?)
}

/// What the end of an execution changes.
fn ended(
    platform: &Platform,
    mut execution: ExecutionRow,
    state: ExecutionState,
    status: Option<u16>,
    message: Option<String>,
) -> Commit {
    execution.state = state;
    execution.ended_at = Some(platform.desk.clock.now());
    execution.status_code = status;
    execution.message = message;
    execution.version += 1;
    Commit::new().update(&execution)
}
