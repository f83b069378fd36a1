//! The builder from outside: what it plans, what it builds, and what it says when it cannot.

#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "a test reads and removes its own folders"
)]
#![allow(
    clippy::unwrap_used,
    reason = "a test that meets the unexpected stops there"
)]

mod building;
mod failing;
mod fixture;
mod hostile;
mod managers;
mod planning;
mod statics;
