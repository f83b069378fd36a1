//! What a schedule means, and what is said to somebody who wrote one that means nothing.

use domain::schedule::Schedule;
use jiff::Timestamp;

fn schedule(text: &str) -> Schedule {
    Schedule::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn time(text: &str) -> Timestamp {
    text.parse().expect("a timestamp")
}

fn next(text: &str, after: &str) -> String {
    schedule(text)
        .next_after(time(after))
        .expect("a tick")
        .to_string()
}

#[test]
fn the_next_tick_is_strictly_later_and_in_utc() {
    assert_eq!(
        next("0 2 * * *", "2026-03-01T01:59:59.999Z"),
        "2026-03-01T02:00:00Z"
    );
    assert_eq!(
        next("0 2 * * *", "2026-03-01T02:00:00Z"),
        "2026-03-02T02:00:00Z"
    );
    assert_eq!(
        next("0 2 * * *", "2026-03-01T02:00:00.000000001Z"),
        "2026-03-02T02:00:00Z"
    );
    assert_eq!(
        next("0 0 29 2 *", "2097-01-01T00:00:00Z"),
        "2104-02-29T00:00:00Z"
    );
}

#[test]
fn a_day_matches_by_its_date_or_by_its_weekday() {
    // 2026-03-01 is a Sunday.
    assert_eq!(
        next("0 0 13 * FRI", "2026-03-01T00:00:00Z"),
        "2026-03-06T00:00:00Z"
    );
    assert_eq!(
        next("0 0 13 * FRI", "2026-04-10T00:00:00Z"),
        "2026-04-13T00:00:00Z"
    );
    assert_eq!(
        next("0 0 * * 7", "2026-03-01T00:00:00Z"),
        "2026-03-08T00:00:00Z"
    );
    assert_eq!(
        next("0 0 * * fri-sun", "2026-03-02T00:00:00Z"),
        "2026-03-06T00:00:00Z"
    );
    assert_eq!(
        next("0 0 30 2 1", "2026-02-01T00:00:00Z"),
        "2026-02-02T00:00:00Z"
    );
}

#[test]
fn a_step_from_a_single_number_runs_to_the_end_of_the_field() {
    assert_eq!(
        next("50/5 * * * *", "2026-03-01T00:51:00Z"),
        "2026-03-01T00:55:00Z"
    );
    assert_eq!(
        next("50/5 * * * *", "2026-03-01T00:55:00Z"),
        "2026-03-01T01:50:00Z"
    );
}

#[test]
fn every_counts_from_1970_so_that_a_restart_does_not_move_it() {
    assert_eq!(
        next("@every 90s", "1970-01-01T00:00:00Z"),
        "1970-01-01T00:01:30Z"
    );
    assert_eq!(
        next("@every 1h30m", "1970-01-01T01:30:00Z"),
        "1970-01-01T03:00:00Z"
    );
    assert_eq!(
        next("@every 1m", "1969-12-31T23:59:59.5Z"),
        "1970-01-01T00:00:00Z"
    );
}

#[test]
fn eventbridge_hears_its_own_dialect() {
    let said = |text: &str| {
        schedule(text)
            .to_eventbridge()
            .map_or_else(|error| error.to_string(), |all| all.join(" + "))
    };
    let lines = [
        "*/15 * * * *",
        "0 2 * * 1-5",
        "@weekly",
        "30 4 1,15 * FRI",
        "0 0 1-31 * MON",
        "@every 1m",
        "@every 36h",
        "@every 90s",
    ]
    .map(|text| format!("{text} = {}", said(text)));
    insta::assert_snapshot!(lines.join("\n"), @r"
    */15 * * * * = cron(0,15,30,45 * * * ? *)
    0 2 * * 1-5 = cron(0 2 ? * 2-6 *)
    @weekly = cron(0 0 ? * 1 *)
    30 4 1,15 * FRI = cron(30 4 1,15 * ? *) + cron(30 4 ? * 6 *)
    0 0 1-31 * MON = cron(0 0 * * ? *)
    @every 1m = rate(1 minute)
    @every 36h = rate(2160 minutes)
    @every 90s = EventBridge counts in whole minutes, and this schedule is @every 90 seconds; use a multiple of 60
    ");
}

#[test]
fn a_refusal_names_the_field_the_value_and_what_is_allowed() {
    let lines = [
        "",
        "* * * *",
        "0 0 2 * * *",
        "0 25 * * *",
        "60 * * * *",
        "* * 0 * *",
        "* * * 13 *",
        "* * * * 8",
        "x * * * *",
        "* * * JANUARY *",
        "* * * * MOO",
        "1,,2 * * * *",
        "*,5 * * * *",
        "30-10 * * * *",
        "* * * * FRI-MON",
        "*/0 * * * *",
        "*/61 * * * *",
        "*/x * * * *",
        "-5 * * * *",
        "0 0 L * *",
        "0 0 ? * *",
        "0 0 * * 5#2",
        "99999999999999999999 * * * *",
        "0 0 30 2 *",
        "0 0 31 4,6,9,11 *",
        "@reboot",
        "@midnight",
        "@every",
        "@every 5",
        "@every 1.5h",
        "@every 30s",
        "@every 90500ms",
        "@every 9999h",
        "@every 99999999999999999999999999999999999999999h",
        "\u{1b}[31m * * * *",
    ]
    .map(|text| format!("{text:?}: {}", Schedule::parse(text).expect_err("refused")));
    insta::assert_snapshot!(lines.join("\n"), @r#"
    "": a schedule has five fields (minute, hour, day of month, month, day of week), as in "0 2 * * *"; this one has 0
    "* * * *": a schedule has five fields (minute, hour, day of month, month, day of week), as in "0 2 * * *"; this one has 4
    "0 0 2 * * *": a schedule has five fields (minute, hour, day of month, month, day of week), as in "0 2 * * *"; this one has 6, and seconds and years are not supported
    "0 25 * * *": the hour field is 25; it goes from 0 to 23
    "60 * * * *": the minute field is 60; it goes from 0 to 59
    "* * 0 * *": the day of month field is 0; it goes from 1 to 31
    "* * * 13 *": the month field is 13; it goes from 1 to 12
    "* * * * 8": the day of week field is 8; it goes from 0 to 7
    "x * * * *": the minute field holds "x"; it takes * alone or numbers from 0 to 59, in lists (1,3), ranges (1-5) and steps (*/10)
    "* * * JANUARY *": the month field holds "JANUARY"; it takes * alone or numbers from 1 to 12 or JAN to DEC, in lists (1,3), ranges (1-5) and steps (*/10)
    "* * * * MOO": the day of week field holds "MOO"; it takes * alone or numbers from 0 to 7 or SUN to SAT, in lists (1,3), ranges (1-5) and steps (*/10)
    "1,,2 * * * *": the minute field holds ""; it takes * alone or numbers from 0 to 59, in lists (1,3), ranges (1-5) and steps (*/10)
    "*,5 * * * *": the minute field holds "*"; it takes * alone or numbers from 0 to 59, in lists (1,3), ranges (1-5) and steps (*/10)
    "30-10 * * * *": the minute field holds "30-10", which goes backwards; write it as two ranges, as in 30-59,0-10
    "* * * * FRI-MON": the day of week field holds "FRI-MON", which goes backwards; write it as two ranges, as in 5-6,0-1
    "*/0 * * * *": the step of the minute field is "0"; it goes from 1 to 60
    "*/61 * * * *": the step of the minute field is "61"; it goes from 1 to 60
    "*/x * * * *": the step of the minute field is "x"; it goes from 1 to 60
    "-5 * * * *": the minute field holds ""; it takes * alone or numbers from 0 to 59, in lists (1,3), ranges (1-5) and steps (*/10)
    "0 0 L * *": the day of month field holds "L"; L, W, # and ? are extensions of other schedulers and not supported here
    "0 0 ? * *": the day of month field holds "?"; L, W, # and ? are extensions of other schedulers and not supported here
    "0 0 * * 5#2": the day of week field holds "5#2"; L, W, # and ? are extensions of other schedulers and not supported here
    "99999999999999999999 * * * *": the minute field is 999999…; it goes from 0 to 59
    "0 0 30 2 *": the schedule never fires: no month that it names has a day 30
    "0 0 31 4,6,9,11 *": the schedule never fires: no month that it names has a day 31
    "@reboot": @reboot has no meaning here: an application is not told when the platform starts; use postDeploy for what runs once
    "@midnight": "@midnight" is no alias; there are @yearly, @annually, @monthly, @weekly, @daily, @hourly and @every (as in @every 15m)
    "@every": @every is followed by a duration in h, m and s, as in @every 15m or @every 1h30m; this one is ""
    "@every 5": @every is followed by a duration in h, m and s, as in @every 15m or @every 1h30m; this one is "5"
    "@every 1.5h": @every is followed by a duration in h, m and s, as in @every 15m or @every 1h30m; this one is "1.5h"
    "@every 30s": @every takes whole seconds from one minute to 366 days; this one is "30s"
    "@every 90500ms": @every takes whole seconds from one minute to 366 days; this one is "90500ms"
    "@every 9999h": @every takes whole seconds from one minute to 366 days; this one is "9999h"
    "@every 99999999999999999999999999999999999999999h": @every takes whole seconds from one minute to 366 days; this one is "9999999999999999999999999999999999999999…"
    "\u{1b}[31m * * * *": the minute field holds "\u{1b}[31m"; it takes * alone or numbers from 0 to 59, in lists (1,3), ranges (1-5) and steps (*/10)
    "#);
}

#[test]
fn a_schedule_is_a_string_in_json_and_keeps_its_spelling() {
    let read: Schedule = serde_json::from_str("\" @every 5m \"").expect("a schedule");
    assert_eq!(serde_json::to_string(&read).expect("JSON"), "\"@every 5m\"");
    assert!(serde_json::from_str::<Schedule>("\"61 * * * *\"").is_err());
}
