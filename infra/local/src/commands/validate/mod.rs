//! `slipway validate DIR`: the checks of a preview on a working copy, without a server, a commit or a build.

mod print;

use std::collections::BTreeSet;
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use checks::{CheckResult, Judged, SourceChecks};
use clap::Args;
use domain::spec::Spec;
use functions::Standards;
use ignore::{DirEntry, WalkBuilder};
use serde::Serialize;
use work::Clock;

use super::standards::Standards as Flags;
use crate::terminal;

/// What to check, by what, and how to show it.
#[derive(Args)]
pub(super) struct Validate {
    /// The working copy: the folder with connect.yaml.
    #[arg(default_value = ".")]
    dir: PathBuf,
    #[command(flatten)]
    standards: Flags,
    /// Judges as for a certification: by its policy, and waivers of the repository do not count.
    #[arg(long)]
    certification: bool,
    /// Prints one JSON document instead of text.
    #[arg(long, conflicts_with = "sarif")]
    json: bool,
    /// Prints the findings in SARIF 2.1.0.
    #[arg(long)]
    sarif: bool,
}

/// What was found, as `--json` prints it.
#[derive(Serialize)]
struct Validation {
    passed: bool,
    #[serde(flatten)]
    checks: SourceChecks,
}

/// Validates; false where something fails.
pub(super) async fn run(options: Validate) -> anyhow::Result<bool> {
    tokio::task::spawn_blocking(move || validate(options)).await?
}

#[expect(clippy::print_stdout, reason = "this is what the command prints")]
fn validate(options: Validate) -> anyhow::Result<bool> {
    let root = &options.dir;
    if !root.is_dir() {
        bail!(
            "{} is not a folder. Name the folder that holds connect.yaml.",
            root.display()
        );
    }
    let standards = Standards::load(&options.standards.into())?;
    let advisories = standards.loaded();
    let terms = standards.terms(Clock::system().now(), options.certification, &advisories);
    let checks = |spec: &Spec| standards.check(root, spec, terms, None);
    let validation = check(root, checks)?;
    if options.json {
        let document = serde_json::to_string_pretty(&validation)?;
        println!("{}", terminal::json(&document));
    } else if options.sarif {
        let document = checks::sarif(&validation.checks.results, env!("CARGO_PKG_VERSION"));
        let document = serde_json::to_string_pretty(&document)?;
        println!("{}", terminal::json(&document));
    } else {
        print!("{}", text(root, &validation.checks));
    }
    Ok(validation.passed)
}

/// The findings for this terminal.
pub(crate) fn text(root: &Path, checks: &SourceChecks) -> String {
    print::text(root, checks, std::io::stdout().is_terminal())
}

/// The specification first: without one nobody knows what the applications are.
fn check(
    root: &Path,
    checks: impl Fn(&Spec) -> io::Result<SourceChecks>,
) -> anyhow::Result<Validation> {
    let unreadable = || format!("{} cannot be read", root.display());
    let spec = checks::check_spec(root).with_context(unreadable)?;
    let scope = "connect.yaml and the folders that it names.".to_owned();
    let of_spec = CheckResult::of_spec(spec.spec.as_ref(), spec.findings, scope);
    let applications = spec.spec.unwrap_or_default();
    let mut checks = checks(&applications).with_context(unreadable)?;
    checks.results.insert(0, of_spec);
    forget_ignored(root, &mut checks);
    Ok(Validation {
        passed: checks.results.iter().all(CheckResult::passed),
        checks,
    })
}

/// Removes findings that environment files are committed, of those that git ignores: `slipway dev` reads its values from them.
fn forget_ignored(root: &Path, checks: &mut SourceChecks) {
    let is_env_file = |one: &Judged| one.finding.rule == checks::ENV_FILE;
    let results = &mut checks.results;
    if !results
        .iter()
        .any(|one| one.findings.iter().any(is_env_file))
    {
        return;
    }
    let walk = WalkBuilder::new(root)
        .hidden(false)
        .require_git(false)
        .build();
    let kept: BTreeSet<PathBuf> = walk.flatten().map(DirEntry::into_path).collect();
    for result in results {
        result
            .findings
            .retain(|one| !is_env_file(one) || kept.contains(&root.join(&one.finding.place.file)));
    }
}

#[cfg(test)]
mod tests {
    use domain::time::Timestamp;

    use super::*;

    fn told(files: &[(&str, &str)]) -> String {
        let root = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let path = root.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        let standards = Standards::default();
        let now = Timestamp("2026-11-22T12:00:00Z".parse().unwrap());
        let terms = standards.terms(now, false, &[]);
        let validation =
            check(root.path(), |spec| checks::check(root.path(), spec, terms)).unwrap();
        print::text(root.path(), &validation.checks, false)
    }

    #[test]
    fn every_finding_is_shown_at_its_place_with_its_remedy() {
        let told = told(&[
            (
                "connect.yaml",
                "deployAs:\n  - name: service\n    applicationType: service\n    endpoint: /service\n  - name: missing\n    applicationType: job\n    endpoint: /job\n    properties: { schedule: '@daily' }\n",
            ),
            (
                "service/package.json",
                "{\"scripts\":{\"start\":\"node index.js\"}}",
            ),
            (
                "service/index.js",
                "const { exec } = require('child_process');\napp.get('/ping', (req, res) => {\n  exec('ping ' + req.query.host, () => res.end());\n});\n",
            ),
        ]);
        insta::assert_snapshot!(told, @"
        error[tree/folder-missing]: [deployAs.1.name]: There is no folder missing.
         --> connect.yaml:5:11
          |
        5 |   - name: missing
          |           ^^^^^^^
          |
          = help: An application lives in a folder at the root of the repository whose name is the application's name.

        error[js-command-injection]: Data of a request becomes part of a command line. Whoever sends the request can append commands of their own, and they run with the rights of the service.
         --> service/index.js:3:3
          |
        3 |   exec('ping ' + req.query.host, () => res.end());
          |   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
          |
          = help: Call `execFile` or `spawn` with a fixed program and an array of arguments, without a shell, and check each argument against a list of allowed values.

        warning: service has no lockfile, so its dependencies were not looked up: commit the lockfile of its package manager.

        ✗ Connector specification file validation check failed: connect.yaml and the folders that it names.
        ✗ SAST analysis check failed: Files: 1, lines: 4, rules: 107; test files left out: 0.
        - SCA analysis check skipped: No advisories are loaded, so nothing is known about the dependencies. The operator loads them with `slipway up --advisories PATH`.
        ✓ Secret detection check succeeded: Files: 3, shapes: 27.

        2 errors and 1 warning.
        ");
    }

    #[test]
    fn a_file_of_values_that_git_ignores_is_not_a_committed_one() {
        let connector = "deployAs:\n  - name: site\n    applicationType: assets\n";
        let files = [
            ("connect.yaml", connector),
            ("site/index.html", ""),
            ("site/.env", "TOKEN=x\n"),
        ];
        let committed = told(&files);
        assert!(committed.contains("error[env-file]"), "{committed}");
        let ignored = told(&[&files[..], &[(".gitignore", ".env\n")]].concat());
        assert!(!ignored.contains("env-file"), "{ignored}");
    }
}
