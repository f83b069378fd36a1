//! Public connect.yaml files get the verdict of the official schema, with its very lines, from `slipway validate`.
//!
//! The files belong to their authors and are not part of the repository: the step is skipped where they are not on the machine.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

use super::summary::Outcome;
use crate::{command, environment};

/// One row of expected.tsv.
struct Row<'t> {
    file: &'t str,
    /// Findings of the official schema; none if it accepts the file.
    findings: BTreeSet<String>,
}

/// Validates each file, and prints those that get another verdict.
pub(super) fn check() -> Result<Outcome> {
    let corpus = environment::field_corpus();
    let table = corpus.join("expected.tsv");
    if !table.is_file() {
        let (place, variable) = (
            environment::FIELD_CORPUS,
            environment::FIELD_CORPUS_VARIABLE,
        );
        return Ok(Outcome::Extra(format!(
            "the public connect.yaml files are not in {place}, and {variable} does not name them"
        )));
    }
    let table =
        fs::read_to_string(&table).with_context(|| format!("cannot read {}", table.display()))?;
    let rows: Vec<Row<'_>> = table.lines().skip(1).map(row).collect::<Result<_>>()?;
    ensure!(!rows.is_empty(), "expected.tsv has no rows");
    let wrong = compare(&corpus, &rows)?;
    for difference in &wrong {
        println!("{difference}");
    }
    println!("{} files, {} wrong verdicts", rows.len(), wrong.len());
    Ok(Outcome::of(wrong.is_empty()))
}

/// Reads one row: file, verdict and findings, separated by tabs.
fn row(line: &str) -> Result<Row<'_>> {
    let columns: Vec<&str> = line.split('\t').collect();
    let [file, verdict, findings] = columns[..] else {
        bail!("a row of expected.tsv has other than three columns: {line}");
    };
    let findings: BTreeSet<String> = findings
        .split(" | ")
        .filter(|finding| !finding.is_empty())
        .map(bare)
        .collect();
    ensure!(
        (verdict == "accept") == findings.is_empty(),
        "the row of {file} has a verdict that does not fit its findings"
    );
    Ok(Row { file, findings })
}

/// A finding without its full stop, which `slipway validate` adds where it is missing.
fn bare(finding: &str) -> String {
    finding.trim_end_matches('.').to_owned()
}

/// Validates the files side by side, as each takes a process, and returns a text for every file with another verdict.
fn compare(corpus: &Path, rows: &[Row<'_>]) -> Result<Vec<String>> {
    let place = command::target()?.join("field-corpus");
    let slipway = command::target()?.join("debug/slipway");
    let next = AtomicUsize::new(0);
    let work = |worker: usize| -> Result<Vec<String>> {
        let folder = place.join(worker.to_string());
        fs::create_dir_all(&folder)?;
        let mut wrong = Vec::new();
        while let Some(row) = rows.get(next.fetch_add(1, Ordering::Relaxed)) {
            let source = corpus.join("yaml").join(row.file);
            fs::copy(&source, folder.join("connect.yaml"))
                .with_context(|| format!("cannot copy {}", source.display()))?;
            let found = findings(&slipway, &folder).with_context(|| row.file.to_owned())?;
            if found != row.findings {
                let expected = &row.findings;
                wrong.push(format!(
                    "{}\n  official: {expected:#?}\n  slipway: {found:#?}",
                    row.file
                ));
            }
        }
        Ok(wrong)
    };
    let workers = thread::available_parallelism().map_or(1, usize::from);
    let wrong = thread::scope(|scope| {
        let work = &work;
        let workers: Vec<_> = (0..workers)
            .map(|worker| scope.spawn(move || work(worker)))
            .collect();
        let ended = workers
            .into_iter()
            .map(|worker| worker.join().expect("a worker returns its errors"));
        ended.collect::<Result<Vec<_>>>()
    })?;
    fs::remove_dir_all(&place)?;
    Ok(wrong.into_iter().flatten().collect())
}

/// Findings of the reader of connect.yaml, without those about folders, which are not there. Each must have a place and a remedy.
fn findings(slipway: &Path, folder: &Path) -> Result<BTreeSet<String>> {
    let mut validate = Command::new(slipway);
    validate
        .args(["validate", "--json", "--npm-advisories", "off"])
        .arg(folder)
        .stdin(Stdio::null());
    // Exit code 1 says that something fails, which is no error here.
    let output = validate.output().context("cannot start slipway")?;
    let report: Value = serde_json::from_slice(&output.stdout).with_context(|| {
        let said = String::from_utf8_lossy(&output.stderr);
        format!("`slipway validate --json` printed no JSON: {said}")
    })?;
    spec_findings(&report)
}

fn spec_findings(report: &Value) -> Result<BTreeSet<String>> {
    let results = report["results"].as_array();
    let all = results
        .context("the report has no results")?
        .iter()
        .flat_map(|result| result["findings"].as_array().into_iter().flatten());
    let of_spec = all.filter(|finding| {
        let rule = finding["rule"].as_str().unwrap_or_default();
        rule.starts_with("spec/")
    });
    let line = |finding: &Value| {
        let placed = finding["place"]["line"].as_u64() >= Some(1);
        let remedy = finding["remedy"].as_str().unwrap_or_default();
        ensure!(
            placed && !remedy.is_empty(),
            "a finding has no place or no remedy: {finding}"
        );
        let message = finding["message"].as_str();
        message.map(bare).context("a finding has no message")
    };
    of_spec.map(line).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_row_has_a_verdict_that_fits_its_findings() {
        assert!(row("a.yaml\taccept\t").unwrap().findings.is_empty());
        let refused = row("a.yaml\trefuse\t[a]: Required | [b]: Invalid.").unwrap();
        assert_eq!(
            refused.findings,
            ["[a]: Required", "[b]: Invalid"].map(str::to_owned).into()
        );
        assert!(row("a.yaml\taccept\t[a]: Required").is_err());
        assert!(row("a.yaml\trefuse\t").is_err());
        assert!(row("a.yaml").is_err());
    }

    #[test]
    fn only_findings_in_the_file_itself_count_and_each_needs_a_place_and_a_remedy() {
        let report = |line: u64| {
            let finding = json!({"rule": "spec/name", "message": "[a]: Invalid.", "remedy": "Mend it.", "place": {"line": line}});
            json!({"results": [{"findings": [finding, {"rule": "tree/folder-missing"}]}, {"findings": []}]})
        };
        assert_eq!(
            spec_findings(&report(3)).unwrap(),
            ["[a]: Invalid".to_owned()].into()
        );
        assert!(spec_findings(&report(0)).is_err());
        assert!(spec_findings(&json!({})).is_err());
    }
}
