//! The listener of the embedded engine and what it routes to.

mod answer;
pub mod applications;
mod forward;
pub mod static_files;
mod told;
