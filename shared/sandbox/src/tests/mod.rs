//! What a command may try, each time both in namespaces and without, as machines differ in what they have.

mod bench;
mod ending;
mod files;
mod identity;
mod limits;
mod network;
mod probing;
mod survival;
