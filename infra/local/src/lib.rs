//! The embedded engine and the slipway command.

pub mod engine;
pub mod gateway;
pub mod hosting;
