//! The one home of the clock and of ids: everything else is given the time and the id, so that tests fix both.

use std::sync::Arc;

use domain::time::Timestamp;
use uuid::Uuid;

/// Tells the time.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> Timestamp + Send + Sync>);

impl Clock {
    /// The machine's clock.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "the clock's one home")]
    pub fn system() -> Self {
        Self::new(|| Timestamp(jiff::Timestamp::now()))
    }

    /// Another clock.
    pub fn new(now: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        Self(Arc::new(now))
    }

    /// The time.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        (self.0)()
    }
}

impl std::fmt::Debug for Clock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Clock({})", self.now())
    }
}

/// Makes ids: UUID version 4, as the official client refuses others (contract, section 6).
#[derive(Clone)]
pub struct Ids(Arc<dyn Fn() -> Uuid + Send + Sync>);

impl Ids {
    /// Random ids.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "the ids' one home")]
    pub fn random() -> Self {
        Self::new(Uuid::new_v4)
    }

    /// Other ids.
    pub fn new(next: impl Fn() -> Uuid + Send + Sync + 'static) -> Self {
        Self(Arc::new(next))
    }

    /// A new id.
    #[must_use]
    pub fn next(&self) -> Uuid {
        (self.0)()
    }
}

impl std::fmt::Debug for Ids {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Ids")
    }
}
