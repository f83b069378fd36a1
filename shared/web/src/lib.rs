//! Manners of HTTP: how a request is read, who calls, how lists are paged, and how an answer or an error looks.

mod answer;
mod body;
mod caller;
mod fail;
mod id_or_key;
mod paging;
mod query;
mod request;
pub mod token;
mod wait;

pub use answer::{Answer, accepted, created, json, ok};
pub use body::read as read_body;
pub use caller::{Caller, Scope, scope};
pub use fail::{Fail, respond};
pub use id_or_key::IdOrKey;
pub use paging::{Page, Paging, SortField};
pub use query::Query;
pub use request::{CORRELATION_ID, Request};
pub use wait::{Patience, patience};
