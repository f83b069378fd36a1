//! A figure: what was measured, beside what, and how much of it is allowed.

use super::sample::{Sample, short};

/// One row of the table.
pub(super) struct Figure {
    /// What was measured, as a phrase.
    pub(super) name: &'static str,
    /// `ms`, `MB` or `per second`.
    pub(super) unit: &'static str,
    pub(super) measured: Sample,
    /// What the reference is, as a phrase.
    pub(super) reference_name: &'static str,
    pub(super) reference: Sample,
    pub(super) target: Target,
}

/// What the median may be.
#[derive(Clone, Copy)]
pub(super) enum Target {
    /// In the figure's unit.
    AtMost(f64),
    /// More than the reference's median, in the figure's unit.
    BeyondReference(f64),
    /// So many times the reference's median.
    TimesReference(f64),
    /// The least that the median may be, in the figure's unit.
    AtLeast(f64),
}

impl Figure {
    /// Whether the median keeps to the target.
    pub(super) fn within_target(&self) -> bool {
        let measured = self.measured.median();
        match self.target {
            Target::AtMost(limit) => measured <= limit,
            Target::BeyondReference(more) => measured <= self.reference.median() + more,
            Target::TimesReference(times) => measured <= self.reference.median() * times,
            Target::AtLeast(limit) => measured >= limit,
        }
    }

    /// The target in words, and whether it was met.
    pub(super) fn verdict(&self) -> String {
        let unit = self.unit;
        let target = match self.target {
            Target::AtMost(limit) => format!("at most {} {unit}", short(limit)),
            Target::BeyondReference(more) => {
                format!("at most {} {unit} more than the reference", short(more))
            }
            Target::TimesReference(times) => format!("at most {times} times the reference"),
            Target::AtLeast(limit) => format!("at least {} {unit}", short(limit)),
        };
        let met = if self.within_target() {
            "met"
        } else {
            "MISSED"
        };
        format!("{target}: {met}")
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(in crate::bench) fn figure(target: Target) -> Figure {
        Figure {
            name: "Deployment of a built artifact",
            unit: "ms",
            measured: Sample::of([800.0, 900.0, 1000.0]),
            reference_name: "bare start of the application",
            reference: Sample::of([100.0, 110.0, 120.0]),
            target,
        }
    }

    #[test]
    fn the_median_decides() {
        assert!(figure(Target::AtMost(900.0)).within_target());
        assert!(!figure(Target::AtMost(899.0)).within_target());
    }

    #[test]
    fn a_target_may_stand_on_the_reference() {
        assert!(figure(Target::BeyondReference(790.0)).within_target());
        assert!(!figure(Target::BeyondReference(789.0)).within_target());
        assert!(figure(Target::TimesReference(8.2)).within_target());
        assert!(!figure(Target::TimesReference(8.1)).within_target());
    }

    #[test]
    fn a_target_may_be_a_least() {
        assert!(figure(Target::AtLeast(900.0)).within_target());
        assert!(!figure(Target::AtLeast(901.0)).within_target());
    }

    #[test]
    fn a_missed_target_is_seen_at_a_glance() {
        insta::assert_snapshot!(figure(Target::AtMost(150.0)).verdict(), @"at most 150 ms: MISSED");
        insta::assert_snapshot!(figure(Target::BeyondReference(1000.0)).verdict(), @"at most 1000 ms more than the reference: met");
        insta::assert_snapshot!(figure(Target::TimesReference(1.3)).verdict(), @"at most 1.3 times the reference: MISSED");
        insta::assert_snapshot!(figure(Target::AtLeast(300.0)).verdict(), @"at least 300 ms: met");
    }
}
