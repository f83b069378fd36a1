//! What became of each step, and how long it took.

use std::fmt;
use std::time::Duration;

/// A step that has ended.
pub(super) struct Done {
    pub(super) name: &'static str,
    pub(super) outcome: Outcome,
    pub(super) took: Duration,
}

/// How a step ended.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Passed,
    Failed,
    /// Not run, for a reason that lies outside of the repository.
    Skipped(String),
}

impl Outcome {
    pub(super) fn of(passed: bool) -> Self {
        if passed { Self::Passed } else { Self::Failed }
    }
}

impl fmt::Display for Done {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            name,
            outcome,
            took,
        } = self;
        let took = took.as_secs_f64();
        match outcome {
            Outcome::Passed => write!(f, "{name:<14} passed  {took:>7.1} s"),
            Outcome::Failed => write!(f, "{name:<14} FAILED  {took:>7.1} s"),
            Outcome::Skipped(reason) => write!(f, "{name:<14} skipped {took:>7.1} s  {reason}"),
        }
    }
}

/// One line for each step, and a last one that says what failed.
pub(super) fn of(steps: &[Done]) -> String {
    let failed: Vec<&str> = steps
        .iter()
        .filter(|step| step.outcome == Outcome::Failed)
        .map(|step| step.name)
        .collect();
    let lines: String = steps.iter().map(|step| format!("{step}\n")).collect();
    let total = steps
        .iter()
        .map(|step| step.took)
        .sum::<Duration>()
        .as_secs_f64();
    match failed.as_slice() {
        [] => format!("{lines}No step failed, {total:.1} s."),
        names => format!("{lines}FAILED: {}, {total:.1} s.", names.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn done(name: &'static str, outcome: Outcome, milliseconds: u64) -> Done {
        Done {
            name,
            outcome,
            took: Duration::from_millis(milliseconds),
        }
    }

    #[test]
    fn a_failed_step_is_named_at_the_end() {
        let steps = [
            done("tidy", Outcome::Passed, 900),
            done("clippy", Outcome::Failed, 61_040),
            done(
                "advisories",
                Outcome::Skipped("its database cannot be reached".to_owned()),
                10_000,
            ),
        ];
        insta::assert_snapshot!(of(&steps), @"
        tidy           passed      0.9 s
        clippy         FAILED     61.0 s
        advisories     skipped    10.0 s  its database cannot be reached
        FAILED: clippy, 71.9 s.
        ");
    }

    #[test]
    fn what_was_skipped_is_no_failure() {
        let steps = [done(
            "advisories",
            Outcome::Skipped("no network".to_owned()),
            0,
        )];
        insta::assert_snapshot!(of(&steps), @"
        advisories     skipped     0.0 s  no network
        No step failed, 0.0 s.
        ");
    }
}
