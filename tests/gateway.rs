//! The gateway: what it routes to the API, the applications, the topics and the operator, and what it refuses itself.

mod api;
mod applications;
mod operator;
mod origins;
mod sites;
mod topics;
