//! What a command may try, each time both in namespaces and without, as machines differ in what they have.

#![allow(clippy::disallowed_types, reason = "a test removes its own folder")]

mod bench;
mod ending;
mod files;
mod identity;
mod keys;
mod limits;
mod network;
mod probing;
mod sockets;
mod survival;
