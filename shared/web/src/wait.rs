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
    let mut values = request.headers.get_all("prefer").iter();
    let preferred = values.find_map(|value| wait(value.to_str().ok()?));
    let official = request
        .header(CORRELATION_ID)
        .is_some_and(|id| id.starts_with("commercetools-cli-"));
    let wanted = preferred.or(official.then_some(limits::WAIT_MAX));
    Patience(wanted.unwrap_or_default().min(limits::WAIT_MAX))
}

/// Returns the first `wait` of a header: names are in upper or lower case, values may be quoted, and blanks may be around `=` (RFC 7240,
/// section 2). A number that is too large is the largest one.
fn wait(preferences: &str) -> Option<Duration> {
    let mut quoted = false;
    let mut parts = preferences.split(|one| {
        quoted ^= one == '"';
        !quoted && matches!(one, ',' | ';')
    });
    let value = parts.find_map(|part| {
        let (name, value) = part.split_once('=')?;
        let is_wait = name.trim().eq_ignore_ascii_case("wait");
        is_wait.then_some(value.trim())
    })?;
    let inside = value
        .strip_prefix('"')
        .and_then(|value| value.strip_suffix('"'));
    let digits = inside.unwrap_or(value);
    let is_number = !digits.is_empty() && digits.bytes().all(|one| one.is_ascii_digit());
    is_number.then(|| Duration::from_secs(digits.parse().unwrap_or(u64::MAX)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_is_read_in_every_spelling_of_the_rfc() {
        for (preferences, seconds) in [
            ("wait=2", 2),
            ("WAIT=2", 2),
            ("wait=\"2\"", 2),
            ("wait = 2", 2),
            ("respond-async, Wait=2", 2),
            ("wait=2; x=y, wait=9", 2),
            ("x=\"a, wait=9\", wait=2", 2),
            ("wait=99999999999999999999999", u64::MAX),
        ] {
            let expected = Some(Duration::from_secs(seconds));
            assert_eq!(wait(preferences), expected, "{preferences}");
        }
        for preferences in [
            "",
            "wait",
            "wait=",
            "wait=\"\"",
            "wait=-1",
            "wait=+1",
            "wait=1s",
            "await=2",
        ] {
            assert_eq!(wait(preferences), None, "{preferences}");
        }
    }
}
