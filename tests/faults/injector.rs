//! Decides which calls of the ports fail, for each Deployment on its own, so that many are tested side by side.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use hosting::Fault;
use slipway::engine::{Fate, Weather};
use tokio::sync::watch;
use uuid::Uuid;

/// A call fails so often, as that many faults end a run.
const TIMES: u32 = 3;

/// The faults of all Deployments of a platform. A call for a Deployment that nobody has registered waits until somebody has.
#[derive(Clone)]
pub(super) struct Injector {
    known: Arc<watch::Sender<HashMap<Uuid, Arc<Calls>>>>,
    transactions: Arc<Transactions>,
}

/// Transactions that are lost after the next switch.
#[derive(Default)]
struct Transactions {
    after_switch: AtomicU32,
    lost: AtomicU32,
}

/// The calls of the ports for one Deployment.
#[derive(Default)]
pub(super) struct Calls(Mutex<State>);

#[derive(Default)]
struct State {
    /// The call that always fails.
    broken: Option<&'static str>,
    /// How often it has failed.
    broken_seen: u32,
    /// Calls that still go well before one fails; none: all go well.
    left: Option<usize>,
    /// The call that fails, and how often from now on.
    failing: Option<(String, u32)>,
    /// Whether a call has failed.
    failed: bool,
    /// Whether the hosting has been told to remove the Deployment.
    removed: bool,
}

impl Injector {
    pub(super) fn new() -> Self {
        Self {
            known: Arc::new(watch::Sender::new(HashMap::new())),
            transactions: Arc::default(),
        }
    }

    /// Loses transactions, as [`Injector::lose_after_switch`] says.
    pub(super) fn weather(&self) -> Weather {
        let transactions = self.transactions.clone();
        Weather::new(move |_, operation| {
            let lost = |left: u32| left.checked_sub(1);
            let is_lost = operation == "TransactWriteItems"
                && transactions
                    .lost
                    .fetch_update(Ordering::SeqCst, Ordering::SeqCst, lost)
                    .is_ok();
            if is_lost {
                Fate::RequestLost
            } else {
                Fate::Fair
            }
        })
    }

    /// Loses so many transactions from the next switch on.
    pub(super) fn lose_after_switch(&self, transactions: u32) {
        let after = &self.transactions.after_switch;
        after.store(transactions, Ordering::SeqCst);
    }

    /// The hosting has switched.
    pub(super) fn switched(&self) {
        let lost = self.transactions.after_switch.swap(0, Ordering::SeqCst);
        self.transactions.lost.fetch_add(lost, Ordering::SeqCst);
    }

    /// Whether all the transactions that were to be lost are.
    pub(super) fn has_lost_all(&self) -> bool {
        let Transactions { after_switch, lost } = &*self.transactions;
        after_switch.load(Ordering::SeqCst) + lost.load(Ordering::SeqCst) == 0
    }

    /// Registers the ids of a Deployment and its applications.
    pub(super) fn register(&self, ids: impl IntoIterator<Item = Uuid>, calls: &Arc<Calls>) {
        self.known.send_modify(|known| {
            known.extend(ids.into_iter().map(|id| (id, calls.clone())));
        });
    }

    /// Fails if this call of a Deployment, or of one of its applications, is to fail.
    pub(super) async fn call(&self, id: Uuid, name: String) -> Result<(), Fault> {
        let mut known = self.known.subscribe();
        let known = known.wait_for(|known| known.contains_key(&id)).await;
        let calls = known.expect("the sender lives").get(&id).cloned();
        calls.expect("it is there").next(name)
    }
}

impl Calls {
    /// Lets call number `number` fail three times, counted from the next one.
    pub(super) fn fail_at(&self, number: usize) {
        *self.0.lock().unwrap() = State {
            left: Some(number),
            ..State::default()
        };
    }

    /// Lets the call of this name fail always; and from the third time on, call number `number` after it three times.
    pub(super) fn fail_after(&self, broken: &'static str, number: usize) {
        *self.0.lock().unwrap() = State {
            left: Some(number),
            broken: Some(broken),
            ..State::default()
        };
    }

    /// Lets all calls go well. Returns whether the call that was to fail has been reached.
    pub(super) fn mend(&self) -> bool {
        std::mem::take(&mut *self.0.lock().unwrap()).failed
    }

    pub(super) fn is_removed(&self) -> bool {
        self.0.lock().unwrap().removed
    }

    fn next(&self, name: String) -> Result<(), Fault> {
        let mut state = self.0.lock().unwrap();
        if state.broken == Some(name.as_str()) {
            state.broken_seen += 1;
            return lost(&name);
        }
        let counts = state.broken.is_none() || state.broken_seen >= TIMES;
        if counts && state.failing.is_none() {
            match state.left {
                Some(0) => state.failing = Some((name.clone(), TIMES)),
                Some(left) => state.left = Some(left - 1),
                None => {}
            }
        }
        if let Some((failing, times)) = &mut state.failing
            && *failing == name
            && *times > 0
        {
            *times -= 1;
            state.failed = true;
            return lost(&name);
        }
        state.removed |= name == "remove";
        Ok(())
    }
}

fn lost(name: &str) -> Result<(), Fault> {
    Err(Fault::new(format!("{name}: it is lost")))
}
