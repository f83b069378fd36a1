//! The task of one instance: it starts the application, keeps it running, and ends it when told to.

use std::sync::Arc;
use std::time::Instant;

use hosting::{
    CrashLoop, End, Fault, Health, HealthCheck, Kind, Probe, Severity, StartFailure, StartProblem,
    probe,
};

use super::Shared;
use super::artifacts::Tree;
use super::instance::{Instance, Phase};
use super::port;
use super::process::{Process, end_of};

/// Crashes in a row that the Deployment's report tells: with the first back-offs, some seconds' worth.
const CRASH_LOOP: u32 = 5;

/// Runs the instance until it is stopped, or its first start has failed.
pub(crate) async fn run(shared: Arc<Shared>, instance: Arc<Instance>) {
    let _gone = Gone(&instance);
    if let Err(fault) = live(&shared, &instance).await {
        instance.set_phase(Phase::Faulty(told(&fault)));
    }
}

/// Whoever waits for the instance's end sees it, however the task ends.
struct Gone<'a>(&'a Instance);

impl Drop for Gone<'_> {
    fn drop(&mut self) {
        self.0.is_away();
        self.0.hold_tree(None);
        if matches!(self.0.phase(), Phase::Starting | Phase::Up) {
            self.0.set_phase(Phase::Stopped);
        }
    }
}

/// Returns when the instance is to end or was refused; fails where its first process could not be started by our fault.
async fn live(shared: &Arc<Shared>, instance: &Arc<Instance>) -> Result<(), Fault> {
    let Some(tree) = instance
        .end
        .run_until_cancelled(shared.artifacts.tree(&instance.launch.artifact))
        .await
    else {
        return Ok(());
    };
    let tree = tree?;
    instance.hold_tree(Some(tree.clone()));
    if let Kind::Static { .. } = instance.launch.kind {
        instance.set_phase(Phase::Up);
        instance.end.cancelled().await;
        return Ok(());
    }
    let mut crashes = 0;
    loop {
        if instance
            .end
            .run_until_cancelled(instance.wakes_up())
            .await
            .is_none()
        {
            return Ok(());
        }
        let begun = Instant::now();
        let (why, last_lines) = match life(shared, instance, &tree).await {
            Ok(Death::Stopped) => return Ok(()),
            Ok(Death::Asleep) => {
                crashes = 0;
                let text =
                    "Nobody asked for the application, so it sleeps; the next request starts it.";
                log(shared, instance, Severity::Info, text).await;
                continue;
            }
            Ok(Death::Crashed(why, last_lines)) => (why, last_lines),
            Err(fault) if matches!(instance.phase(), Phase::Starting) => return Err(fault),
            Err(fault) => (format!("cannot be started: {}", told(&fault)), Vec::new()),
        };
        instance.is_away();
        if begun.elapsed() >= shared.options.timing.steady {
            crashes = 0;
        }
        let wait = shared.options.timing.backoff.delay(crashes);
        crashes += 1;
        if crashes == CRASH_LOOP {
            let crash_loop = CrashLoop::new(&instance.launch, crashes, &why, &last_lines);
            // Whoever listens ends before the hosting does.
            let _ = shared.options.crash_loops.send(crash_loop);
        }
        let text = format!(
            "The application {why}. It starts again in {} seconds.",
            wait.as_secs_f32()
        );
        log(shared, instance, Severity::Error, &text).await;
        if instance
            .end
            .run_until_cancelled(tokio::time::sleep(wait))
            .await
            .is_none()
        {
            return Ok(());
        }
    }
}

/// Tells something in the application's own log.
async fn log(shared: &Shared, instance: &Instance, severity: Severity, text: &str) {
    let now = (shared.options.clock)();
    shared
        .logs
        .append(instance.mask.text(severity, text, now))
        .await;
}

/// How one process of the instance came to its end.
enum Death {
    /// The instance has ended with it: it was told to, or it never became healthy (its phase says so then).
    Stopped,
    /// Nobody has asked for it.
    Asleep,
    /// It is to be started again; the text completes "the application …", and its last lines say more.
    Crashed(String, Vec<String>),
}

/// From the start of one process to its end.
async fn life(shared: &Arc<Shared>, instance: &Arc<Instance>, tree: &Tree) -> Result<Death, Fault> {
    let mut process = Process::start(shared, instance, tree)?;
    let first = matches!(instance.phase(), Phase::Starting);
    let started = become_healthy(shared, instance, &mut process).await;
    let served = match started {
        Started::Healthy => Some(serve(shared, instance, &mut process).await),
        _ => None,
    };
    process.running.stop(shared.options.timing.grace).await;
    let last_lines = process.last_lines().await;
    Ok(match (started, served) {
        (Started::Problem(problem), _) if first => {
            let failure = StartFailure::new(&instance.launch.name, &problem, &last_lines);
            instance.set_phase(Phase::Refused(Box::new(failure)));
            Death::Stopped
        }
        (Started::Problem(StartProblem::Ended(end)), _) => {
            Death::Crashed(end.to_string(), last_lines)
        }
        (Started::Problem(_), _) => {
            let why = "did not become healthy after its restart".to_owned();
            Death::Crashed(why, last_lines)
        }
        (_, Some(Served::Ended(end))) => Death::Crashed(end.to_string(), last_lines),
        (_, Some(Served::Unhealthy(why))) => Death::Crashed(why, last_lines),
        (_, Some(Served::Asleep)) => Death::Asleep,
        (_, Some(Served::Stopped) | None) => Death::Stopped,
    })
}

enum Started {
    Healthy,
    Stopped,
    Problem(StartProblem),
}

async fn become_healthy(shared: &Shared, instance: &Instance, process: &mut Process) -> Started {
    let ports = process.ports();
    let healthy = probe::until_healthy(
        || port::serving(&ports),
        || port::others(&ports),
        &instance.launch.health,
        shared.options.timing.start,
    );
    let port = tokio::select! {
        biased;
        () = instance.end.cancelled() => return Started::Stopped,
        exit = process.running.wait() => return Started::Problem(StartProblem::Ended(end_of(exit))),
        healthy = healthy => healthy,
    };
    match port {
        Ok(port) => {
            instance.is_here(port, ports);
            instance.set_phase(Phase::Up);
            Started::Healthy
        }
        Err(problem) => Started::Problem(problem),
    }
}

enum Served {
    Stopped,
    Asleep,
    Ended(End),
    Unhealthy(String),
}

async fn serve(shared: &Shared, instance: &Instance, process: &mut Process) -> Served {
    let asleep = async {
        match shared.options.timing.sleeps_after(&instance.launch) {
            Some(quiet) => instance.falls_asleep(quiet).await,
            None => std::future::pending().await,
        }
    };
    let served = tokio::select! {
        biased;
        () = instance.end.cancelled() => Served::Stopped,
        exit = process.running.wait() => Served::Ended(end_of(exit)),
        why = unhealthy(instance) => Served::Unhealthy(why),
        () = asleep => Served::Asleep,
    };
    if !matches!(served, Served::Asleep) {
        instance.is_away();
    }
    served
}

/// Returns when the health check says so, with what completes "the application …"; never where there is none.
async fn unhealthy(instance: &Instance) -> String {
    let HealthCheck::Http {
        path,
        interval,
        timeout,
        threshold,
    } = &instance.launch.health
    else {
        return std::future::pending().await;
    };
    let mut health = Health::Healthy { failures: 0 };
    loop {
        tokio::time::sleep(*interval).await;
        instance.refresh_port();
        let seen = match instance.port() {
            Some(port) => probe::get(port, path, *timeout).await,
            None => Err(None),
        };
        let probe = if seen.is_ok() {
            Probe::Passed
        } else {
            Probe::Failed
        };
        health = health.on(probe, *threshold);
        if health == Health::Unhealthy {
            let seen = seen
                .err()
                .flatten()
                .unwrap_or_else(|| "found its port closed".to_owned());
            return format!(
                "is stopped because its health check failed {threshold} times in a row; the last one {seen}"
            );
        }
    }
}

/// The fault with its causes, for the operator: a phase is told to several waiters, and errors cannot be cloned.
fn told(fault: &Fault) -> String {
    let mut text = fault.to_string();
    let mut cause = std::error::Error::source(fault);
    while let Some(deeper) = cause {
        text.push_str(&format!(": {deeper}"));
        cause = deeper.source();
    }
    text
}
