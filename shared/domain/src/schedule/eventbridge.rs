//! What EventBridge Scheduler is told fires exactly when the POSIX fields say: its weekdays go from 1 (Sunday) to 7, and one of the two
//! day fields is always `?`.

use croner::{Cron, CronComponent};

use super::error::ScheduleError;

/// `@every`, in whole minutes.
pub(super) fn rate(seconds: u64) -> Result<String, ScheduleError> {
    if !seconds.is_multiple_of(60) {
        return Err(ScheduleError::NotWholeMinutes { seconds });
    }
    let minutes = seconds / 60;
    Ok(if minutes == 1 {
        "rate(1 minute)".to_owned()
    } else {
        format!("rate({minutes} minutes)")
    })
}

/// One expression, or two where a day may match by its date or by its weekday.
pub(super) fn crons(cron: &Cron) -> Vec<String> {
    let pattern = &cron.pattern;
    let minutes = list(&pattern.minutes, 60, 0);
    let hours = list(&pattern.hours, 24, 0);
    let months = list(&pattern.months, 12, 0);
    let dates = list(&pattern.days, 31, 0);
    let weekdays = list(&pattern.days_of_week, 7, 1);
    let by_date = format!("cron({minutes} {hours} {dates} {months} ? *)");
    let by_weekday = format!("cron({minutes} {hours} ? {months} {weekdays} *)");
    // With both fields restricted a day matches by either, so one that lists every value says "every day".
    let every_day = || format!("cron({minutes} {hours} * {months} ? *)");
    match (pattern.is_dom_wildcard(), pattern.is_dow_wildcard()) {
        (_, true) => vec![by_date],
        (true, false) => vec![by_weekday],
        (false, false) if dates == "*" || weekdays == "*" => vec![every_day()],
        (false, false) => vec![by_date, by_weekday],
    }
}

/// The field's values as EventBridge lists them, `*` when they are all there, each moved up by `shift`. At most 112 characters, so
/// that an expression (at most 238) keeps within EventBridge's 256.
fn list(field: &CronComponent, all: usize, shift: u16) -> String {
    let values = field.values();
    if values.len() == all {
        return "*".to_owned();
    }
    let mut runs: Vec<(u16, u16)> = Vec::new();
    for value in values.iter().map(|value| value + shift) {
        match runs.last_mut() {
            Some((_, end)) if *end + 1 == value => *end = value,
            _ => runs.push((value, value)),
        }
    }
    let words: Vec<String> = runs.iter().map(|run| word(*run)).collect();
    words.join(",")
}

fn word((start, end): (u16, u16)) -> String {
    if start == end {
        start.to_string()
    } else {
        format!("{start}-{end}")
    }
}
