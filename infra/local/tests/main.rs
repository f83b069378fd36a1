//! The embedded engine, hosting and gateway, from outside.

#![allow(clippy::disallowed_types, reason = "a test removes its own folder")]
#![allow(
    clippy::unwrap_used,
    reason = "clippy's exception for tests covers test functions, not the helpers beside them"
)]

mod dev;
mod engine;
mod hosting;
mod serving;
