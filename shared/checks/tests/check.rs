//! The checks of a source tree together: what is shared is told once, and what crashes never passes.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use checks::sca::Advisories;
use checks::{Check, Policy, Terms, check};
use domain::spec;

const TWO: &str = "deployAs:
  - { name: api, applicationType: service, endpoint: /api }
  - { name: nightly, applicationType: job, endpoint: /job, properties: { schedule: '@daily' } }
";

#[test]
fn a_lockfile_that_two_applications_share_is_told_once() {
    let root = tempfile::tempdir().expect("a folder");
    for name in ["api", "nightly"] {
        fs::create_dir(root.path().join(name)).expect("a folder");
        fs::write(root.path().join(name).join("package.json"), "{}").expect("a file");
    }
    let lock = r#"{"lockfileVersion":3,"packages":{"":{},
"node_modules/lodash":{"version":"4.17.15"},"node_modules/qs":{"version":"6.7.0"}}}"#;
    fs::write(root.path().join("package-lock.json"), lock).expect("a file");
    let osv = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/osv");
    let advisories = Advisories::of_folder(&osv).expect("the advisories of the tests");
    let advisories = [Arc::new(advisories)];
    let policy = Policy::default();
    let terms = Terms {
        policy: &policy,
        advisories: &advisories,
        registry: None,
        today: jiff::civil::date(2026, 11, 22),
        certification: false,
    };
    let spec = spec::read(TWO).expect("a valid connect.yaml");
    let checked = check(root.path(), &spec, terms).expect("a readable tree");
    let sca = checked
        .results
        .iter()
        .find(|result| result.check == Check::Sca)
        .expect("it ran");
    let found: Vec<&str> = sca
        .findings
        .iter()
        .map(|one| one.finding.rule.as_str())
        .collect();
    assert_eq!(found, ["GHSA-35jh-r3h4-6jhm", "GHSA-hrpp-h998-j3pp"]);
    assert_eq!(
        sca.scope,
        "Packages: 2; advisories: 4 (OSV folder, newest 2024-06-05T16:13:00Z)."
    );
    assert!(!sca.passed());
}
