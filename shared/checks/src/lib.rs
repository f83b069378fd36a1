//! Checks of a source tree.
