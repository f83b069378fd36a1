//! Which rows there are, and where each is listed.

mod access;
mod catalogue;
mod events;
mod resources;
mod work;

pub use access::{ApiClientRow, IdempotencyRow, SigningKeyRow};
pub(crate) use catalogue::ChangeRow;
pub use catalogue::Listing;
pub use events::{ApplicationRow, EventRow, EventState, ExecutionRow, ExecutionState, ScheduleRow};
pub use work::{Message, OutboxRow};
