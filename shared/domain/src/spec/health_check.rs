//! `healthCheck`: how a service or event application is asked whether it is well.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::application::endpoint;
use super::fields::Field;
use super::finding::Findings;

/// The bounds of all three numbers (contract, section 8.1).
const BOUNDS: std::ops::RangeInclusive<u32> = 1..=20;

/// A health check by HTTP; what the file does not say has a default (contract, section 16).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HealthCheck {
    /// As it is written, with or without a leading slash.
    pub path: String,
    /// As written; see `interval`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interval_seconds: Option<u32>,
    /// As written; see `timeout`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout_seconds: Option<u32>,
    /// As written; see `threshold`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unhealthy_threshold: Option<u32>,
}

impl HealthCheck {
    /// From one check to the next: 10 s where the file does not say.
    #[must_use]
    pub fn interval(&self) -> Duration {
        Duration::from_secs(self.interval_seconds.unwrap_or(10).into())
    }

    /// How long an answer may take: 5 s where the file does not say.
    #[must_use]
    pub fn timeout(&self) -> Duration {
        Duration::from_secs(self.timeout_seconds.unwrap_or(5).into())
    }

    /// The failures in a row after which an application is unhealthy: 3 where the file does not say.
    #[must_use]
    pub fn threshold(&self) -> u32 {
        self.unhealthy_threshold.unwrap_or(3)
    }
}

pub(super) fn read(field: &Field<'_>, out: &mut Findings) -> Option<HealthCheck> {
    let object = field.object(out)?;
    object.only(
        &[
            "path",
            "intervalSeconds",
            "timeoutSeconds",
            "unhealthyThreshold",
        ],
        out,
    );
    let path = object.need("path", "the path to ask, as in `path: /health`", out);
    let path = path.and_then(|path| endpoint(&path, out));
    let mut number = |key| {
        object
            .get(key)
            .and_then(|field| field.whole_number(&BOUNDS, out))
    };
    let (interval_seconds, timeout_seconds, unhealthy_threshold) = (
        number("intervalSeconds"),
        number("timeoutSeconds"),
        number("unhealthyThreshold"),
    );
    Some(HealthCheck {
        path: path?,
        interval_seconds,
        timeout_seconds,
        unhealthy_threshold,
    })
}
