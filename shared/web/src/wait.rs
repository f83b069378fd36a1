//! A read may wait for a resource to leave its transient state, so that nobody has to ask every minute (contract, section 15.16).

use std::time::Duration;

use domain::limits;

use crate::head::CORRELATION_ID;
use crate::request::Request;

/// How long a read waits at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience(pub Duration);

/// `Prefer: wait=N` (RFC 7240), or the official client, which asks every 30 to 60 seconds only.
#[must_use]
pub fn patience(request: &Request) -> Patience {
    let preferred = request.headers.get_all("prefer").iter().find_map(|value| {
        let parts = value.to_str().ok()?.split([',', ';']).map(str::trim);
        let seconds = parts.filter_map(|part| part.strip_prefix("wait=")).next()?;
        seconds.parse().ok().map(Duration::from_secs)
    });
    let official = request
        .header(CORRELATION_ID)
        .is_some_and(|id| id.starts_with("commercetools-cli-"));
    let wanted = preferred.or(official.then_some(limits::WAIT_MAX));
    Patience(wanted.unwrap_or_default().min(limits::WAIT_MAX))
}
