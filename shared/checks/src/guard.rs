//! A check that panics ends as an error of its own, and what it panicked with is for the log.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::check::{CheckResult, Ended};
use crate::finding::Check;

/// Runs a check to its end, whatever that is.
pub(crate) fn guarded(check: Check, run: impl FnOnce() -> CheckResult) -> CheckResult {
    catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
        let text = text
            .or_else(|| panic.downcast_ref::<String>().cloned())
            .unwrap_or_default();
        CheckResult {
            check,
            ended: Ended::Crashed(text),
            scope: String::new(),
            findings: Vec::new(),
            notes: Vec::new(),
            more: crate::More::default(),
        }
    })
}
