//! A point in time as the wire shows it: UTC, milliseconds, `Z` (contract, section 5.5).

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A point in time, cut to milliseconds when it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Timestamp(pub jiff::Timestamp);

impl Timestamp {
    /// Milliseconds since 1970.
    #[must_use]
    pub fn millis(self) -> i64 {
        self.0.as_millisecond()
    }

    /// How long it is from `earlier` to this time; nothing where that is not earlier.
    #[must_use]
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(u64::try_from(self.millis() - earlier.millis()).unwrap_or(0))
    }

    /// The time `later` after this one; the far end of time where it does not fit.
    #[must_use]
    pub fn after(self, later: Duration) -> Self {
        Self(self.0.checked_add(later).unwrap_or(jiff::Timestamp::MAX))
    }

    /// The time `earlier` before this one; the beginning of time where it does not fit.
    #[must_use]
    pub fn before(self, earlier: Duration) -> Self {
        Self(self.0.checked_sub(earlier).unwrap_or(jiff::Timestamp::MIN))
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.3}", self.0)
    }
}

impl JsonSchema for Timestamp {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Timestamp".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "string", "format": "date-time"})
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        jiff::Timestamp::deserialize(deserializer).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_timestamp_is_written_with_milliseconds_and_z() {
        let time = Timestamp("2026-11-22T16:00:00Z".parse().expect("a time"));
        assert_eq!(time.to_string(), "2026-11-22T16:00:00.000Z");
        assert_eq!(
            time.after(Duration::from_millis(1_500)).to_string(),
            "2026-11-22T16:00:01.500Z"
        );
        let late = Timestamp("2026-11-22T16:00:00.999999Z".parse().expect("a time"));
        assert_eq!(late.to_string(), "2026-11-22T16:00:00.999Z");
    }
}
