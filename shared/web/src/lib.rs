//! Manners of HTTP: how a request is read, who calls, how lists are paged, and how an answer or an error looks.

mod answer;
mod body;
mod caller;
mod cors;
mod etag;
mod fail;
mod head;
mod id_or_key;
mod idempotency;
mod paging;
mod places;
mod query;
mod rate;
mod request;
pub mod schema;
mod stream;
pub mod token;
mod wait;

pub use answer::{Answer, accepted, created, json, ok, text};
pub use body::read as read_body;
pub use caller::{Caller, Scope, scope};
pub use cors::{Cors, InvalidOrigin};
pub use fail::{Fail, respond, whole_seconds};
pub use head::{CORRELATION_ID, Head, correlation_id};
pub use id_or_key::IdOrKey;
pub use idempotency::IdempotencyKey;
pub use paging::{Page, Paging, SortField};
pub use places::{Place, Places};
pub use query::Query;
pub use rate::{Limiter, Rate};
pub use request::{Request, fits};
pub use stream::{EVENT_STREAM, events, rest_of, streamed};
pub use wait::{Patience, patience};
