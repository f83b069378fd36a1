//! The time of a house goes on as everywhere, and jumps ahead where a test says so: nobody waits for an hour to pass.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use domain::time::Timestamp;
use work::Clock;

/// A clock that can be moved ahead.
#[derive(Debug, Clone, Default)]
pub(crate) struct Time(Arc<AtomicU64>);

impl Time {
    /// Moves it ahead.
    pub(crate) fn pass(&self, time: Duration) {
        let millis = u64::try_from(time.as_millis()).expect("less than an age");
        self.0.fetch_add(millis, Ordering::SeqCst);
    }

    /// What it shows.
    pub(crate) fn now(&self) -> Timestamp {
        self.clock().now()
    }

    pub(super) fn clock(&self) -> Clock {
        let (ahead, system) = (self.0.clone(), Clock::system());
        Clock::new(move || {
            system
                .now()
                .after(Duration::from_millis(ahead.load(Ordering::SeqCst)))
        })
    }
}
