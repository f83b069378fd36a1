//! Reports, sources, artifacts: all key layout.
