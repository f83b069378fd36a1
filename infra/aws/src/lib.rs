//! The way to AWS: clients out of the environment that Lambda gives a function, and the adapters of the ports.

mod absent;
mod environment;
mod key_wrap;

pub use absent::Absent;
pub use environment::{Environment, Missing, handler};
pub use key_wrap::KmsKey;
