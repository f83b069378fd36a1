//! Update actions: all or nothing, in order, one version step (contract, sections 3.4 and 16).

pub mod certification;
mod comments;
pub mod connector_staged;
