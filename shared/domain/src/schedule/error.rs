//! Why a schedule was refused: the field, what stands there, and what may stand there, in words for the person who typed it.

/// A schedule that is not one. `Display` is the whole sentence for the user.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScheduleError {
    /// Not five fields.
    #[error(
        "a schedule has five fields (minute, hour, day of month, month, day of week), as in \"0 2 * * *\"; this one has {found}{}",
        if *found == 6 || *found == 7 { ", and seconds and years are not supported" } else { "" }
    )]
    FieldCount {
        /// How many there are.
        found: usize,
    },
    /// A number outside of its field's range.
    #[error("the {field} field is {value}; it goes from {from} to {to}")]
    OutOfRange {
        /// The field's name.
        field: &'static str,
        /// What stands there.
        value: String,
        /// The least value.
        from: u8,
        /// The greatest value.
        to: u8,
    },
    /// Neither a number nor one of the field's names.
    #[error(
        "the {field} field holds {value}; it takes {accepted}, in lists (1,3), ranges (1-5) and steps (*/10)"
    )]
    Unreadable {
        /// The field's name.
        field: &'static str,
        /// What stands there, quoted.
        value: String,
        /// The values that the field takes.
        accepted: String,
    },
    /// A range whose end is before its start.
    #[error(
        "the {field} field holds {value}, which goes backwards; write it as two ranges, as in {example}"
    )]
    Backwards {
        /// The field's name.
        field: &'static str,
        /// The range, quoted.
        value: String,
        /// Two ranges that say the same.
        example: String,
    },
    /// A step of zero, or one that is longer than the field.
    #[error("the step of the {field} field is {value}; it goes from 1 to {to}")]
    Step {
        /// The field's name.
        field: &'static str,
        /// What stands there, quoted.
        value: String,
        /// How many values the field has.
        to: u8,
    },
    /// Extensions of other schedulers: `L`, `W`, `#`, `?`.
    #[error(
        "the {field} field holds {value}; L, W, # and ? are extensions of other schedulers and not supported here"
    )]
    Extension {
        /// The field's name.
        field: &'static str,
        /// What stands there, quoted.
        value: String,
    },
    /// An alias that does not exist.
    #[error(
        "{alias} is no alias; there are @yearly, @annually, @monthly, @weekly, @daily, @hourly and @every (as in @every 15m)"
    )]
    UnknownAlias {
        /// The alias, quoted.
        alias: String,
    },
    /// `@reboot`.
    #[error(
        "@reboot has no meaning here: an application is not told when the platform starts; use postDeploy for what runs once"
    )]
    Reboot,
    /// An `@every` without a readable duration.
    #[error(
        "@every is followed by a duration in h, m and s, as in @every 15m or @every 1h30m; this one is {value}"
    )]
    EveryUnreadable {
        /// What follows, quoted.
        value: String,
    },
    /// An `@every` outside of its limits.
    #[error("@every takes whole seconds from one minute to 366 days; this one is {value}")]
    EveryOutOfRange {
        /// What follows, quoted.
        value: String,
    },
    /// Dates that do not exist.
    #[error("the schedule never fires: no month that it names has a day {day}")]
    NeverFires {
        /// The least day of the month that it asks for.
        day: u16,
    },
    /// Longer than any sensible schedule.
    #[error("the schedule is longer than {limit} characters")]
    TooLong {
        /// The limit, in characters.
        limit: usize,
    },
    /// What EventBridge Scheduler cannot say.
    #[error(
        "EventBridge counts in whole minutes, and this schedule is @every {seconds} seconds; use a multiple of 60"
    )]
    NotWholeMinutes {
        /// The period.
        seconds: u64,
    },
}

/// The longest piece of a schedule that a message repeats, in characters.
const MAX_QUOTED: usize = 40;

/// A piece of the user's text for a sentence: in quotes, control characters made visible, cut where it is long.
pub(super) fn quote(text: &str) -> String {
    let cut: String = text.chars().take(MAX_QUOTED).collect();
    let mark = if cut.len() < text.len() { "…" } else { "" };
    format!("\"{}{mark}\"", cut.escape_debug())
}
