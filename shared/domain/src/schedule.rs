//! A schedule that parsed will fire: five POSIX cron fields, an alias or `@every`, always in UTC.
//!
//! A day matches when its day of the month *or* its weekday matches, if both fields are restricted; a field that is exactly `*` does not
//! restrict. `*/2` does restrict (Go's `robfig/cron` and croner read it so; Vixie cron does not).

mod error;
mod eventbridge;
mod every;
mod fields;

use std::fmt;

use croner::Cron;
use jiff::{Timestamp, tz::TimeZone};
use serde::{Deserialize, Serialize};

pub use error::ScheduleError;

/// The longest schedule that is read, in characters (ours; a list of all sixty minutes has 169).
const MAX_CHARACTERS: usize = 256;

/// The aliases and what they stand for (contract, section 16; `@reboot` has no meaning on a platform that never boots).
const ALIASES: [(&str, &str); 6] = [
    ("@yearly", "0 0 1 1 *"),
    ("@annually", "0 0 1 1 *"),
    ("@monthly", "0 0 1 * *"),
    ("@weekly", "0 0 * * 0"),
    ("@daily", "0 0 * * *"),
    ("@hourly", "0 * * * *"),
];

/// When a job runs, in UTC.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Schedule {
    text: String,
    meaning: Meaning,
}

#[derive(Clone, PartialEq, Eq)]
enum Meaning {
    /// A period in seconds, a minute or more.
    Every(u64),
    Fields(Box<Cron>),
}

impl Schedule {
    /// The one door (contract, section 16, "Cron").
    ///
    /// # Errors
    /// Names the field, its value and what is allowed there; a date that never comes (30 February) is an error too.
    pub fn parse(text: &str) -> Result<Self, ScheduleError> {
        let text = text.trim();
        if text.chars().count() > MAX_CHARACTERS {
            return Err(ScheduleError::TooLong {
                limit: MAX_CHARACTERS,
            });
        }
        let meaning = match text.strip_prefix("@every") {
            Some(period) => Meaning::Every(every::seconds(period)?),
            None => Meaning::Fields(Box::new(fields::read(resolve_alias(text)?)?)),
        };
        Ok(Self {
            text: text.to_owned(),
            meaning,
        })
    }

    /// The schedule as it was written, without blanks around it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The first tick strictly after `now`, on a whole second; `None` only near the end of the calendar (the year 5000).
    ///
    /// `@every` ticks at the multiples of its period since 1970, so that a restart does not move it.
    #[must_use]
    pub fn next_after(&self, now: Timestamp) -> Option<Timestamp> {
        match &self.meaning {
            Meaning::Every(seconds) => every::next_after(*seconds, now),
            Meaning::Fields(cron) => {
                let wall = now.to_zoned(TimeZone::UTC).datetime();
                let next = cron.find_next_occurrence(&wall, false).ok()?;
                Some(next.to_zoned(TimeZone::UTC).ok()?.timestamp())
            }
        }
    }

    /// The same schedule for EventBridge Scheduler in the time zone UTC: one `rate()` or `cron()`, or two where both the day of the month
    /// and the weekday are restricted, which EventBridge cannot say in one. Two may name the same minute: whoever receives the ticks
    /// drops the second by its scheduled time. A `rate()` starts counting when it is created, not in 1970.
    ///
    /// # Errors
    /// An `@every` that is not a whole number of minutes.
    pub fn to_eventbridge(&self) -> Result<Vec<String>, ScheduleError> {
        match &self.meaning {
            Meaning::Every(seconds) => eventbridge::rate(*seconds).map(|rate| vec![rate]),
            Meaning::Fields(cron) => Ok(eventbridge::crons(cron)),
        }
    }
}

fn resolve_alias(text: &str) -> Result<&str, ScheduleError> {
    if !text.starts_with('@') {
        return Ok(text);
    }
    match ALIASES.iter().find(|(alias, _)| *alias == text) {
        Some((_, fields)) => Ok(fields),
        None if text == "@reboot" => Err(ScheduleError::Reboot),
        None => Err(ScheduleError::UnknownAlias {
            alias: error::quote(text),
        }),
    }
}

impl fmt::Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Schedule").field(&self.text).finish()
    }
}

impl TryFrom<String> for Schedule {
    type Error = ScheduleError;
    fn try_from(text: String) -> Result<Self, ScheduleError> {
        Self::parse(&text)
    }
}

impl From<Schedule> for String {
    fn from(schedule: Schedule) -> String {
        schedule.text
    }
}
