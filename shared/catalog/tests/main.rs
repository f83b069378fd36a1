//! The index without a table: what is found, in which order, by whom.
#![allow(clippy::unwrap_used, reason = "a failing test says where")]

mod ranking;
mod sample;
mod visibility;
mod windows;
