//! The catalogue of functions, one file each: the gateway of the embedded engine, the tests and `bootstrap` host the same handlers.

pub mod auth;
pub mod catalogue;
pub mod certifications;
pub mod connectors;
pub mod connectors_staged;
pub mod dead_letters;
pub mod deployments;
pub mod docs;
pub mod events;
pub mod executions;
mod host;
mod idempotency;
mod lists;
mod manners;
mod notices;
pub mod openapi;
pub mod operator;
mod platform;
pub mod reports;
pub mod revisions;
pub mod routes;
pub mod scheduled;
mod standards;
mod wait;
pub mod workers;

pub use host::consume;
pub use manners::Manners;
pub use notices::BUILD_RUN;
pub use platform::{Addresses, ApplicationAddresses, Platform, TOPIC_PROJECT};
pub use standards::{NpmAdvisories, Standards, StandardsOptions};
