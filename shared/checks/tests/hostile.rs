//! What a hostile repository gets that git or a fixture cannot hold: a finding or a limit's clear words, in bounded time, and every other
//! check is done as ever.

#![allow(clippy::disallowed_types, reason = "a test removes its own folder")]

use std::fmt::Write;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::time::{Duration, Instant};

use checks::Ended;
use tempfile::TempDir;

use crate::fixtures::{advisories, complete, report, results};
use crate::write;

/// Far more than any of it takes, and far less than what has no limit would.
const PATIENCE: Duration = Duration::from_secs(60);

fn tree() -> TempDir {
    let tree = tempfile::tempdir().expect("a folder");
    complete(tree.path());
    tree
}

/// The report without the entries of checks that found nothing.
fn told(root: &Path) -> String {
    let began = Instant::now();
    let report = report(root, &advisories());
    assert!(began.elapsed() < PATIENCE, "it took {:?}", began.elapsed());
    report
}

#[test]
fn links_in_a_circle_and_out_of_the_tree_are_not_followed() {
    let tree = tree();
    let root = tree.path();
    let outside = tempfile::tempdir().expect("a folder");
    write(outside.path(), "index.js", "eval(req.query.code);\n");
    symlink("..", root.join("service/up")).expect("a link");
    symlink("b", root.join("service/a")).expect("a link");
    symlink("a", root.join("service/b")).expect("a link");
    symlink(outside.path(), root.join("service/outside")).expect("a link");
    symlink(
        outside.path().join("index.js"),
        root.join("service/linked.js"),
    )
    .expect("a link");
    fs::remove_file(root.join("service/package-lock.json")).expect("it was there");
    symlink("/etc/passwd", root.join("service/package-lock.json")).expect("a link");
    insta::assert_snapshot!(told(root), @"
    Information: Connector specification file validation check succeeded
      connect.yaml.
    Information: SAST and SCA analysis check succeeded
      Files: 0, lines: 0, rules: 107; test files left out: 0.
    Information: SCA analysis check succeeded
      Packages: 0; advisories: 4 (OSV folder, newest 2024-06-05T16:13:00Z).
    Warning: SCA analysis check warning
      service has no lockfile, so its dependencies were not looked up: commit the lockfile of its package manager.
    Information: Secret detection check succeeded
      Files: 2, shapes: 27.
    ");
}

#[test]
fn files_that_are_no_text_that_a_person_wrote_are_named() {
    let tree = tree();
    let root = tree.path();
    write(
        root,
        "service/binary.ts",
        b"export const a = 1;\n\0\x01\x02",
    );
    write(root, "service/line.js", "x".repeat(5 << 20));
    write(
        root,
        "service/generated.js",
        format!("// {}\n", "x".repeat(30_000)),
    );
    write(root, "service/latin.js", b"// caf\xe9\n");
    let utf16: Vec<u8> = "eval(code)"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    write(
        root,
        "service/utf16.ts",
        [b"\xff\xfe".as_slice(), &utf16].concat(),
    );
    let nested = format!(
        "export const a = {}0{};\n",
        "[".repeat(2000),
        "]".repeat(2000)
    );
    write(root, "service/nested.js", nested);
    insta::assert_snapshot!(told(root), @"
    Information: Connector specification file validation check succeeded
      connect.yaml.
    Information: SAST and SCA analysis check succeeded
      Files: 1, lines: 1, rules: 107; test files left out: 0.
    Warning: SAST and SCA analysis check warning
      service/binary.ts was not analysed: it is a binary file.
    Warning: SAST and SCA analysis check warning
      service/generated.js was not analysed: it has a line of 30003 bytes, so it was generated; the limit is 20000.
    Warning: SAST and SCA analysis check warning
      service/latin.js was not analysed: it is not encoded in UTF-8.
    Warning: SAST and SCA analysis check warning
      service/line.js was not analysed: it has 5242880 bytes; the limit is 1048576.
    Warning: SAST and SCA analysis check warning
      service/nested.js was not analysed: its syntax is nested more than 400 deep.
    Warning: SAST and SCA analysis check warning
      service/utf16.ts was not analysed: it is a binary file.
    Information: SCA analysis check succeeded
      Packages: 0; advisories: 4 (OSV folder, newest 2024-06-05T16:13:00Z).
    Information: Secret detection check succeeded
      Files: 9, shapes: 27.
    Warning: Secret detection check warning
      service/generated.js was not analysed: it has a line of 30003 bytes, so it was generated; the limit is 20000.
    Warning: Secret detection check warning
      service/latin.js was not analysed: it is not encoded in UTF-8.
    ");
}

#[test]
fn a_file_beyond_the_limits_of_a_tree_is_said_to_be_left_out() {
    let tree = tree();
    let root = tree.path();
    let deep = "d/".repeat(70);
    write(root, &format!("{deep}hidden.js"), "eval(code);\n");
    write(root, "many/0", "");
    for number in 1..50_100 {
        fs::write(root.join(format!("many/{number}")), "").expect("a file");
    }
    let told = told(root);
    let left_out: Vec<&str> = told
        .lines()
        .filter(|line| line.contains("not looked at"))
        .collect();
    insta::assert_snapshot!(left_out.join("\n"), @"
    Files that were not looked at: 103. The limit is 50000 files; keep what is no source in another repository.
    d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d was not looked at, and what lies as deep neither: the limit is 64 folders in each other.
    Files that were not looked at: 103. The limit is 50000 files; keep what is no source in another repository.
    d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d was not looked at, and what lies as deep neither: the limit is 64 folders in each other.
    ");
}

/// A lockfile of so many packages, each with a long checksum.
fn lockfile(packages: usize) -> String {
    let mut text = r#"{"lockfileVersion":3,"packages":{"":{}"#.to_owned();
    for number in 0..packages {
        let integrity = "A".repeat(360);
        write!(
            text,
            r#",
"node_modules/package-{number}":{{"version":"1.0.{number}","integrity":"sha512-{integrity}"}}"#
        )
        .expect("a text grows");
    }
    text + "}}"
}

#[test]
fn a_lockfile_of_ten_megabytes_is_read_and_one_of_twenty_one_is_not() {
    let tree = tree();
    let root = tree.path();
    let large = lockfile(24_000);
    assert!(large.len() > 10_000_000, "{}", large.len());
    write(root, "service/package-lock.json", large);
    let dependencies = |root: &Path| {
        let told = told(root);
        let lines: Vec<&str> = told
            .lines()
            .skip_while(|line| !line.contains("SCA analysis check s") || line.contains("SAST"))
            .collect();
        lines[..2].join("\n")
    };
    insta::assert_snapshot!(dependencies(root), @"
    Information: SCA analysis check succeeded
      Packages: 24000; advisories: 4 (OSV folder, newest 2024-06-05T16:13:00Z).
    ");
    write(root, "service/package-lock.json", " ".repeat(21 << 20));
    insta::assert_snapshot!(told(root), @"
    Information: Connector specification file validation check succeeded
      connect.yaml.
    Information: SAST and SCA analysis check succeeded
      Files: 0, lines: 0, rules: 107; test files left out: 0.
    Information: SCA analysis check succeeded
      Packages: 0; advisories: 4 (OSV folder, newest 2024-06-05T16:13:00Z).
    Warning: SCA analysis check warning
      service/package-lock.json cannot be read: it has 22020096 bytes; the limit is 20971520
    Information: Secret detection check succeeded
      Files: 3, shapes: 27.
    ");
}

#[test]
fn many_packages_in_one_lockfile_are_too_many() {
    let tree = tree();
    let mut text = r#"{"lockfileVersion":3,"packages":{"":{}"#.to_owned();
    for number in 0..50_001 {
        write!(text, r#","node_modules/p{number}":{{"version":"1.0.0"}}"#).expect("a text grows");
    }
    write(tree.path(), "service/package-lock.json", text + "}}");
    let told = told(tree.path());
    let lines: Vec<&str> = told.lines().filter(|line| line.contains("50000")).collect();
    insta::assert_snapshot!(lines.join("\n"), @"  service/package-lock.json cannot be read: it lists 50001 packages; the limit is 50000");
}

#[test]
fn no_check_crashes_on_any_of_it() {
    let tree = tree();
    write(
        tree.path(),
        "service/\u{202e}.js",
        "\u{feff}eval(code)\r\r\n\u{2028}",
    );
    write(tree.path(), "service/empty.ts", "");
    write(tree.path(), "service/package-lock.json", "null");
    for result in results(tree.path(), &advisories()) {
        assert!(!matches!(result.ended, Ended::Crashed(_)), "{result:?}");
    }
}
