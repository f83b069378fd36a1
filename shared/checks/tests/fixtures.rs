//! Trees that are named after what they show, each with the whole report of its source.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use checks::sca::Advisories;
use checks::{CheckResult, Policy, Terms, check, check_spec, entries};
use domain::report::ReportEntry;
use domain::time::Timestamp;

use crate::write;

/// What a fixture has where it does not say otherwise.
const BASE: [(&str, &str); 3] = [
    (
        "connect.yaml",
        "deployAs:\n  - name: service\n    applicationType: service\n    endpoint: /service\n",
    ),
    (
        "service/package.json",
        r#"{ "scripts": { "start": "node index.js" } }"#,
    ),
    (
        "service/package-lock.json",
        r#"{ "lockfileVersion": 3, "packages": { "": {} } }"#,
    ),
];

/// Adds what makes a service of a tree that names no other application.
pub(crate) fn complete(root: &Path) {
    let specified = root.join("connect.yaml").exists();
    let locked = root.join("service/pnpm-lock.yaml").exists();
    for (path, text) in BASE {
        let of_the_service = path.starts_with("service/");
        let unwanted = (specified && of_the_service) || (locked && path.ends_with("lock.json"));
        if !unwanted && !root.join(path).exists() {
            write(root, path, text);
        }
    }
}

/// The results for a tree; those of the source only where connect.yaml can be used, as in a preview.
pub(crate) fn results(root: &Path, advisories: &[Arc<Advisories>]) -> Vec<CheckResult> {
    let spec = check_spec(root).expect("a readable tree");
    let mut results = vec![CheckResult::of_spec(
        spec.spec.as_ref(),
        spec.findings,
        "connect.yaml.".to_owned(),
    )];
    if let Some(spec) = spec.spec {
        let policy = Policy::default();
        let terms = Terms {
            policy: &policy,
            advisories,
            registry: None,
            today: jiff::civil::date(2026, 11, 22),
            certification: false,
        };
        results.extend(check(root, &spec, terms).expect("a readable tree").results);
    }
    results
}

/// The advisories of the tests.
pub(crate) fn advisories() -> [Arc<Advisories>; 1] {
    let osv = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/osv");
    let loaded = Advisories::of_folder(&osv).expect("the advisories of the tests");
    [Arc::new(loaded)]
}

/// The report as a creator reads it.
pub(crate) fn report(root: &Path, advisories: &[Arc<Advisories>]) -> String {
    let now = Timestamp("2026-11-22T12:00:00Z".parse().expect("a time"));
    let results = results(root, advisories);
    let all = results.iter().flat_map(|result| entries(result, now));
    all.map(told).collect::<Vec<_>>().join("\n")
}

fn told(entry: ReportEntry) -> String {
    let application = entry.application.map(|name| format!(" [{name}]"));
    let (kind, title) = (entry.kind, entry.title);
    let message = entry.message.unwrap_or_default();
    format!(
        "{kind:?}{}: {title}\n  {message}",
        application.unwrap_or_default()
    )
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a fixture") {
        let entry = entry.expect("a fixture");
        let to = to.join(entry.file_name());
        if entry.file_type().expect("a fixture").is_dir() {
            copy(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).expect("a file");
        }
    }
}

/// The demo shows what a warning looks like, whatever is known of its dependencies.
#[test]
fn the_connector_of_the_demo_has_a_warning_and_no_error() {
    let starter =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/connectors/starter");
    let told = report(&starter, &[]);
    assert!(
        told.contains(
            "\nWarning [service]: SAST and SCA analysis check warning\n  service/src/app.ts:"
        ),
        "{told}"
    );
    assert!(!told.contains("Error"), "{told}");
}

#[test]
fn every_fixture_has_the_report_that_its_name_promises() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let advisories = advisories();
    let mut seen = 0;
    for fixture in fs::read_dir(folder).expect("the fixtures") {
        let fixture = fixture.expect("a fixture");
        if !fixture.file_type().expect("a fixture").is_dir() {
            continue;
        }
        let tree = tempfile::tempdir().expect("a folder");
        copy(&fixture.path(), tree.path());
        complete(tree.path());
        let name = fixture.file_name().to_string_lossy().into_owned();
        insta::assert_snapshot!(name, report(tree.path(), &advisories));
        seen += 1;
    }
    assert!(seen >= 20, "only {seen} fixtures were read");
}
