//! connect.yaml.
