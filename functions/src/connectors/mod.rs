//! Published Connectors: read-only, and only as far as the caller's Project may see them (contract, section 4).

pub mod get;
pub mod search;
