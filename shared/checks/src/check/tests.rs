//! A check that crashes, as no input is known that makes one crash.

use std::collections::BTreeMap;

use domain::time::Timestamp;

use super::*;
use crate::entries;

const ONE: &str = "deployAs:
  - { name: service, applicationType: service, endpoint: /service }
";

#[test]
fn a_check_that_crashes_is_an_error_and_the_others_come_to_their_end() {
    let root = tempfile::tempdir().expect("a folder");
    let terms = Terms {
        policy: &Policy::default(),
        advisories: &[],
        registry: None,
        today: jiff::civil::date(2026, 11, 22),
        certification: false,
    };
    let spec = domain::spec::read(ONE).expect("a valid connect.yaml");
    let examined = Examined {
        sast: Err(Box::new("index out of bounds: /srv/data")),
        secrets: Ok(Secrets::default()),
        millis: BTreeMap::new(),
    };
    let checks = {
        let (judge, problems) = Judge::of(root.path(), &spec, terms);
        judged(root.path(), judge, &problems, examined, &[])
    };
    let passed: Vec<bool> = checks.results.iter().map(CheckResult::passed).collect();
    assert_eq!(passed, [false, true, true]);
    let now = Timestamp("2026-11-22T12:00:00Z".parse().expect("a time"));
    let told: Vec<String> = checks
        .results
        .iter()
        .flat_map(|result| entries(result, now))
        .map(|entry| {
            let message = entry.message.unwrap_or_default();
            format!("{:?}: {}: {message}", entry.kind, entry.title)
        })
        .collect();
    insta::assert_snapshot!(told.join("\n"), @"
    Error: SAST and SCA analysis check failed: The check could not come to its end. This is a fault of the platform: its log has the cause. Run it again, and tell the operator.
    Warning: SCA analysis check skipped: No advisories are loaded, so nothing is known about the dependencies. The operator loads them with `slipway up --advisories PATH`.
    Information: Secret detection check succeeded: Files: 0, shapes: 27.
    ");
}
