//! Manners of work: a run is taken by one, its effects go through the outbox, and whatever is killed when, it ends.

mod clock;
mod outbox;
mod run;

pub use clock::{Clock, Ids};
pub use outbox::Desk;
pub use run::{Fault, Hold, Verdict};
