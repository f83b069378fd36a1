//! Black-box tests of the whole house; the folders mirror functions/src.

#![allow(clippy::disallowed_types, reason = "a test removes its own folder")]
#![allow(clippy::unwrap_used, reason = "a failing test says where")]

mod auth;
mod aws;
mod certifications;
mod commerce;
mod connectors;
mod connectors_staged;
mod crash;
mod dead_letters;
mod deployments;
mod executions;
mod faults;
mod gateway;
mod hostile;
mod house;
mod manners;
mod models;
mod openapi;
mod reports;
mod restart;
mod revisions;
mod scheduled;
mod weather;
mod workers;
