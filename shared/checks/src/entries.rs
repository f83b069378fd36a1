//! What a creator reads of the checks: one entry says that a check ran and over what, and one more each finding, the worst first.

use domain::report::{EntryType, ReportEntry};
use domain::time::Timestamp;

use crate::check::{CheckResult, Ended, Judged};
use crate::finding::Check;

/// The findings of one check that a report shows; the full report has them all (an item of the table has 400 KiB).
const SHOWN: usize = 25;
/// Where all of them are, for whoever reads the report of a draft.
const FULL_REPORT: &str =
    "in the full report of this run: GET /connectors/drafts/{id}/reports shows where";

/// The title of a check, as the contract has it (section 3.5); the second and third are ours.
#[must_use]
pub fn title(check: Check) -> &'static str {
    match check {
        Check::Spec => "Connector specification file validation check",
        Check::Sast => "SAST and SCA analysis check",
        Check::Sca => "SCA analysis check",
        Check::Secrets => "Secret detection check",
        Check::Image => "Image security analysis check",
    }
}

/// The entries of one check.
#[must_use]
pub fn entries(result: &CheckResult, now: Timestamp) -> Vec<ReportEntry> {
    let title = title(result.check);
    let entry = |kind, end: &str| ReportEntry::new(kind, format!("{title} {end}"), now);
    let mut entries = Vec::new();
    match &result.ended {
        Ended::Crashed(_) => entries.push(entry(EntryType::Error, "failed").message(
            "The check could not come to its end. This is a fault of the platform: its log has the cause. Run it again, and tell the operator.",
        )),
        Ended::Skipped(why) => entries.push(entry(EntryType::Warning, "skipped").message(why)),
        Ended::Done if result.passed() => {
            entries.push(entry(EntryType::Information, "succeeded").message(&result.scope));
        }
        // What was known, and of which day, belongs to what was found.
        Ended::Done if result.check == Check::Sca => {
            entries.push(entry(EntryType::Information, "ran").message(&result.scope));
        }
        Ended::Done => {}
    }
    let mut findings: Vec<&Judged> = result.findings.iter().collect();
    findings.sort_by_key(|one| {
        (
            !one.fails,
            one.finding.waived.is_some(),
            std::cmp::Reverse(one.finding.severity),
        )
    });
    for one in findings.iter().take(SHOWN) {
        let (kind, end) = match (one.fails, &one.finding.waived) {
            (true, _) => (EntryType::Error, "failed"),
            (false, Some(_)) => (EntryType::Information, "waived"),
            (false, None) => (EntryType::Warning, "warning"),
        };
        let entry = entry(kind, end).message(sentence(one));
        entries.push(match &one.application {
            Some(name) => entry.application(name),
            None => entry,
        });
    }
    if let Some(more) = findings.len().checked_sub(SHOWN).filter(|more| *more > 0) {
        let kind = if result.passed() {
            EntryType::Warning
        } else {
            EntryType::Error
        };
        let message = format!("Findings that are not shown here: {more}. They are {FULL_REPORT}.");
        entries
            .push(entry(kind, if result.passed() { "warning" } else { "failed" }).message(message));
    }
    let notes = result.notes.iter().take(SHOWN);
    entries.extend(notes.map(|note| entry(EntryType::Warning, "warning").message(note)));
    if let Some(more) = result
        .notes
        .len()
        .checked_sub(SHOWN)
        .filter(|more| *more > 0)
    {
        let message =
            format!("Warnings like these that are not shown here: {more}. They are {FULL_REPORT}.");
        entries.push(entry(EntryType::Warning, "warning").message(message));
    }
    entries
}

/// `file:line:column rule (severity, weakness): what is wrong; what to do`.
#[must_use]
pub fn sentence(one: &Judged) -> String {
    let finding = &one.finding;
    let place = match (
        finding.place.file.as_str(),
        finding.place.line,
        finding.place.column,
    ) {
        ("", ..) => String::new(),
        (file, 0, _) => format!("{file} "),
        (file, line, 0) => format!("{file}:{line} "),
        (file, line, column) => format!("{file}:{line}:{column} "),
    };
    let weakness = finding
        .cwe
        .as_deref()
        .map(|cwe| format!(", {cwe}"))
        .unwrap_or_default();
    let waived = finding
        .waived
        .as_deref()
        .map(|why| format!(" Waived: {why}"))
        .unwrap_or_default();
    let (rule, severity) = (&finding.rule, finding.severity.as_str());
    format!(
        "{place}{rule} ({severity}{weakness}): {} {}{waived}",
        finding.message, finding.remedy
    )
}
