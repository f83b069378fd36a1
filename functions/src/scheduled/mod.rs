//! What the clock calls.

pub mod sweep;
