//! Static analysis in process: every rule over every source file of its language, in bounded time and memory, in a stable order.

mod language;
mod rules;
mod scan;
mod words;

pub use language::Grammar;
pub use rules::{Family, Rule, Samples, all as rules};
pub(crate) use rules::{RULES, SHARED};
pub(crate) use scan::scan;
pub use scan::{Scan, scan_text};
