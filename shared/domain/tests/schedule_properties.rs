//! For any schedule: the next tick is what a calendar read minute by minute says, and EventBridge would fire at the same minutes.

use std::collections::BTreeSet;

use domain::schedule::Schedule;
use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use proptest::prelude::*;

/// One field as text, and the values that it means: built together, so that nothing is parsed here.
type Field = (String, BTreeSet<i64>);

fn item(from: i64, to: i64) -> impl Strategy<Value = Field> {
    prop_oneof![
        (from..=to).prop_map(|value| (value.to_string(), BTreeSet::from([value]))),
        (from..=to, from..=to).prop_map(|(a, b)| {
            let (a, b) = (a.min(b), a.max(b));
            (format!("{a}-{b}"), (a..=b).collect())
        }),
        (1..=to - from + 1).prop_map(move |step| (
            format!("*/{step}"),
            (from..=to)
                .filter(|value| (value - from) % step == 0)
                .collect()
        )),
        (from..=to, from..=to, 1..=to - from + 1).prop_map(|(a, b, step)| {
            let (a, b) = (a.min(b), a.max(b));
            (
                format!("{a}-{b}/{step}"),
                (a..=b).filter(|value| (value - a) % step == 0).collect(),
            )
        }),
    ]
}

fn field(from: i64, to: i64) -> impl Strategy<Value = Field> {
    let star = Just(("*".to_owned(), (from..=to).collect()));
    let list = proptest::collection::vec(item(from, to), 1..4).prop_map(|items| {
        let texts: Vec<&str> = items.iter().map(|(text, _)| text.as_str()).collect();
        (
            texts.join(","),
            items
                .iter()
                .flat_map(|(_, values)| values.iter().copied())
                .collect(),
        )
    });
    prop_oneof![2 => star, 3 => list]
}

#[derive(Debug, Clone)]
struct Fields {
    minute: Field,
    hour: Field,
    date: Field,
    month: Field,
    weekday: Field,
}

prop_compose! {
    fn fields()(minute in field(0, 59), hour in field(0, 23), date in field(1, 31), month in field(1, 12), weekday in field(0, 6)) -> Fields {
        Fields { minute, hour, date, month, weekday }
    }
}

impl Fields {
    fn text(&self) -> String {
        [
            &self.minute,
            &self.hour,
            &self.date,
            &self.month,
            &self.weekday,
        ]
        .map(|(text, _)| text.as_str())
        .join(" ")
    }

    /// POSIX's rule, written down a second time.
    fn matches(&self, time: Timestamp) -> bool {
        let wall = time.to_zoned(TimeZone::UTC);
        let date = self.date.1.contains(&wall.day().into());
        let weekday = self
            .weekday
            .1
            .contains(&wall.weekday().to_sunday_zero_offset().into());
        let day = match (self.date.0.as_str(), self.weekday.0.as_str()) {
            ("*", "*") => true,
            ("*", _) => weekday,
            (_, "*") => date,
            _ => date || weekday,
        };
        day && self.month.1.contains(&wall.month().into())
            && self.hour.1.contains(&wall.hour().into())
            && self.minute.1.contains(&wall.minute().into())
    }
}

/// One field of an EventBridge expression: `*`, `?`, or a list of numbers and ranges.
fn eventbridge_field(text: &str, value: i64) -> bool {
    text == "*"
        || text == "?"
        || text.split(',').any(|item| match item.split_once('-') {
            Some((from, to)) => {
                (from.parse().expect("a number")..=to.parse().expect("a number")).contains(&value)
            }
            None => item.parse::<i64>().expect("a number") == value,
        })
}

fn eventbridge_matches(expression: &str, time: Timestamp) -> bool {
    let inside = expression
        .strip_prefix("cron(")
        .and_then(|rest| rest.strip_suffix(')'))
        .expect("cron(…)");
    let fields: Vec<&str> = inside.split(' ').collect();
    let [minute, hour, date, month, weekday, "*"] = fields[..] else {
        panic!("{expression}")
    };
    assert!(
        (date == "?") != (weekday == "?"),
        "exactly one of the day fields is a question mark: {expression}"
    );
    let wall = time.to_zoned(TimeZone::UTC);
    eventbridge_field(minute, wall.minute().into())
        && eventbridge_field(hour, wall.hour().into())
        && eventbridge_field(date, wall.day().into())
        && eventbridge_field(month, wall.month().into())
        && eventbridge_field(
            weekday,
            i64::from(wall.weekday().to_sunday_zero_offset()) + 1,
        )
}

const MINUTE: SignedDuration = SignedDuration::from_secs(60);

/// Minute by minute over a bit more than a year would be slow for each case: days that match nothing are skipped as a whole.
fn brute_force(fields: &Fields, after: Timestamp, days: i64) -> Option<Timestamp> {
    let start = after.as_second().div_euclid(60) * 60 + 60;
    let any_time = |day: i64| {
        let mut whole = fields.clone();
        whole.minute = ("*".to_owned(), (0..60).collect());
        whole.hour = ("*".to_owned(), (0..24).collect());
        whole.matches(Timestamp::from_second(day * 86_400).expect("in range"))
    };
    let first_day = start.div_euclid(86_400);
    (first_day..first_day + days)
        .filter(|day| any_time(*day))
        .find_map(|day| {
            let minutes = (day * 86_400..(day + 1) * 86_400)
                .step_by(60)
                .filter(|second| *second >= start);
            minutes
                .map(|second| Timestamp::from_second(second).expect("in range"))
                .find(|time| fields.matches(*time))
        })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_next_tick_is_the_first_minute_that_matches(fields in fields(), second in 0_i64..4_000_000_000, nano in 0_i32..1_000_000_000) {
        let after = Timestamp::new(second, nano).expect("in range");
        // Nine years hold a 29 February, over the turn of a century without one too.
        let truth = brute_force(&fields, after, 9 * 366);
        match Schedule::parse(&fields.text()) {
            Ok(schedule) => {
                let next = schedule.next_after(after);
                prop_assert_eq!(next, truth, "{}", fields.text());
                prop_assert!(next.is_some_and(|next| next > after));
            }
            Err(error) => prop_assert_eq!(truth, None, "{}: {}", fields.text(), error),
        }
    }

    #[test]
    fn eventbridge_fires_at_the_same_minutes(fields in fields(), day in 0_i64..40_000) {
        let Ok(schedule) = Schedule::parse(&fields.text()) else { return Ok(()) };
        let said = schedule.to_eventbridge().expect("a cron is always sayable");
        prop_assert!(said.len() <= 2 && said.iter().all(|one| one.len() <= 256), "{said:?}");
        // 120 days at two odd minutes each hour, and every minute of one day.
        let midnight = Timestamp::from_second(day * 86_400).expect("in range");
        let coarse = (0..120 * 24).flat_map(|hour| [hour * 60, hour * 60 + 17]);
        for minute in coarse.chain(0..1440) {
            let time = midnight + MINUTE * minute;
            let fires = said.iter().any(|one| eventbridge_matches(one, time));
            prop_assert_eq!(fires, fields.matches(time), "{} at {}: {:?}", fields.text(), time, said);
        }
    }

    #[test]
    fn any_text_is_read_or_refused_without_a_panic(text in "\\PC{0,40}|[-@*/,0-9A-Z ]{0,30}") {
        if let Ok(schedule) = Schedule::parse(&text) {
            prop_assert!(schedule.next_after(Timestamp::UNIX_EPOCH).is_some(), "{text}");
        }
    }
}
