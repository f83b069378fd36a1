//! What the clock calls.

pub mod refresh_advisories;
pub mod sweep;
