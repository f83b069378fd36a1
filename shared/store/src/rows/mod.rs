//! Which rows there are, and where each is listed.

mod access;
mod events;
mod resources;
mod work;

pub use access::{ApiClientRow, SigningKeyRow};
pub use events::{ApplicationRow, EventRow, EventState, ExecutionRow, ExecutionState, ScheduleRow};
pub use work::{Message, OutboxRow};
