//! Server-sent events (WHATWG HTML, section 9.2): an answer that goes on. A host that can send it bit by bit takes the rest out of the
//! answer; API Gateway cannot, and its callers come again with `Last-Event-ID`, as the format has it.

use std::sync::{Arc, Mutex, PoisonError};

use futures_util::stream::BoxStream;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue, Response};
use lambda_http::Body;

use crate::answer::Answer;
use crate::fail::Fail;

/// The media type.
pub const EVENT_STREAM: &str = "text/event-stream";

/// What comes after the answer's body.
#[derive(Clone)]
struct Rest(Arc<Mutex<Option<BoxStream<'static, String>>>>);

/// 200 with events that are there already.
///
/// # Errors
/// Never in practice.
pub fn events(text: String) -> Answer {
    Response::builder()
        .header(CONTENT_TYPE, EVENT_STREAM)
        .header(CACHE_CONTROL, "no-store")
        .body(Body::Text(text))
        .map_err(Fail::fault)
}

/// 200 with events as they come.
///
/// # Errors
/// Never in practice.
pub fn streamed(events_to_come: BoxStream<'static, String>) -> Answer {
    let mut answer = events(String::new())?;
    let rest = Rest(Arc::new(Mutex::new(Some(events_to_come))));
    answer.extensions_mut().insert(rest);
    Ok(answer)
}

/// Takes out what comes after the body, if the answer goes on.
pub fn rest_of<B>(answer: &mut Response<B>) -> Option<BoxStream<'static, String>> {
    let Rest(rest) = answer.extensions_mut().remove()?;
    rest.lock().unwrap_or_else(PoisonError::into_inner).take()
}

pub(crate) fn is_event_stream(headers: &HeaderMap) -> bool {
    headers.get(CONTENT_TYPE) == Some(&HeaderValue::from_static(EVENT_STREAM))
}
