//! What the clock calls.

mod sweep;
