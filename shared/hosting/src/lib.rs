//! The port through which applications run, and what all engines share.
