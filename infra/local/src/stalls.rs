//! Finds work that blocks the threads of a runtime: a thread of its own looks at every runtime ten times a second, and logs each stall
//! longer than 250 ms with the names of the tasks that ran.
//!
//! A task is known by its name only if it was wrapped by [`named`]. The time by which the watching thread itself came late is not counted: it
//! was the machine then that stood still.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, Once, OnceLock, PoisonError, Weak};
use std::task::{Context, Poll};
use std::thread;
use std::time::{Duration, Instant};

use tokio::runtime::{Handle, Id};

/// Shortest stall that is logged.
const LIMIT: Duration = Duration::from_millis(250);
/// Time between two looks, and between two heartbeats.
const TICK: Duration = Duration::from_millis(100);
/// A stall that lasts is logged once before its end, after this time.
const LASTING: Duration = Duration::from_secs(10);

type Name = Cow<'static, str>;

/// Names a task: stalls tell which task held the thread.
pub(crate) fn named<F: Future>(name: impl Into<Name>, task: F) -> Named<F> {
    Named {
        name: name.into(),
        task: Box::pin(task),
    }
}

/// A task with a name.
pub(crate) struct Named<F> {
    name: Name,
    task: Pin<Box<F>>,
}

impl<F: Future> Future for Named<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let this = &mut *self;
        SLOT.with(|slot| {
            let _running = slot.enter(this.name.clone());
            this.task.as_mut().poll(context)
        })
    }
}

/// The task that a thread polls at the moment.
struct Slot {
    runtime: Option<Id>,
    running: Mutex<Option<Running>>,
}

#[derive(Clone)]
struct Running {
    name: Name,
    since: Instant,
    /// Tells this poll from the others.
    number: u64,
}

thread_local! {
    static SLOT: Arc<Slot> = {
        let slot = Arc::new(Slot {
            runtime: Handle::try_current().ok().map(|handle| handle.id()),
            running: Mutex::default(),
        });
        let mut board = board();
        board.slots.retain(|slot| slot.strong_count() > 0);
        board.slots.push(Arc::downgrade(&slot));
        slot
    };
}

impl Slot {
    /// Notes the poll that begins; what ran before, around this task, is noted again at its end.
    fn enter(&self, name: Name) -> Entered<'_> {
        static POLLS: AtomicU64 = AtomicU64::new(0);
        let running = Running {
            name,
            since: Instant::now(),
            number: POLLS.fetch_add(1, Ordering::Relaxed),
        };
        let before = lock(&self.running).replace(running);
        Entered { slot: self, before }
    }
}

struct Entered<'a> {
    slot: &'a Slot,
    before: Option<Running>,
}

impl Drop for Entered<'_> {
    fn drop(&mut self) {
        *lock(&self.slot.running) = self.before.take();
    }
}

/// The sign of life of a runtime.
struct Heart {
    runtime: &'static str,
    id: Id,
    last: Mutex<Instant>,
}

/// Beats for a runtime as long as it is polled there.
pub(crate) async fn heartbeat(runtime: &'static str, id: Id) {
    let heart = Arc::new(Heart {
        runtime,
        id,
        last: Mutex::new(Instant::now()),
    });
    board().hearts.push(Arc::downgrade(&heart));
    watch();
    loop {
        *lock(&heart.last) = Instant::now();
        tokio::time::sleep(TICK).await;
    }
}

/// Everything that is watched.
#[derive(Default)]
struct Board {
    slots: Vec<Weak<Slot>>,
    hearts: Vec<Weak<Heart>>,
}

fn board() -> MutexGuard<'static, Board> {
    static BOARD: OnceLock<Mutex<Board>> = OnceLock::new();
    lock(BOARD.get_or_init(Mutex::default))
}

/// Starts the thread that watches, once for the process.
fn watch() {
    static STARTED: Once = Once::new();
    STARTED.call_once(|| {
        let watched = thread::Builder::new().name("stalls".to_owned()).spawn(|| {
            let mut watch = Watch::at(Instant::now());
            loop {
                thread::park_timeout(TICK);
                let (hearts, slots) = {
                    let mut board = board();
                    board.hearts.retain(|heart| heart.strong_count() > 0);
                    let hearts: Vec<_> = board.hearts.iter().filter_map(Weak::upgrade).collect();
                    let slots: Vec<_> = board.slots.iter().filter_map(Weak::upgrade).collect();
                    (hearts, slots)
                };
                for stall in watch.look(Instant::now(), &hearts, &slots) {
                    stall.log();
                }
            }
        });
        if let Err(error) = watched {
            tracing::warn!(%error, "stalls of the runtimes are not logged, as no thread could be started for it");
        }
    });
}

/// A runtime, or one of its threads, that did nothing else for a while.
#[derive(Debug, PartialEq, Eq)]
struct Stall {
    runtime: &'static str,
    /// False if the other threads of the runtime went on.
    whole: bool,
    lasted: Duration,
    ran: BTreeSet<Name>,
}

impl Stall {
    fn log(&self) {
        let milliseconds = self.lasted.as_millis();
        let ran: Vec<&str> = self.ran.iter().map(AsRef::as_ref).collect();
        let ran = if ran.is_empty() {
            "tasks without a name".to_owned()
        } else {
            ran.join(", ")
        };
        let runtime = self.runtime;
        if self.whole {
            tracing::warn!(
                runtime,
                milliseconds,
                ran,
                "all threads of a runtime stalled"
            );
        } else {
            tracing::warn!(runtime, milliseconds, ran, "a thread of a runtime stalled");
        }
    }
}

/// Observations of the earlier looks.
struct Watch {
    last: Instant,
    /// By how much the looks came late, in all.
    late: Duration,
    polls: Vec<LongPoll>,
    stalls: Vec<(Id, Stall, bool)>,
}

/// A poll that was seen at an earlier look.
struct LongPoll {
    number: u64,
    /// [`Watch::late`] before the look that saw it first.
    late: Duration,
    stall: Stall,
    logged: bool,
}

impl Watch {
    fn at(now: Instant) -> Self {
        Self {
            last: now,
            late: Duration::ZERO,
            polls: Vec::new(),
            stalls: Vec::new(),
        }
    }

    /// Returns the stalls that have ended since the last look, or that last for long.
    fn look(&mut self, now: Instant, hearts: &[Arc<Heart>], slots: &[Arc<Slot>]) -> Vec<Stall> {
        let late = now.duration_since(self.last).saturating_sub(TICK);
        let late_before = self.late;
        self.late += late;
        self.last = now;
        let running: Vec<(Id, Running)> = slots
            .iter()
            .filter_map(|slot| Some((slot.runtime?, lock(&slot.running).clone()?)))
            .collect();
        let mut ended = Vec::new();
        for heart in hearts {
            let silent = now.saturating_duration_since(*lock(&heart.last));
            let silent = silent.saturating_sub(TICK).saturating_sub(late);
            self.whole(heart, silent, &running, &mut ended);
        }
        self.single(now, hearts, &running, late_before, &mut ended);
        ended
    }

    fn whole(
        &mut self,
        heart: &Heart,
        silent: Duration,
        running: &[(Id, Running)],
        ended: &mut Vec<Stall>,
    ) {
        let known = self.stalls.iter().position(|(id, ..)| *id == heart.id);
        if silent <= LIMIT {
            if let Some(known) = known {
                ended.push(self.stalls.swap_remove(known).1);
            }
            return;
        }
        let known = known.unwrap_or_else(|| {
            self.stalls.push((heart.id, Stall::of(heart, true), false));
            self.stalls.len() - 1
        });
        let (_, stall, logged) = &mut self.stalls[known];
        stall.lasted = stall.lasted.max(silent);
        let here = running.iter().filter(|(id, _)| *id == heart.id);
        stall.ran.extend(here.map(|(_, one)| one.name.clone()));
        if stall.lasted > LASTING && !std::mem::replace(logged, true) {
            ended.push(stall.again());
        }
    }

    fn single(
        &mut self,
        now: Instant,
        hearts: &[Arc<Heart>],
        running: &[(Id, Running)],
        late_before: Duration,
        ended: &mut Vec<Stall>,
    ) {
        let goes_on = |poll: &LongPoll| running.iter().any(|(_, one)| one.number == poll.number);
        let (polls, over): (Vec<_>, Vec<_>) = std::mem::take(&mut self.polls)
            .into_iter()
            .partition(goes_on);
        self.polls = polls;
        // What stalled the whole runtime is told with that.
        let told = |stall: &Stall| {
            let whole = ended
                .iter()
                .chain(self.stalls.iter().map(|(_, stall, _)| stall));
            let mut same = whole.filter(|whole| whole.whole && whole.runtime == stall.runtime);
            same.any(|whole| whole.ran.is_superset(&stall.ran))
        };
        let over: Vec<Stall> = over
            .into_iter()
            .map(|poll| poll.stall)
            .filter(|stall| stall.lasted > LIMIT && !told(stall))
            .collect();
        ended.extend(over);
        for (id, one) in running {
            let Some(heart) = hearts.iter().find(|heart| heart.id == *id) else {
                continue;
            };
            let known = self.polls.iter().position(|poll| poll.number == one.number);
            let known = known.unwrap_or_else(|| {
                let mut stall = Stall::of(heart, false);
                stall.ran.insert(one.name.clone());
                self.polls.push(LongPoll {
                    number: one.number,
                    late: late_before,
                    stall,
                    logged: false,
                });
                self.polls.len() - 1
            });
            let poll = &mut self.polls[known];
            let late = self.late.saturating_sub(poll.late);
            poll.stall.lasted = now
                .saturating_duration_since(one.since)
                .saturating_sub(late);
            if poll.stall.lasted > LASTING && !std::mem::replace(&mut poll.logged, true) {
                ended.push(poll.stall.again());
            }
        }
    }
}

impl Stall {
    fn of(heart: &Heart, whole: bool) -> Self {
        Self {
            runtime: heart.runtime,
            whole,
            lasted: Duration::ZERO,
            ran: BTreeSet::new(),
        }
    }

    fn again(&self) -> Self {
        Self {
            ran: self.ran.clone(),
            ..*self
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
#[path = "stalls_tests.rs"]
mod tests;
