//! Published Connectors: read and found by whoever may deploy them.

mod get;
mod search;
