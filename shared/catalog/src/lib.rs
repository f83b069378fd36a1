//! Search over published Connectors: visibility is part of the question, so that no page, count or total tells of what the Project may
//! not see; and what was committed before a search began is found by it, in every process.

mod catalog;
mod document;
mod index;
mod order;
mod question;
mod words;

pub use catalog::{Catalog, CatalogError, Found};
pub use index::{Hits, Index};
pub use order::{SortField, Window};
pub use question::Search;
pub use words::{MAX_WORDS, words};
