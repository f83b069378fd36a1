//! The catalogue of functions, one file each: the gateway of the embedded engine, the tests and `bootstrap` host the same handlers.

pub mod auth;
pub mod catalogue;
pub mod connectors;
pub mod connectors_staged;
pub mod deployments;
pub mod events;
pub mod executions;
mod host;
mod platform;
pub mod revisions;
pub mod scheduled;
mod wait;
pub mod workers;

pub use host::consume;
pub use platform::{Addresses, Platform};
