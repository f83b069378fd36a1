//! A platform as its users meet it, for what drives it from outside: the bench, and the tests with clients that others wrote.

pub(crate) mod client;
pub(crate) mod connector;
pub(crate) mod house;
pub(crate) mod server;
