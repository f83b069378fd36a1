//! The five fields: each is checked here, so that a refusal names the field and its range, and then read by croner.

use croner::{
    Cron,
    parser::{CronParser, Seconds, Year},
};

use super::error::{ScheduleError, quote};

struct Field {
    name: &'static str,
    from: u8,
    to: u8,
    /// Names for the values from `from` on.
    names: &'static [&'static str],
}

const FIELDS: [Field; 5] = [
    Field {
        name: "minute",
        from: 0,
        to: 59,
        names: &[],
    },
    Field {
        name: "hour",
        from: 0,
        to: 23,
        names: &[],
    },
    Field {
        name: "day of month",
        from: 1,
        to: 31,
        names: &[],
    },
    Field {
        name: "month",
        from: 1,
        to: 12,
        names: &[
            "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC",
        ],
    },
    // POSIX has 0 to 6; 7 is Sunday too, as in every cron that is in use.
    Field {
        name: "day of week",
        from: 0,
        to: 7,
        names: &["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"],
    },
];

/// The greatest day of each month, February in a leap year.
const LAST_DAY: [u16; 12] = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/// Reads five fields.
pub(super) fn read(text: &str) -> Result<Cron, ScheduleError> {
    let parts: Vec<&str> = text.split_whitespace().collect();
    if parts.len() != FIELDS.len() {
        return Err(ScheduleError::FieldCount { found: parts.len() });
    }
    let mut spelled = Vec::with_capacity(FIELDS.len());
    for (field, part) in FIELDS.iter().zip(&parts) {
        spelled.push(field.spell(part)?);
    }
    let cron = CronParser::builder()
        .seconds(Seconds::Disallowed)
        .year(Year::Disallowed)
        .build()
        .parse(&spelled.join(" "))
        .map_err(|_| FIELDS[0].unreadable(text))?;
    refuse_dates_that_never_come(&cron)?;
    Ok(cron)
}

/// croner would search until the year 5000 for 30 February.
fn refuse_dates_that_never_come(cron: &Cron) -> Result<(), ScheduleError> {
    let pattern = &cron.pattern;
    let Some(day) = pattern.days.values().first().copied() else {
        return Err(ScheduleError::NeverFires { day: 0 });
    };
    let months = pattern.months.values();
    let comes = months
        .iter()
        .any(|month| day <= LAST_DAY[usize::from(*month) - 1]);
    if comes || !pattern.is_dow_wildcard() {
        Ok(())
    } else {
        Err(ScheduleError::NeverFires { day })
    }
}

impl Field {
    /// The field in croner's strict spelling: plain numbers, and steps only over ranges.
    fn spell(&self, text: &str) -> Result<String, ScheduleError> {
        if text == "*" {
            return Ok(text.to_owned());
        }
        let items: Result<Vec<String>, _> =
            text.split(',').map(|item| self.spell_item(item)).collect();
        Ok(items?.join(","))
    }

    fn spell_item(&self, item: &str) -> Result<String, ScheduleError> {
        let Some((base, step)) = item.split_once('/') else {
            let (from, to) = self.range(item)?;
            return Ok(if from == to {
                from.to_string()
            } else {
                format!("{from}-{to}")
            });
        };
        let step = self.step(step)?;
        if base == "*" {
            return Ok(format!("*/{step}"));
        }
        let (from, to) = self.range(base)?;
        // A single start runs to the end of the field, as Go's cron and EventBridge read it.
        let to = if base.contains('-') { to } else { self.last() };
        Ok(format!("{from}-{}/{step}", to.max(from)))
    }

    /// `5` or `1-5`.
    fn range(&self, text: &str) -> Result<(u8, u8), ScheduleError> {
        let Some((from, to)) = text.split_once('-') else {
            let value = self.value(text)?;
            return Ok((value, value));
        };
        let (from, mut to) = (self.value(from)?, self.value(to)?);
        if self.is_weekday() && to == 0 && from > 0 {
            to = 7;
        }
        if from > to {
            let example = format!("{from}-{},{}-{to}", self.last(), self.from);
            return Err(ScheduleError::Backwards {
                field: self.name,
                value: quote(text),
                example,
            });
        }
        Ok((from, to))
    }

    /// One number or name.
    fn value(&self, text: &str) -> Result<u8, ScheduleError> {
        if let Some(index) = self
            .names
            .iter()
            .position(|name| name.eq_ignore_ascii_case(text))
        {
            return Ok(self.from + u8::try_from(index).unwrap_or_default());
        }
        if text.is_empty() || !text.chars().all(|c| c.is_ascii_digit()) {
            return Err(self.unreadable(text));
        }
        match text.parse::<u8>() {
            Ok(value) if (self.from..=self.to).contains(&value) => Ok(value),
            _ => Err(ScheduleError::OutOfRange {
                field: self.name,
                value: shorten(text),
                from: self.from,
                to: self.to,
            }),
        }
    }

    fn step(&self, text: &str) -> Result<u8, ScheduleError> {
        let most = self.last() - self.from + 1;
        match text.parse::<u8>() {
            Ok(step) if (1..=most).contains(&step) && !text.starts_with('+') => Ok(step),
            _ => Err(ScheduleError::Step {
                field: self.name,
                value: quote(text),
                to: most,
            }),
        }
    }

    fn unreadable(&self, text: &str) -> ScheduleError {
        let value = quote(text);
        let extended = |c: char| matches!(c, 'L' | 'l' | 'W' | 'w' | '#' | '?');
        if text.contains(extended) && text.chars().all(|c| c.is_ascii_digit() || extended(c)) {
            return ScheduleError::Extension {
                field: self.name,
                value,
            };
        }
        let mut accepted = format!("* alone or numbers from {} to {}", self.from, self.to);
        if let (Some(first), Some(last)) = (self.names.first(), self.names.last()) {
            accepted.push_str(&format!(" or {first} to {last}"));
        }
        ScheduleError::Unreadable {
            field: self.name,
            value,
            accepted,
        }
    }

    fn is_weekday(&self) -> bool {
        self.to == 7
    }

    /// The last value that is not a second name of another.
    fn last(&self) -> u8 {
        if self.is_weekday() { 6 } else { self.to }
    }
}

/// A number that somebody made very long stays readable.
fn shorten(digits: &str) -> String {
    if digits.len() <= 6 {
        digits.to_owned()
    } else {
        format!("{}…", &digits[..6])
    }
}
