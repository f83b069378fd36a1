//! What a certifier is shown of a tree, whoever wrote it.

use std::os::unix::fs::symlink;
use std::path::Path;

use domain::certification::Evidence;
use domain::spec;

use crate::{FOUR, write};

fn seen(root: &Path) -> Evidence {
    let spec = spec::read(FOUR).expect("a valid connect.yaml");
    let facts = checks::gather(root, &spec).expect("a readable tree");
    checks::evidence(root, &spec, &facts).expect("a readable tree")
}

/// `name license has_tests test_files`, one line for each application with a package.json.
fn told(evidence: &Evidence) -> String {
    let packages = evidence.applications.iter();
    let lines = packages.filter_map(|one| {
        let package = one.package.as_ref()?;
        let license = package.license.as_deref().unwrap_or("-");
        Some(format!(
            "{} {license} {} {}",
            one.name, package.has_tests, one.test_files
        ))
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn readme_licence_and_tests_are_found_by_their_usual_names() {
    let tree = tempfile::tempdir().expect("a folder");
    let root = tree.path();
    write(root, "Readme.txt", " \n");
    write(root, "README.md", "# Install it so");
    write(root, "LICENSES.md", "not one licence");
    write(root, "LICENSE-APACHE", "Apache");
    write(
        root,
        "api/package.json",
        r#"{"license":"MIT","scripts":{"test":"vitest"}}"#,
    );
    let placeholder = r#"{"license":{"type":"ISC"},"scripts":{"test":"echo \"Error: no test specified\" && exit 1"}}"#;
    write(root, "listener/package.json", placeholder);
    for file in [
        "src/a.test.ts",
        "src/b.spec.js",
        "test/helper.mjs",
        "__tests__/deep/c.tsx",
        "test/data.json",
        "src/latest.js",
        "node_modules/x/d.test.js",
    ] {
        write(root, &format!("listener/{file}"), "");
    }
    write(
        root,
        "nightly/package.json",
        r#"{"license":7,"scripts":{"test":" "}}"#,
    );
    let evidence = seen(root);
    let readme = evidence.readme.clone().expect("a README");
    assert_eq!(
        (readme.name.as_str(), readme.is_blank),
        ("README.md", false)
    );
    assert_eq!(
        evidence.licence.clone().expect("a licence").name,
        "LICENSE-APACHE"
    );
    insta::assert_snapshot!(told(&evidence), @"
    api MIT true 0
    listener ISC false 4
    nightly - false 0
    ");
}

#[test]
fn a_link_and_a_folder_are_no_file_and_nothing_is_read_through_them() {
    let tree = tempfile::tempdir().expect("a folder");
    let outside = tempfile::tempdir().expect("a folder");
    let root = tree.path();
    write(outside.path(), "README.md", "of somebody else");
    write(outside.path(), "tests/a.test.js", "");
    symlink(outside.path().join("README.md"), root.join("README.md")).expect("a link");
    write(root, "LICENSE/MIT.txt", "in a folder");
    write(root, "api/package.json", "{}");
    symlink(outside.path(), root.join("api/tests")).expect("a link");
    symlink(outside.path(), root.join("listener")).expect("a link");
    let evidence = seen(root);
    assert_eq!(
        (evidence.readme.clone(), evidence.licence.clone()),
        (None, None)
    );
    assert_eq!(told(&evidence), "api - false 0");
}

#[test]
fn what_is_kept_of_a_package_json_is_short() {
    let tree = tempfile::tempdir().expect("a folder");
    let package = format!(r#"{{"license":"{}"}}"#, "ä".repeat(10_000));
    write(tree.path(), "api/package.json", package);
    let evidence = seen(tree.path());
    let license = evidence.applications[0]
        .package
        .clone()
        .and_then(|one| one.license);
    assert_eq!(license.map(|text| text.chars().count()), Some(80));
}
