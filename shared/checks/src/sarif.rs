//! Findings in SARIF 2.1.0 (docs.oasis-open.org/sarif), as editors and code hosts read them; the few parts of it that we need are here.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::check::CheckResult;
use crate::entries::title;
use crate::finding::{Finding, Severity};

/// The document of one run of the checks.
#[must_use]
pub fn sarif(results: &[CheckResult], version: &str) -> Value {
    let findings = || {
        let all = results.iter().flat_map(|result| &result.findings);
        all.map(|one| &one.finding)
    };
    let mut rules: BTreeMap<&str, &Finding> = BTreeMap::new();
    for finding in findings() {
        rules.entry(&finding.rule).or_insert(finding);
    }
    let index: BTreeMap<&str, usize> = rules
        .keys()
        .enumerate()
        .map(|(index, rule)| (*rule, index))
        .collect();
    let mut document = json!({
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "slipway",
                "version": version,
                "rules": rules.values().map(|finding| rule(finding)).collect::<Vec<_>>(),
            }},
            "columnKind": "unicodeCodePoints",
            "results": findings().map(|finding| result(finding, index[finding.rule.as_str()])).collect::<Vec<_>>(),
        }],
    });
    let notices: Vec<Value> = results
        .iter()
        .filter_map(|result| Some((title(result.check), result.more.notice()?)))
        .map(|(check, notice)| json!({"level": "warning", "message": {"text": format!("{check}: {notice}")}}))
        .collect();
    if !notices.is_empty() {
        document["runs"][0]["invocations"] =
            json!([{"executionSuccessful": true, "toolExecutionNotifications": notices}]);
    }
    document
}

fn rule(finding: &Finding) -> Value {
    let mut properties =
        json!({"security-severity": score(finding.severity), "tags": ["security"]});
    if let Some(cwe) = &finding.cwe {
        properties["tags"] = json!(["security", format!("external/cwe/{}", cwe.to_lowercase())]);
    }
    json!({
        "id": finding.rule,
        "shortDescription": {"text": finding.title},
        "help": {"text": finding.remedy},
        "properties": properties,
    })
}

fn result(finding: &Finding, rule: usize) -> Value {
    let place = &finding.place;
    let mut physical = json!({"artifactLocation": {"uri": place.file, "uriBaseId": "%SRCROOT%"}});
    if place.line > 0 {
        let mut region = json!({"startLine": place.line});
        for (name, number) in [
            ("startColumn", place.column),
            ("endLine", place.end_line),
            ("endColumn", place.end_column),
        ] {
            if number > 0 {
                region[name] = json!(number);
            }
        }
        physical["region"] = region;
    }
    let mut result = json!({
        "ruleId": finding.rule,
        "ruleIndex": rule,
        "level": level(finding.severity),
        "message": {"text": format!("{} {}", finding.message, finding.remedy)},
        "partialFingerprints": {"slipway/v1": finding.fingerprint()},
    });
    if !place.file.is_empty() {
        result["locations"] = json!([{"physicalLocation": physical}]);
    }
    if let Some(reason) = &finding.waived {
        result["suppressions"] = json!([{"kind": "external", "justification": reason}]);
    }
    result
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low => "note",
    }
}

/// The middle of the range that CVSS gives to the word, as code hosts sort by it.
fn score(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "9.5",
        Severity::High => "8.0",
        Severity::Medium => "5.5",
        Severity::Low => "2.0",
    }
}
