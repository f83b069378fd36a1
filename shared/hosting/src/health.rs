//! An application is healthy once it answered, and stays so until it failed as often in a row as its threshold says.

use std::time::Duration;

use domain::spec;

/// How the health of an application is judged (contract, section 16).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HealthCheck {
    /// Once its port opens, it is healthy; after that its process's life is its health.
    PortOpens,
    /// `GET path` answers with a 2xx or 3xx status.
    Http {
        /// The path, with or without its leading slash.
        path: String,
        /// Time between two checks.
        interval: Duration,
        /// Time for an answer.
        timeout: Duration,
        /// Failures in a row that make it unhealthy.
        threshold: u32,
    },
}

impl HealthCheck {
    /// That of an application of connect.yaml; none: its port tells.
    #[must_use]
    pub fn of(declared: Option<&spec::HealthCheck>) -> Self {
        let Some(check) = declared else {
            return Self::PortOpens;
        };
        Self::Http {
            path: check.path.clone(),
            interval: check.interval(),
            timeout: check.timeout(),
            threshold: check.threshold(),
        }
    }
}

/// What was seen of an application.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Probe {
    /// A check passed.
    Passed,
    /// A check failed.
    Failed,
    /// The time that a start may take is over.
    StartLimit,
}

/// The health of one running application.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Health {
    /// It has not answered yet; failed checks mean nothing.
    Starting,
    /// It answers; so many checks failed since.
    Healthy {
        /// Failures in a row.
        failures: u32,
    },
    /// It must be restarted.
    Unhealthy,
}

impl Health {
    /// The health after a probe; an unhealthy application is not healed by a late answer, as its restart has begun.
    #[must_use]
    pub fn on(self, probe: Probe, threshold: u32) -> Self {
        match (self, probe) {
            (Self::Starting | Self::Healthy { .. }, Probe::Passed) => Self::Healthy { failures: 0 },
            (Self::Starting, Probe::Failed) => Self::Starting,
            (Self::Starting, Probe::StartLimit) => Self::Unhealthy,
            (Self::Healthy { failures }, Probe::Failed) if failures + 1 >= threshold => {
                Self::Unhealthy
            }
            (Self::Healthy { failures }, Probe::Failed) => Self::Healthy {
                failures: failures + 1,
            },
            (healthy @ Self::Healthy { .. }, Probe::StartLimit) => healthy,
            (Self::Unhealthy, _) => Self::Unhealthy,
        }
    }
}

/// How long to wait before a crashed application starts again: doubled each time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backoff {
    /// Before the first restart.
    pub first: Duration,
    /// Never longer than this.
    pub longest: Duration,
}

impl Default for Backoff {
    fn default() -> Self {
        Self {
            first: Duration::from_secs(1),
            longest: Duration::from_secs(60),
        }
    }
}

impl Backoff {
    /// The wait before restart number `restarts + 1` in a row.
    #[must_use]
    pub fn delay(&self, restarts: u32) -> Duration {
        let factor = 1_u32.checked_shl(restarts).unwrap_or(u32::MAX);
        self.first.saturating_mul(factor).min(self.longest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_health_and_every_probe() {
        let mut table = String::new();
        for health in [
            Health::Starting,
            Health::Healthy { failures: 0 },
            Health::Healthy { failures: 1 },
            Health::Unhealthy,
        ] {
            for probe in [Probe::Passed, Probe::Failed, Probe::StartLimit] {
                let next = health.on(probe, 2);
                table.push_str(&format!("{health:?} on {probe:?}: {next:?}\n"));
            }
        }
        insta::assert_snapshot!(table, @"
        Starting on Passed: Healthy { failures: 0 }
        Starting on Failed: Starting
        Starting on StartLimit: Unhealthy
        Healthy { failures: 0 } on Passed: Healthy { failures: 0 }
        Healthy { failures: 0 } on Failed: Healthy { failures: 1 }
        Healthy { failures: 0 } on StartLimit: Healthy { failures: 0 }
        Healthy { failures: 1 } on Passed: Healthy { failures: 0 }
        Healthy { failures: 1 } on Failed: Unhealthy
        Healthy { failures: 1 } on StartLimit: Healthy { failures: 1 }
        Unhealthy on Passed: Unhealthy
        Unhealthy on Failed: Unhealthy
        Unhealthy on StartLimit: Unhealthy
        ");
    }

    #[test]
    fn the_wait_doubles_up_to_a_minute() {
        let seconds: Vec<u64> = (0..8)
            .map(|n| Backoff::default().delay(n).as_secs())
            .collect();
        assert_eq!(seconds, [1, 2, 4, 8, 16, 32, 60, 60]);
        assert_eq!(Backoff::default().delay(u32::MAX).as_secs(), 60);
    }
}
