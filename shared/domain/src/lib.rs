//! What is true: the types of the contract, connect.yaml, lifecycles, merging, limits and errors. Pure and synchronous: no tokio,
//! no AWS, no file system, no clock, no randomness.

pub mod certification;
pub mod configuration;
pub mod connector;
pub mod connector_staged;
pub mod deployment;
pub mod error;
pub mod lifecycle;
pub mod limits;
pub mod merge;
pub mod names;
pub mod report;
pub mod run;
pub mod schedule;
pub mod schema;
pub mod spec;
pub mod time;
pub mod update;
