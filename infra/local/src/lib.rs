//! The embedded engine and the slipway command.
