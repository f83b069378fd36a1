//! Repositories made by the `git` program, read through a mapping to this machine, as an operator's are.
#![allow(clippy::unwrap_used, reason = "a failing test says where")]

mod hostile;
mod http;
mod limits;
mod read_file;
mod repository;
mod resolve_tag;
mod tree;
mod unreachable;
