//! The manners of HTTP that every endpoint has, whatever it does.

mod correlation;
mod cors;
mod etag;
mod idempotency;
mod nothing_internal;
mod rate;
mod requests;
mod waiting;
