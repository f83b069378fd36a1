//! Manners of HTTP.
