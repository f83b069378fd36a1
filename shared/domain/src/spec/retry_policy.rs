//! `retryPolicy`: how often and when an event that was not acknowledged comes again.

use std::ops::RangeInclusive;
use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::fields::Field;
use super::finding::Findings;

/// The bounds of both back-off times, in seconds (contract, section 8.1).
const BACKOFF_SECONDS: RangeInclusive<u32> = 1..=600;
/// The bounds of `maxAttempts` (contract, section 8.1).
const ATTEMPTS: RangeInclusive<u32> = 5..=100;
/// Attempts where nothing is said, and always with `immediate` (contract, section 16).
const DEFAULT_ATTEMPTS: u32 = 5;

/// How often and when an event that was not acknowledged comes again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(
    tag = "strategy",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase"
)]
pub enum RetryPolicy {
    /// Again at once.
    Immediate,
    /// After a time that doubles with each attempt.
    ExponentialBackoff {
        /// The time before the second attempt, 1 to 600 seconds.
        min_backoff_seconds: u32,
        /// The longest time between two attempts, 1 to 600 seconds.
        max_backoff_seconds: u32,
        /// Attempts in all, 5 to 100; without it, 5.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        max_attempts: Option<u32>,
    },
}

/// What holds where no policy is given (contract, section 16).
impl Default for RetryPolicy {
    fn default() -> Self {
        Self::ExponentialBackoff {
            min_backoff_seconds: 10,
            max_backoff_seconds: 600,
            max_attempts: None,
        }
    }
}

impl RetryPolicy {
    /// Deliveries in all, the first one among them; then the message goes to the dead letters.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        match self {
            Self::Immediate => DEFAULT_ATTEMPTS,
            Self::ExponentialBackoff { max_attempts, .. } => {
                max_attempts.unwrap_or(DEFAULT_ATTEMPTS)
            }
        }
    }

    /// The time to wait after so many failed attempts (1 after the first); `None` when there are no more.
    #[must_use]
    pub fn wait_after(&self, failed: u32) -> Option<Duration> {
        if failed >= self.attempts() {
            return None;
        }
        match self {
            Self::Immediate => Some(Duration::ZERO),
            Self::ExponentialBackoff {
                min_backoff_seconds,
                max_backoff_seconds,
                ..
            } => {
                let doubled = u64::from(*min_backoff_seconds) << failed.saturating_sub(1).min(31);
                Some(Duration::from_secs(
                    doubled.min(u64::from(*max_backoff_seconds)),
                ))
            }
        }
    }

    /// Whether the numbers keep within the contract's bounds.
    ///
    /// # Errors
    /// The first rule that does not hold, as a sentence.
    pub fn check(&self) -> Result<(), String> {
        let Self::ExponentialBackoff {
            min_backoff_seconds,
            max_backoff_seconds,
            max_attempts,
        } = self
        else {
            return Ok(());
        };
        within("minBackoffSeconds", *min_backoff_seconds, &BACKOFF_SECONDS)?;
        within("maxBackoffSeconds", *max_backoff_seconds, &BACKOFF_SECONDS)?;
        within(
            "maxAttempts",
            max_attempts.unwrap_or(DEFAULT_ATTEMPTS),
            &ATTEMPTS,
        )?;
        if min_backoff_seconds > max_backoff_seconds {
            return Err(MIN_ABOVE_MAX.to_owned());
        }
        Ok(())
    }
}

const MIN_ABOVE_MAX: &str = "minBackoffSeconds must be less than or equal to maxBackoffSeconds";

fn within(name: &str, value: u32, bounds: &RangeInclusive<u32>) -> Result<(), String> {
    if bounds.contains(&value) {
        return Ok(());
    }
    Err(format!(
        "{name} is {value}; it goes from {} to {}",
        bounds.start(),
        bounds.end()
    ))
}

pub(super) fn read(field: &Field<'_>, out: &mut Findings) -> Option<RetryPolicy> {
    let object = field.object(out)?;
    let strategies = ["exponential-backoff", "immediate"];
    match object.one_of("strategy", &strategies, out)? {
        "immediate" => {
            object.only(&["strategy"], out);
            Some(RetryPolicy::Immediate)
        }
        _ => {
            object.only(
                &[
                    "strategy",
                    "minBackoffSeconds",
                    "maxBackoffSeconds",
                    "maxAttempts",
                ],
                out,
            );
            let min = object.need(
                "minBackoffSeconds",
                "seconds before the second attempt, as in `minBackoffSeconds: 10`",
                out,
            );
            let max = object.need(
                "maxBackoffSeconds",
                "the most seconds between two attempts, as in `maxBackoffSeconds: 600`",
                out,
            );
            let min_seconds = min
                .as_ref()
                .and_then(|field| field.whole_number(&BACKOFF_SECONDS, out));
            let max_seconds = max.and_then(|field| field.whole_number(&BACKOFF_SECONDS, out));
            let max_attempts = object
                .get("maxAttempts")
                .and_then(|field| field.whole_number(&ATTEMPTS, out));
            let (min, min_seconds, max_seconds) = (min?, min_seconds?, max_seconds?);
            if min_seconds > max_seconds {
                min.refuse(
                    "spec/backoff",
                    MIN_ABOVE_MAX.to_owned(),
                    format!("{min_seconds} is more than {max_seconds}: swap them"),
                    out,
                );
            }
            Some(RetryPolicy::ExponentialBackoff {
                min_backoff_seconds: min_seconds,
                max_backoff_seconds: max_seconds,
                max_attempts,
            })
        }
    }
}
