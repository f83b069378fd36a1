//! Search over published Connectors.
