//! `@every <duration>`: whole seconds, from a minute to 366 days, counted from 1970 so that every engine and every restart agrees.

use jiff::Timestamp;

use super::error::{ScheduleError, quote};

/// The shortest period, in seconds (contract, section 16).
const MIN_SECONDS: u128 = 60;
/// The longest period, in seconds (ours: a leap year; a longer one is a date).
const MAX_SECONDS: u128 = 366 * 24 * 60 * 60;

const NANOSECONDS: u128 = 1_000_000_000;

/// The units of the official schema, in nanoseconds; a unit stands before those that it begins with.
const UNITS: [(&str, u128); 8] = [
    ("ns", 1),
    ("us", 1_000),
    ("µs", 1_000), // U+00B5, the micro sign
    ("μs", 1_000), // U+03BC, the Greek letter
    ("ms", 1_000_000),
    ("s", NANOSECONDS),
    ("m", 60 * NANOSECONDS),
    ("h", 3_600 * NANOSECONDS),
];

/// Reads what follows `@every`, such as ` 1h30m`.
pub(super) fn seconds(text: &str) -> Result<u64, ScheduleError> {
    let value = quote(text.trim());
    let total = nanoseconds(text).ok_or_else(|| ScheduleError::EveryUnreadable {
        value: value.clone(),
    })?;
    let seconds = total / NANOSECONDS;
    if !total.is_multiple_of(NANOSECONDS) || !(MIN_SECONDS..=MAX_SECONDS).contains(&seconds) {
        return Err(ScheduleError::EveryOutOfRange { value });
    }
    u64::try_from(seconds).map_err(|_| ScheduleError::EveryOutOfRange { value })
}

/// The sum of `<digits><unit>` groups; a sum that overflows saturates, and is out of range later.
fn nanoseconds(text: &str) -> Option<u128> {
    let mut rest = text.strip_prefix([' ', '\t'])?.trim_start();
    if rest.is_empty() {
        return None;
    }
    let mut total: u128 = 0;
    while !rest.is_empty() {
        let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let (number, unit) = rest.split_at(digits);
        if number.is_empty() {
            return None;
        }
        let (unit, size) = UNITS.iter().find(|(name, _)| unit.starts_with(name))?;
        let count = number.parse::<u128>().unwrap_or(u128::MAX);
        total = total.saturating_add(count.saturating_mul(*size));
        rest = &rest[digits + unit.len()..];
    }
    Some(total)
}

/// The first multiple of the period after `now`.
pub(super) fn next_after(seconds: u64, now: Timestamp) -> Option<Timestamp> {
    let period = i128::from(seconds) * 1_000_000_000;
    let next = (now.as_nanosecond().div_euclid(period) + 1) * period;
    Timestamp::from_nanosecond(next).ok()
}
