//! How every run is driven: taken by one worker, counted when it meets a fault, ended once (design, rules 3 to 5).

use std::sync::Arc;
use std::time::Duration;

use domain::lifecycle::run::{Effect, Event, RunState};
use domain::limits;
use domain::report::{EntryType, ReportEntry};
use domain::run::{Run, RunKind, Step};
use futures_util::future::BoxFuture;
use store::Commit;
use store::rows::Message;
use uuid::Uuid;
use work::{Fault, Verdict};

use crate::platform::Platform;
use crate::workers::end::end;
use crate::workers::{undeploy, undo};

/// How far a worker came.
pub(crate) enum Progress {
    /// Builds go on; the run is looked at again when one has ended.
    Waiting,
    /// It has ended.
    Ended(Verdict),
}

/// The work of one kind of run.
pub(crate) type Work =
    for<'a> fn(&'a Arc<Platform>, &'a mut Run) -> BoxFuture<'a, Result<Progress, Fault>>;

// Somebody else works on the run: what this message wanted to say is looked at when they are done.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// Drives a run as far as it goes. What is held is its subject: nothing else works on the draft or the Deployment meanwhile.
pub(crate) async fn drive(
    platform: Arc<Platform>,
    id: Uuid,
    message: Message,
    work: Work,
) -> Result<(), Fault> {
    let Some(run) = platform.desk.open_run(id).await? else {
        return Ok(());
    };
    let Some(hold) = platform.desk.hold(run.subject).await? else {
        return Ok(platform.desk.send(message, LOOK_AGAIN).await?);
    };
    let driven = held(&platform, id, hold.is_inherited(), work).await;
    hold.release().await?;
    driven
}

async fn held(
    platform: &Arc<Platform>,
    id: Uuid,
    inherited: bool,
    work: Work,
) -> Result<(), Fault> {
    let Some(mut run) = platform.desk.open_run(id).await? else {
        return Ok(());
    };
    if inherited && run.state == RunState::Running {
        run.deaths += 1;
        save(platform, &mut run).await?;
        if run.deaths >= limits::RUN_DEATHS {
            return give_up(platform, run).await;
        }
    }
    if run.state == RunState::Queued {
        (run.state, _) = run.state.on(Event::Claim).map_err(Fault::of)?;
        save(platform, &mut run).await?;
    }
    if run.deadline < platform.desk.clock.now() {
        return expire(platform, run).await;
    }
    match work(platform, &mut run).await {
        Ok(Progress::Waiting) => Ok(()),
        Ok(Progress::Ended(verdict)) => end(platform, run, verdict).await,
        Err(fault) => stumble(platform, run, fault).await,
    }
}

async fn stumble(platform: &Arc<Platform>, mut run: Run, fault: Fault) -> Result<(), Fault> {
    tracing::error!(run = %run.id, kind = run.kind.as_str(), faults = run.faults, %fault, "a run met a fault");
    let event = Event::Fault { before: run.faults };
    let (_, effects) = run.state.on(event).map_err(Fault::of)?;
    run.faults += 1;
    save(platform, &mut run).await?;
    if effects == [Effect::Retry] || undeploy::is_removing(&run) {
        return Err(fault);
    }
    let message = format!(
        "The platform met a fault {} times, which its log has under the run {}. This is not your mistake: try again, and tell the operator if it stays.",
        run.faults, run.id
    );
    end_with(
        platform,
        run,
        "The platform could not finish this run",
        &message,
    )
    .await
}

/// Ends a run at which the platform dies again and again, as no fault is told then.
async fn give_up(platform: &Arc<Platform>, run: Run) -> Result<(), Fault> {
    let (deaths, last) = (run.deaths, last_step(&run));
    tracing::error!(run = %run.id, kind = run.kind.as_str(), deaths, last, "a run is given up");
    let message = format!(
        "The platform stopped {deaths} times while it worked on this run, without a word; the last step: {last}. It may need more memory than there is. Tell the operator, who finds it in the log under the run {}.",
        run.id
    );
    end_with(
        platform,
        run,
        "The platform could not finish this run",
        &message,
    )
    .await
}

fn last_step(run: &Run) -> String {
    let last = run.steps.last().map(|step| step.name.clone());
    last.unwrap_or_else(|| "none was begun".to_owned())
}

/// Ends a run that took longer than it may.
pub(crate) async fn expire(platform: &Arc<Platform>, mut run: Run) -> Result<(), Fault> {
    // From now on a worker that still works on it cannot end it.
    save(platform, &mut run).await?;
    let minutes = run.kind.limit().as_secs() / 60;
    let last = last_step(&run);
    let message =
        format!("It had not ended after {minutes} minutes; its last step: {last}. Try again.");
    end_with(platform, run, "The run took too long", &message).await
}

async fn end_with(
    platform: &Arc<Platform>,
    run: Run,
    title: &str,
    message: &str,
) -> Result<(), Fault> {
    let entry =
        ReportEntry::new(EntryType::Error, title, platform.desk.clock.now()).message(message);
    let verdict = Verdict {
        passed: false,
        entries: vec![entry],
    };
    if run.kind == RunKind::Deploy
        && let Err(fault) = undo::abandon(platform, &run).await
    {
        // A run that can neither be finished nor undone ends all the same, and so does not block its Deployment for ever.
        if platform.desk.clock.now() <= run.deadline {
            return Err(fault);
        }
        tracing::error!(run = %run.id, %fault, "a run has ended and could not be undone");
    }
    end(platform, run, verdict).await
}

/// Writes how far a run is.
pub(crate) async fn save(platform: &Platform, run: &mut Run) -> Result<(), Fault> {
    run.version += 1;
    platform.desk.commit(Commit::new().update(run)).await?;
    Ok(())
}

/// Begins a step, unless it goes on, and writes how far the run is for whoever watches; the step before has ended.
pub(crate) async fn step(platform: &Platform, run: &mut Run, name: &str) -> Result<(), Fault> {
    if run.steps.last().is_some_and(|step| step.name == name) {
        return save(platform, run).await;
    }
    let now = platform.desk.clock.now();
    if let Some(before) = run.steps.last_mut() {
        before.ended_at = Some(now);
    }
    run.steps.push(Step {
        name: name.to_owned(),
        started_at: now,
        ended_at: None,
    });
    save(platform, run).await
}
