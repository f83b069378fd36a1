//! A line of output becomes a log entry, and no secret of its application gets past this place.

use domain::names::ApplicationName;
use domain::time::Timestamp;
use secrets::Masker;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::{HttpRequest, LogEntry, LogKind, Severity};
use crate::launch::Launch;

/// Turns what one launch writes into masked entries.
#[derive(Debug)]
pub struct LineMask {
    deployment: Uuid,
    application: ApplicationName,
    masker: Masker,
}

impl LineMask {
    /// Masks the launch's secret values.
    #[must_use]
    pub fn new(launch: &Launch) -> Self {
        Self {
            deployment: launch.deployment,
            application: launch.name.clone(),
            masker: Masker::new(launch.secret_values()),
        }
    }

    /// The text without secrets.
    #[must_use]
    pub fn mask(&self, text: &str) -> String {
        self.masker.mask(text)
    }

    /// The entry of one line: a JSON object keeps its shape and may name its `severity`, all else is text.
    #[must_use]
    pub fn line(&self, text: &str, now: Timestamp) -> LogEntry {
        match serde_json::from_str(text) {
            Ok(Value::Object(fields)) => {
                let severity = Severity::of(fields.get("severity"));
                let details = self.mask_object(fields);
                self.entry(LogKind::ApplicationJson, severity, details, now)
            }
            _ => self.text(Severity::Default, text, now),
        }
    }

    /// An entry of the platform's own about the application, such as a restart.
    #[must_use]
    pub fn text(&self, severity: Severity, text: &str, now: Timestamp) -> LogEntry {
        let details = json!({ "message": self.mask(text) });
        self.entry(LogKind::ApplicationText, severity, details, now)
    }

    /// The entry of an answered request; a secret in its query is masked as well.
    #[must_use]
    pub fn request(&self, request: &HttpRequest, now: Timestamp) -> LogEntry {
        let severity = Severity::of_status(request.status);
        let details = self.mask_value(request.details());
        self.entry(LogKind::HttpRequest, severity, details, now)
    }

    fn entry(
        &self,
        kind: LogKind,
        severity: Severity,
        details: Value,
        timestamp: Timestamp,
    ) -> LogEntry {
        LogEntry {
            kind,
            deployment_id: self.deployment,
            application_name: self.application.clone(),
            severity,
            timestamp,
            details,
        }
    }

    fn mask_object(&self, fields: Map<String, Value>) -> Value {
        let masked = fields
            .into_iter()
            .map(|(name, value)| (self.mask(&name), self.mask_value(value)));
        Value::Object(masked.collect())
    }

    // Masked after parsing: in the raw line an escaped secret would not be recognised, and a mask could break the JSON.
    fn mask_value(&self, value: Value) -> Value {
        match value {
            Value::String(text) => Value::String(self.mask(&text)),
            Value::Number(number) => {
                let text = number.to_string();
                let masked = self.mask(&text);
                if masked == text {
                    Value::Number(number)
                } else {
                    Value::String(masked)
                }
            }
            Value::Array(items) => Value::Array(
                items
                    .into_iter()
                    .map(|item| self.mask_value(item))
                    .collect(),
            ),
            Value::Object(fields) => self.mask_object(fields),
            Value::Null | Value::Bool(_) => value,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{launch, now};

    fn entry(line: &str) -> String {
        let mask = LineMask::new(&launch(
            &[],
            &[("TOKEN", "s3cret\"value"), ("PIN", "90210777")],
        ));
        serde_json::to_string(&mask.line(line, now())).unwrap()
    }

    #[test]
    fn a_text_line_is_a_message_of_severity_default() {
        insta::assert_snapshot!(
            entry("listening on 8080"),
            @r#"{"type":"APPLICATION_TEXT","deploymentId":"00000000-0000-4000-8000-000000000001","applicationName":"api","severity":"DEFAULT","timestamp":"2026-11-22T16:00:00.000Z","details":{"message":"listening on 8080"}}"#
        );
        assert!(
            entry("[1,2]").contains("APPLICATION_TEXT"),
            "an array is text"
        );
        assert!(entry("{\"open").contains("APPLICATION_TEXT"));
    }

    #[test]
    fn a_json_line_keeps_its_shape_and_names_its_severity() {
        insta::assert_snapshot!(
            entry(r#"{"severity":"warning","message":"slow","ms":1200}"#),
            @r#"{"type":"APPLICATION_JSON","deploymentId":"00000000-0000-4000-8000-000000000001","applicationName":"api","severity":"WARNING","timestamp":"2026-11-22T16:00:00.000Z","details":{"severity":"warning","message":"slow","ms":1200}}"#
        );
        assert!(entry(r#"{"severity":7}"#).contains(r#""severity":"DEFAULT""#));
    }

    #[test]
    fn no_secret_gets_through_in_text_in_escaped_json_in_a_key_or_as_a_number() {
        for line in [
            "token is s3cret\"value!",
            r#"{"headers":[{"authorization":"Bearer s3cret\"value"}]}"#,
            r#"{"s3cret\"value":1}"#,
            r#"{"pin":90210777}"#,
        ] {
            let entry = entry(line);
            assert!(
                !entry.contains("s3cret") && !entry.contains("90210777"),
                "{entry}"
            );
        }
    }
}
