//! A tree with more findings than a report lists: the worst are kept, the others are counted, and the verdict is that of all of them.

#![allow(clippy::disallowed_types, reason = "a test removes its own folder")]

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;
use std::sync::Mutex;

use checks::image::{ImageFacts, MoreFacts};
use checks::{
    Bundle, Check, CheckResult, Ended, MAX_FINDINGS, Memory, Policy, Seen, Terms, check_changed,
    check_image, check_spec, entries, sarif,
};
use domain::time::Timestamp;
use tempfile::TempDir;

use crate::fixtures::{advisories, complete};
use crate::write;

/// Files with [`IN_A_FILE`] findings of static analysis each.
const FILES: usize = 110;
const IN_A_FILE: usize = 20;

/// `eval` of data of a request in many files, and a token in each of its lines.
fn tree() -> TempDir {
    let tree = tempfile::tempdir().expect("a folder");
    complete(tree.path());
    let mut text = String::new();
    for line in 0..IN_A_FILE {
        writeln!(text, "eval(req.query.code{line});").expect("a text grows");
    }
    for file in 0..FILES {
        write(tree.path(), &format!("service/many/{file:03}.js"), &text);
    }
    tree
}

fn run(root: &Path, policy: &Policy, memory: Option<&dyn Memory>) -> Vec<CheckResult> {
    let spec = check_spec(root).expect("a readable tree").spec;
    let terms = Terms {
        policy,
        advisories: &advisories(),
        registry: None,
        today: jiff::civil::date(2026, 11, 22),
        certification: false,
    };
    let spec = spec.expect("a valid connect.yaml");
    let checked = check_changed(root, &spec, terms, memory);
    checked.expect("a readable tree").results
}

fn of(check: Check, results: Vec<CheckResult>) -> CheckResult {
    let mut results = results.into_iter();
    results.find(|one| one.check == check).expect("it ran")
}

fn told(result: &CheckResult) -> Vec<String> {
    let now = Timestamp("2026-11-22T12:00:00Z".parse().expect("a time"));
    let entries = entries(result, now).into_iter();
    entries.filter_map(|entry| entry.message).collect()
}

/// The waiver of everything in the folder `many`.
const WAIVER: &str = "waivers:
  - rule: js-eval
    file: service/many
    reason: Nobody can reach this code.
    expires: 2027-01-31
";

#[test]
fn the_worst_findings_are_kept_and_the_others_are_counted() {
    let tree = tree();
    let sast = of(Check::Sast, run(tree.path(), &Policy::default(), None));
    assert_eq!(sast.findings.len(), MAX_FINDINGS);
    let all = FILES * IN_A_FILE;
    assert_eq!(
        (sast.more.findings, sast.more.files),
        (all - MAX_FINDINGS, 10)
    );
    assert!(!sast.passed());
    let last = &sast.findings[MAX_FINDINGS - 1].finding.place;
    assert_eq!(
        (last.file.as_str(), last.line),
        ("service/many/099.js", 20),
        "the first files"
    );
    let notice = "200 more findings in 10 files are not listed. Fix the listed ones, which are the worst, and run the checks again.";
    let told = told(&sast);
    assert!(told.iter().any(|message| message == notice), "{told:?}");
    let document = sarif(&[sast], "0");
    assert_eq!(
        document["runs"][0]["results"].as_array().map(Vec::len),
        Some(MAX_FINDINGS)
    );
    let notices = &document["runs"][0]["invocations"][0]["toolExecutionNotifications"];
    assert!(
        notices[0]["message"]["text"]
            .as_str()
            .is_some_and(|text| text.ends_with(notice))
    );
}

#[test]
fn waived_findings_do_not_hide_one_that_is_not() {
    let tree = tree();
    write(tree.path(), ".slipway.yml", WAIVER);
    let sast = of(Check::Sast, run(tree.path(), &Policy::default(), None));
    assert!(sast.passed(), "all are waived: {:?}", sast.notes);
    assert_eq!((sast.more.findings, sast.more.failing), (200, 0));
    write(tree.path(), "service/z.js", "eval(req.query.code);\n");
    let sast = of(Check::Sast, run(tree.path(), &Policy::default(), None));
    assert!(!sast.passed());
    let failing: Vec<&str> = sast
        .findings
        .iter()
        .filter(|one| one.fails)
        .map(|one| one.finding.place.file.as_str())
        .collect();
    assert_eq!(failing, ["service/z.js"]);
}

#[test]
fn credentials_and_vulnerable_packages_are_limited_too() {
    let tree = tree();
    for file in 0..210 {
        let mut text = String::new();
        for line in 10..20 {
            writeln!(text, "ghp_k3JdP9sWq7LzX2vBn8MfR4tYh6GcA1eU5o{line}").expect("a text grows");
        }
        write(tree.path(), &format!("notes/{file:03}.txt"), text);
    }
    let mut text = r#"{"lockfileVersion":3,"packages":{"":{}"#.to_owned();
    for number in 0..2_050 {
        write!(
            text,
            r#","node_modules/p{number}/node_modules/lodash":{{"version":"4.1.{number}"}}"#
        )
        .expect("a text grows");
    }
    write(tree.path(), "service/package-lock.json", text + "}}");
    let results = run(tree.path(), &Policy::default(), None);
    for (check, more) in [(Check::Secrets, 100), (Check::Sca, 50)] {
        let result = of(check, results.clone());
        assert_eq!(result.findings.len(), MAX_FINDINGS, "{check:?}");
        assert_eq!(
            (result.more.findings, result.more.failing),
            (more, more),
            "{check:?}"
        );
        assert!(!result.passed());
    }
}

/// Keeps everything, and counts what it was given.
#[derive(Default)]
struct Kept(Mutex<BTreeMap<String, Seen>>);

impl Memory for Kept {
    fn recall(&self, digest: &str) -> Option<Seen> {
        self.0.lock().expect("no panic").get(digest).cloned()
    }

    fn keep(&self, digest: &str, seen: &Seen) {
        let mut kept = self.0.lock().expect("no panic");
        kept.insert(digest.to_owned(), seen.clone());
    }
}

#[test]
fn what_was_cut_is_not_remembered_so_another_policy_sees_everything() {
    let tree = tree();
    write(tree.path(), "service/z.js", "eval(req.query.code);\n");
    let kept = Kept::default();
    let policy = Policy::default();
    run(tree.path(), &policy, Some(&kept));
    assert_eq!(
        kept.0.lock().expect("no panic").len(),
        1,
        "the files of no application"
    );
    // With the waiver, the one finding that counts is among those that the first run did not list.
    write(tree.path(), ".slipway.yml", WAIVER);
    let sast = of(Check::Sast, run(tree.path(), &policy, Some(&kept)));
    assert!(!sast.passed());
    assert_eq!(sast.findings.iter().filter(|one| one.fails).count(), 1);
}

#[test]
fn a_long_chain_of_packages_is_told_by_its_ends() {
    let tree = tempfile::tempdir().expect("a folder");
    complete(tree.path());
    let mut text = r#"{"lockfileVersion":3,"packages":{"":{"dependencies":{"p0":"1"}}"#.to_owned();
    for number in 0..20_000 {
        let next = if number == 19_999 {
            "lodash".to_owned()
        } else {
            format!("p{}", number + 1)
        };
        write!(
            text,
            r#","node_modules/p{number}":{{"version":"1.0.0","dependencies":{{"{next}":"1"}}}}"#
        )
        .expect("a text grows");
    }
    text.push_str(r#","node_modules/lodash":{"version":"4.17.15"}}}"#);
    write(tree.path(), "service/package-lock.json", text);
    write(
        tree.path(),
        "service/package.json",
        r#"{"scripts":{"start":"node ."},"dependencies":{"p0":"1"}}"#,
    );
    let sca = of(Check::Sca, run(tree.path(), &Policy::default(), None));
    assert_eq!(sca.ended, Ended::Done);
    let message = &sca.findings[0].finding.message;
    let way = "It comes by p0 > p1 > p2 > p3 > (19993 more) > p19997 > p19998 > p19999 > lodash.";
    assert!(message.ends_with(way), "{message}");
}

#[test]
fn lockfiles_that_would_fill_the_memory_are_not_looked_up_and_the_report_names_them() {
    let tree = tempfile::tempdir().expect("a folder");
    let mut spec = "deployAs:\n".to_owned();
    for number in 10..30 {
        writeln!(
            spec,
            "  - {{ name: app{number}, applicationType: service, endpoint: /app{number} }}"
        )
        .expect("a text grows");
        let package = r#"{"scripts":{"start":"node ."},"dependencies":{"p0":"1"}}"#;
        write(tree.path(), &format!("app{number}/package.json"), package);
    }
    write(tree.path(), "connect.yaml", spec);
    // Each package needs each: a small file with 62,500 dependencies, which every application reads from the root.
    let all: Vec<String> = (0..250)
        .map(|number| format!(r#""p{number}":"1""#))
        .collect();
    let all = all.join(",");
    let mut text = r#"{"lockfileVersion":3,"packages":{"":{}"#.to_owned();
    for number in 0..250 {
        write!(
            text,
            r#","node_modules/p{number}":{{"version":"1.0.0","dependencies":{{{all}}}}}"#
        )
        .expect("a text grows");
    }
    write(tree.path(), "package-lock.json", text + "}}");
    let sca = of(Check::Sca, run(tree.path(), &Policy::default(), None));
    let named = sca
        .notes
        .iter()
        .filter(|note| note.contains("were not looked up"))
        .count();
    assert_eq!(named, 3, "{:?}", sca.notes);
    assert_eq!(
        sca.notes[0],
        "The dependencies of app27 were not looked up: the lockfiles of the applications before it take more than 128 MiB of memory. Divide the repository."
    );
}

#[test]
fn waived_files_of_a_bundle_do_not_hide_one_that_is_not() {
    let waivers = "waivers:
  - rule: image-setuid
    file: service/many
    reason: These files are never started.
    expires: 2027-01-31
";
    let policy = Policy::default();
    let today = jiff::civil::date(2026, 11, 22);
    let (waivers, _) = checks::policy::read_waivers(waivers, today).expect("waivers");
    let application = "service".parse().expect("a name");
    let judged = |setuid: Vec<String>, more: MoreFacts| {
        let bundle = Bundle {
            application: &application,
            facts: &ImageFacts {
                setuid,
                more,
                ..ImageFacts::default()
            },
            node: Some(checks::image::NodeRelease {
                release: "24.22.3",
                offered: Some("24.22.3"),
            }),
            limit: u64::MAX,
            waivers: &waivers,
        };
        let terms = Terms {
            policy: &policy,
            advisories: &[],
            registry: None,
            today,
            certification: false,
        };
        check_image(&bundle, terms)
    };
    let mut setuid: Vec<String> = (0..250)
        .map(|number| format!("service/many/{number}"))
        .collect();
    let result = judged(setuid.clone(), MoreFacts::default());
    assert!(result.passed());
    assert_eq!((result.findings.len(), result.more.findings), (200, 50));
    setuid.push("service/z".to_owned());
    assert!(!judged(setuid, MoreFacts::default()).passed());
    let more = MoreFacts {
        setuid: 1,
        ..MoreFacts::default()
    };
    assert!(
        !judged(Vec::new(), more).passed(),
        "nobody knows whether a waiver covers it"
    );
}
