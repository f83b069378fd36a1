//! The three lifecycles, each one `match (state, event)` whose last arm is the error.

pub mod connector_staged;
pub mod deployment;
pub mod run;

#[cfg(test)]
mod events;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod tables;
