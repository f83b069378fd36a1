//! Envelope encryption and masking.
