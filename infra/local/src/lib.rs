//! The embedded engine and the `slipway` command: the whole platform in one process on one machine.

mod artifacts;
mod builds;
pub mod commands;
mod confinement;
mod consumers;
pub mod demo;
pub mod dev;
pub mod engine;
mod fair_queue;
pub mod gateway;
pub mod hosting;
mod layout;
mod master_key;
mod operator_file;
mod runtimes;
mod schedules;
mod stalls;
mod terminal;
mod topics;
pub mod up;
