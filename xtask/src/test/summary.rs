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
    /// Not run, as the machine lacks a program. Fails in continuous integration, whose machine can have it.
    Skipped(String),
    /// Not run, as the network or an optional input is missing, which is no failure anywhere.
    Extra(String),
}

impl Outcome {
    pub(super) fn of(passed: bool) -> Self {
        if passed { Self::Passed } else { Self::Failed }
    }

    /// True if the step fails the whole command.
    pub(super) fn fails(&self, is_ci: bool) -> bool {
        match self {
            Self::Passed | Self::Extra(_) => false,
            Self::Failed => true,
            Self::Skipped(_) => is_ci,
        }
    }

    /// Why the step was not run; none if it was.
    fn skipped(&self) -> Option<&str> {
        match self {
            Self::Passed | Self::Failed => None,
            Self::Skipped(reason) | Self::Extra(reason) => Some(reason),
        }
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
            Outcome::Skipped(reason) | Outcome::Extra(reason) => {
                write!(f, "{name:<14} skipped {took:>7.1} s  {reason}")
            }
        }
    }
}

/// Describes the steps, one line for each. The last line names the steps that failed, and counts those that were skipped with the reasons.
pub(super) fn of(steps: &[Done], is_ci: bool) -> String {
    let lines: String = steps.iter().map(|step| format!("{step}\n")).collect();
    let failed: Vec<String> = steps
        .iter()
        .filter(|step| step.outcome.fails(is_ci))
        .map(|step| match step.outcome.skipped() {
            Some(_) => format!("{} (nothing may be skipped where CI is set)", step.name),
            None => step.name.to_owned(),
        })
        .collect();
    let failed = match failed.as_slice() {
        [] => "No step failed".to_owned(),
        names => format!("FAILED: {}", names.join(", ")),
    };
    let skipped: Vec<String> = steps
        .iter()
        .filter_map(|step| Some(format!("{} ({})", step.name, step.outcome.skipped()?)))
        .collect();
    let skipped = match skipped.as_slice() {
        [] => "none was skipped".to_owned(),
        names => format!("{} skipped: {}", names.len(), names.join(", ")),
    };
    let total: Duration = steps.iter().map(|step| step.took).sum();
    let (count, total) = (steps.len(), total.as_secs_f64());
    format!("{lines}{failed}; of {count} steps {skipped}; {total:.1} s.")
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
            done("licences", Outcome::Failed, 10_000),
        ];
        insta::assert_snapshot!(of(&steps, true), @"
        tidy           passed      0.9 s
        clippy         FAILED     61.0 s
        licences       FAILED     10.0 s
        FAILED: clippy, licences; of 3 steps none was skipped; 71.9 s.
        ");
    }

    fn skipping() -> [Done; 3] {
        let network = Outcome::Extra("its database cannot be reached".to_owned());
        let program = Outcome::Skipped("there is no Python 3".to_owned());
        [
            done("tidy", Outcome::Passed, 900),
            done("advisories", network, 10_000),
            done("aws", program, 0),
        ]
    }

    #[test]
    fn what_was_skipped_is_counted_with_the_reasons() {
        insta::assert_snapshot!(of(&skipping(), false), @"
        tidy           passed      0.9 s
        advisories     skipped    10.0 s  its database cannot be reached
        aws            skipped     0.0 s  there is no Python 3
        No step failed; of 3 steps 2 skipped: advisories (its database cannot be reached), aws (there is no Python 3); 10.9 s.
        ");
    }

    #[test]
    fn continuous_integration_accepts_no_missing_program() {
        let summary = of(&skipping(), true);
        let last = summary.lines().next_back().unwrap();
        insta::assert_snapshot!(last, @"FAILED: aws (nothing may be skipped where CI is set); of 3 steps 2 skipped: advisories (its database cannot be reached), aws (there is no Python 3); 10.9 s.");
        let fails = skipping().map(|step| step.outcome.fails(true));
        assert_eq!(fails, [false, false, true]);
    }
}
