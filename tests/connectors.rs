//! Published Connectors: read and found by whoever may deploy them.

mod get;
mod search;
mod search_changes;
mod search_text;
