//! The built bundle, as it would run: facts are read from the archive in one pass, and judged second without opening it again.

mod facts;
mod judge;
mod node;

pub use facts::{ImageFacts, InstallScript, Licence, MoreFacts, gather};
pub use judge::{NodeRelease, judge};
pub use node::{Vulnerable, vulnerable};
