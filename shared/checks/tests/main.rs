//! What a creator reads whose connect.yaml and source tree do not fit together.

mod evidence;

use std::fs;
use std::path::Path;

mod check;
mod env_files;
mod fixtures;
mod hostile;
mod many_findings;
mod precision;
mod rules;
mod sca;

use checks::{gather, judge};
use domain::spec;

const FOUR: &str = "deployAs:
  - { name: api, applicationType: service, endpoint: /api }
  - { name: listener, applicationType: event, endpoint: /event }
  - { name: nightly, applicationType: job, endpoint: /job, properties: { schedule: '@daily' } }
  - { name: files, applicationType: assets }
";

fn write(root: &Path, path: &str, content: impl AsRef<[u8]>) {
    let path = root.join(path);
    fs::create_dir_all(path.parent().expect("inside of the root")).expect("a folder");
    fs::write(path, content).expect("a file");
}

/// `file:line:column id [path]: message; hint`, one line for each finding.
fn told(root: &Path, yaml: &str) -> String {
    let spec = spec::read(yaml).expect("a valid connect.yaml");
    let findings = judge(&spec, &gather(root, &spec).expect("a readable tree"));
    let line = |finding: &spec::Finding| {
        let spec::Finding {
            id,
            file,
            line,
            column,
            hint,
            ..
        } = finding;
        format!("{file}:{line}:{column} {id} {finding} → {hint}")
    };
    findings.iter().map(line).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_tree_that_fits_has_no_findings() {
    let tree = tempfile::tempdir().expect("a folder");
    let root = tree.path();
    let package = r#"{"scripts":{"start":"node ."},"engines":{"node":">=18"},"dependencies":{"common":"file:../common","express":"5"}}"#;
    write(root, "api/package.json", package);
    write(root, "listener/package.json", format!("\u{feff}{package}"));
    write(
        root,
        "nightly/package.json",
        r#"{"engines":{"node":"^24.1"}}"#,
    );
    write(root, "nightly/server.js", "");
    write(root, "files/index.html", "");
    assert_eq!(told(root, FOUR), "");
}

#[test]
fn every_missing_part_is_named() {
    let tree = tempfile::tempdir().expect("a folder");
    let root = tree.path();
    write(root, "API/package.json", "{}");
    write(root, "listener/index.js", "");
    write(root, "nightly", "a file");
    insta::assert_snapshot!(told(root, FOUR), @r"
    connect.yaml:0:0 tree/folder-missing [deployAs.0.name]: There is no folder api → there is a folder API: use one spelling, in upper and lower case too
    listener/package.json:0:0 tree/package-missing [file content]: There is no package.json → run `npm init` in the folder and commit its package.json and package-lock.json
    connect.yaml:0:0 tree/folder-missing [deployAs.2.name]: nightly is not a folder → an application lives in a folder of its own; a symbolic link is not followed
    connect.yaml:0:0 tree/folder-missing [deployAs.3.name]: There is no folder files → an application lives in a folder at the root of the repository whose name is the application's name
    ");
}

#[test]
fn a_package_json_is_read_with_its_lines() {
    let tree = tempfile::tempdir().expect("a folder");
    let root = tree.path();
    write(
        root,
        "api/package.json",
        r#"{
  "scripts": {
    "test": "jest",
    "start": " "
  },
  "engines": { "npm": "10",
    "node": "16 || 18.x" },
  "dependencies": {
    "inside": "file:../common",
    "outside": "file:../../common",
    "sneaky": "link:./a/../../../b",
    "absolute": "file:///etc"
  },
  "devDependencies": {
    "bare": "../../tools"
  }
}
"#,
    );
    write(
        root,
        "listener/package.json",
        "{\n  \"scripts\": {\n    \"start\": \"node .\",\n  }\n}\n",
    );
    write(
        root,
        "nightly/package.json",
        r#"{"scripts":{"start":"node ."},"engines":{"node":"latest and greatest"}}"#,
    );
    write(root, "files/package.json", "[]");
    insta::assert_snapshot!(told(root, FOUR), @r#"
    api/package.json:2:0 tree/start-missing [scripts.start]: The script `start` is missing → add it to `scripts`: the command that starts the application's server on port 8080, such as "node build/index.js"
    api/package.json:7:0 tree/node-version [engines.node]: "16 || 18.x" allows neither Node.js 22 nor 24 → set it to a range that allows Node.js 22 or 24, such as ">=22", and test the application with that
    api/package.json:10:0 tree/dependency-outside [dependencies.outside]: The dependency "file:../../common" is not a folder within the repository → move the shared module into a folder of its own in this repository, and name it by a relative path such as file:../common
    api/package.json:11:0 tree/dependency-outside [dependencies.sneaky]: The dependency "link:./a/../../../b" is not a folder within the repository → move the shared module into a folder of its own in this repository, and name it by a relative path such as file:../common
    api/package.json:12:0 tree/dependency-outside [dependencies.absolute]: The dependency "file:///etc" is not a folder within the repository → move the shared module into a folder of its own in this repository, and name it by a relative path such as file:../common
    api/package.json:15:0 tree/dependency-outside [devDependencies.bare]: The dependency "../../tools" is not a folder within the repository → move the shared module into a folder of its own in this repository, and name it by a relative path such as file:../common
    listener/package.json:4:3 tree/package-unreadable [file content]: This is not valid JSON: trailing comma → correct the file; `npm pkg get` shows whether it can be read
    nightly/package.json:1:0 tree/node-version [engines.node]: "latest and greatest" is no version range → set it to a range that allows Node.js 22 or 24, such as ">=22", and test the application with that
    files/package.json:1:1 tree/package-unreadable [file content]: This is not valid JSON: it is not an object → correct the file; `npm pkg get` shows whether it can be read
    "#);
}

#[test]
fn hostile_files_are_facts_and_no_faults() {
    let tree = tempfile::tempdir().expect("a folder");
    let root = tree.path();
    write(root, "api/package.json", b"{\n\"name\": \"\xff\"}");
    write(root, "listener/package.json", " ".repeat(1024 * 1024 + 1));
    write(root, "nightly/package.json", "[".repeat(100_000));
    std::os::unix::fs::symlink("/etc", root.join("files")).expect("a link");
    insta::assert_snapshot!(told(root, FOUR), @r"
    api/package.json:2:0 tree/package-unreadable [file content]: This is not valid JSON: it is not encoded in UTF-8 → correct the file; `npm pkg get` shows whether it can be read
    listener/package.json:0:0 tree/package-unreadable [file content]: The file has more than 1048576 bytes → keep data in files of its own; this limit is ours
    nightly/package.json:1:128 tree/package-unreadable [file content]: This is not valid JSON: recursion limit exceeded → correct the file; `npm pkg get` shows whether it can be read
    connect.yaml:0:0 tree/folder-missing [deployAs.3.name]: files is not a folder → an application lives in a folder of its own; a symbolic link is not followed
    ");
}

#[test]
fn java_and_linked_files_are_told_apart_from_missing_ones() {
    let tree = tempfile::tempdir().expect("a folder");
    let root = tree.path();
    write(root, "api/pom.xml", "<project/>");
    write(root, "listener/index.js", "");
    std::os::unix::fs::symlink("/etc/passwd", root.join("listener/package.json")).expect("a link");
    write(
        root,
        "nightly/package.json",
        r#"{"scripts":{"start":"node ."}}"#,
    );
    write(root, "files/x", "");
    insta::assert_snapshot!(told(root, FOUR), @r"
    api/package.json:0:0 tree/java [file content]: Java applications are not supported → port the application to Node.js 22 or 24: there is a pom.xml, and no package.json
    listener/package.json:0:0 tree/package-unreadable [file content]: This is not a file → commit a plain file; a symbolic link is not followed
    ");
}

#[test]
fn names_that_differ_in_letter_case_share_a_folder_somewhere() {
    let tree = tempfile::tempdir().expect("a folder");
    let root = tree.path();
    write(root, "web/index.html", "");
    write(root, "Web/index.html", "");
    let yaml = "deployAs:\n  - { name: web, applicationType: assets }\n  - { name: Web, applicationType: assets }\n";
    insta::assert_snapshot!(told(root, yaml), @"connect.yaml:0:0 tree/same-folder [deployAs.1.name]: The applications web and Web differ in letter case only → rename one: they would share a folder on macOS and Windows");
}
