//! Runs a command within limits.
