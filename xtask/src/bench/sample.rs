//! A figure is a median with its spread, never a single number.

use std::fmt;
use std::time::Duration;

/// Values of one measurement, repeated; sorted, never empty.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Sample(Vec<f64>);

impl Sample {
    /// The values of all repetitions; panics without any, which only a wrong loop could cause.
    pub(super) fn of(values: impl IntoIterator<Item = f64>) -> Self {
        let mut values: Vec<f64> = values.into_iter().collect();
        assert!(!values.is_empty(), "a figure without a measurement");
        values.sort_by(f64::total_cmp);
        Self(values)
    }

    /// Durations in milliseconds.
    pub(super) fn of_times(times: impl IntoIterator<Item = Duration>) -> Self {
        Self::of(times.into_iter().map(|time| time.as_secs_f64() * 1000.0))
    }

    /// The middle value; between the two middle ones if their count is even.
    pub(super) fn median(&self) -> f64 {
        let (low, high) = ((self.0.len() - 1) / 2, self.0.len() / 2);
        f64::midpoint(self.0[low], self.0[high])
    }

    /// The smallest value that at least this share (0 to 1) of all values do not exceed.
    pub(super) fn percentile(&self, share: f64) -> f64 {
        #[expect(
            clippy::cast_precision_loss,
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a rank is between 1 and the count, which is far below 2^52"
        )]
        let rank = (self.0.len() as f64 * share).ceil() as usize;
        self.0[rank.clamp(1, self.0.len()) - 1]
    }

    fn ends(&self) -> (f64, f64) {
        (self.0[0], self.0[self.0.len() - 1])
    }
}

impl fmt::Display for Sample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (low, high) = self.ends();
        write!(
            f,
            "{} ({} to {}, n = {})",
            short(self.median()),
            short(low),
            short(high),
            self.0.len()
        )
    }
}

/// Three digits that count, never an exponent.
pub(super) fn short(value: f64) -> String {
    match value.abs() {
        size if size >= 100.0 => format!("{value:.0}"),
        size if size >= 10.0 => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_does_not_follow_an_outlier() {
        assert_eq!(Sample::of([9000.0, 1.0, 2.0]).median(), 2.0);
        assert_eq!(Sample::of([4.0, 1.0, 2.0, 3.0]).median(), 2.5);
        assert_eq!(Sample::of([7.0]).median(), 7.0);
    }

    #[test]
    fn percentiles_are_values_that_were_measured() {
        let sample = Sample::of((1..=200).map(f64::from));
        assert_eq!(sample.percentile(0.50), 100.0);
        assert_eq!(sample.percentile(0.99), 198.0);
        assert_eq!(sample.percentile(1.0), 200.0);
        assert_eq!(Sample::of([3.0]).percentile(0.99), 3.0);
    }

    #[test]
    fn a_sample_shows_its_median_spread_and_count() {
        let times = [12.3, 0.5, 1234.0].map(|ms| Duration::from_secs_f64(ms / 1000.0));
        insta::assert_snapshot!(Sample::of_times(times), @"12.3 (0.50 to 1234, n = 3)");
    }
}
