//! Builds an application into a content-addressed artifact.
