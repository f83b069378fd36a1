//! What is true: the types of the contract, connect.yaml, lifecycles, merging, limits and errors. Pure and synchronous: no tokio,
//! no AWS, no file system, no clock, no randomness.

pub mod names;
pub mod schedule;
pub mod spec;
