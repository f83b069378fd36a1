//! Weather that a test makes between the platform and its services.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use slipway::engine::{Fate, Protocol, Weather};

use crate::house::{House, Operator, eventually};

/// Weather that a test changes.
#[derive(Clone, Default)]
pub(super) struct Sky(Arc<State>);

#[derive(Default)]
struct State {
    storm: AtomicBool,
    requests: AtomicU64,
    /// Changes that still go well before the platform is cut off from everything; below zero, it is.
    changes_left: AtomicI64,
    counts: AtomicBool,
}

impl Sky {
    pub(super) fn weather(&self) -> Weather {
        let state = self.0.clone();
        Weather::new(move |protocol, operation| state.of(protocol, operation))
    }

    pub(super) fn storms(&self, storm: bool) {
        self.0.storm.store(storm, Ordering::SeqCst);
    }

    /// Waits until the storm has met some hundred requests.
    pub(super) async fn rages(&self) {
        let requests = || self.0.requests.load(Ordering::SeqCst);
        let begin = requests();
        eventually("the storm meets requests", async || {
            (requests() >= begin + 40).then_some(())
        })
        .await;
    }

    /// The platform is cut off after so many changes.
    pub(super) fn dies_after(&self, changes: i64) {
        self.0.changes_left.store(changes, Ordering::SeqCst);
        self.0.counts.store(true, Ordering::SeqCst);
    }

    pub(super) fn is_dead(&self) -> bool {
        self.0.counts.load(Ordering::SeqCst) && self.0.changes_left.load(Ordering::SeqCst) < 0
    }

    /// It is not cut off any more.
    pub(super) fn clears(&self) {
        self.0.counts.store(false, Ordering::SeqCst);
    }
}

impl State {
    fn of(&self, protocol: Protocol, operation: &str) -> Fate {
        if self.counts.load(Ordering::SeqCst) {
            return self.until_death(operation);
        }
        if !self.storm.load(Ordering::SeqCst) {
            return Fate::Fair;
        }
        // Fixed, and of no pattern that a run's requests could fall in with.
        let number = self.requests.fetch_add(1, Ordering::SeqCst);
        let dice = number.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 59;
        match (dice, protocol, operation) {
            (0, _, _) => Fate::Throttled,
            (1, _, _) => Fate::RequestLost,
            (2, _, _) => Fate::AnswerLost,
            (3..=8, Protocol::Messages, "SendMessage" | "SendMessageBatch") => Fate::Twice,
            (9..=14, Protocol::Messages, "SendMessage" | "SendMessageBatch") => {
                Fate::Late(Duration::from_millis(40))
            }
            _ => Fate::Fair,
        }
    }

    fn until_death(&self, operation: &str) -> Fate {
        let reads = matches!(
            operation,
            "GetItem" | "BatchGetItem" | "Query" | "GET" | "HEAD" | "ReceiveMessage"
        );
        let left = if reads {
            self.changes_left.load(Ordering::SeqCst)
        } else {
            self.changes_left.fetch_sub(1, Ordering::SeqCst)
        };
        match left {
            0 if !reads => Fate::AnswerLost,
            ..0 => Fate::RequestLost,
            _ => Fate::Fair,
        }
    }
}

/// A platform under this sky.
pub(super) async fn house(sky: &Sky) -> House {
    House::of(Operator {
        weather: sky.weather(),
        ..Operator::default()
    })
    .await
}
