//! Builds with npm, from the repository to the unpacked artifact.

use builder::{BuildKind, Step};

use crate::fixture::{LOCK, Repository, package};

/// Needs the dependency of development, and fails if anything of the environment of `cargo test` is inherited.
const CHECKS: &str = r#"
const odd = require("is-odd");
if (!odd(3)) throw new Error("is-odd");
if (process.env.CARGO) throw new Error("inherited environment");
require("fs").mkdirSync("build", { recursive: true });
require("fs").writeFileSync("build/index.js", `module.exports = "${process.version}"`);
"#;

fn application() -> Repository {
    let scripts = r#""start": "node build/index.js", "test": "node checks.js", "build": "exit 7", "gcp-build": "node checks.js""#;
    Repository::salted(&[
        ("app/package.json", &package(scripts, "")),
        ("app/package-lock.json", LOCK),
        ("app/checks.js", CHECKS),
        ("other/secret.txt", "of another application"),
    ])
}

#[tokio::test(flavor = "multi_thread")]
async fn an_application_is_installed_tested_built_pruned_and_packed() {
    let repository = application();
    let (built, artifact) = repository.built(BuildKind::Dynamic).await;
    let steps: Vec<_> = built.manifest.steps.iter().map(|time| time.step).collect();
    assert_eq!(
        steps,
        [
            Step::Tools,
            Step::Install,
            Step::Test,
            Step::Build,
            Step::Prune,
            Step::Pack
        ]
    );
    assert!(built.manifest.pruned && artifact.has("app/node_modules/is-number/package.json"));
    assert!(!artifact.has("app/node_modules/is-odd") && !artifact.has("other"));
    assert!(
        artifact
            .text("app/build/index.js")
            .contains(&format!("v{}", built.manifest.node))
    );
    assert_eq!(built.manifest.folder, "app");
    assert_eq!(built.manifest.start.as_deref(), Some("node build/index.js"));
    assert!(
        !repository
            .request(BuildKind::Dynamic)
            .tree
            .join("app/node_modules")
            .exists()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_built_once_is_not_built_again_and_unchanged_dependencies_are_not_installed_again()
{
    let repository = application();
    let (first, _) = repository.built(BuildKind::Dynamic).await;
    let (again, seen) = repository.build(BuildKind::Dynamic).await;
    assert_eq!(again.unwrap().archive, first.archive);
    assert_eq!(seen, [] as [String; 0]);

    repository.write("app/readme.md", "changed");
    let (changed, seen) = repository.build(BuildKind::Dynamic).await;
    let changed = changed.unwrap();
    assert_ne!(changed.manifest.hash, first.manifest.hash);
    assert!(
        seen.iter()
            .any(|line| line.contains("the dependencies are unchanged")),
        "{seen:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shared_module_of_the_repository_is_part_of_the_artifact() {
    let repository = Repository::salted(&[
        (
            "app/package.json",
            r#"{ "name": "app", "scripts": { "start": "node .", "build": "node -e 'require(\"common\")'" }, "dependencies": { "common": "file:../common" } }"#,
        ),
        (
            "common/package.json",
            r#"{ "name": "common", "version": "1.0.0", "main": "index.js" }"#,
        ),
        ("common/index.js", "module.exports = 1"),
    ]);
    let (_, artifact) = repository.built(BuildKind::Dynamic).await;
    assert_eq!(
        artifact.text("app/node_modules/common/index.js"),
        "module.exports = 1"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_application_of_a_workspace_is_installed_from_the_root() {
    let lock = r#"{ "name": "root", "lockfileVersion": 3, "requires": true, "packages": {
        "": { "name": "root", "workspaces": ["app", "common", "other"] },
        "app": { "dependencies": { "common": "*" } },
        "common": { "version": "1.0.0" }, "other": { "version": "1.0.0" },
        "node_modules/app": { "resolved": "app", "link": true },
        "node_modules/common": { "resolved": "common", "link": true },
        "node_modules/other": { "resolved": "other", "link": true } } }"#;
    let repository = Repository::salted(&[
        (
            "package.json",
            r#"{ "name": "root", "workspaces": ["app", "common", "other"] }"#,
        ),
        ("package-lock.json", lock),
        (
            "app/package.json",
            r#"{ "name": "app", "scripts": { "start": "node .", "build": "node -e 'require(\"common\")'" }, "dependencies": { "common": "*" } }"#,
        ),
        (
            "common/package.json",
            r#"{ "name": "common", "version": "1.0.0", "main": "index.js" }"#,
        ),
        ("common/index.js", "module.exports = 1"),
        (
            "other/package.json",
            r#"{ "name": "other", "version": "1.0.0", "scripts": { "prepare": "exit 9" } }"#,
        ),
    ]);
    let (built, artifact) = repository.built(BuildKind::Dynamic).await;
    assert_eq!(
        artifact.text("node_modules/common/index.js"),
        "module.exports = 1"
    );
    assert_eq!(
        built.manifest.path,
        ["app/node_modules/.bin", "node_modules/.bin"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_module_within_the_application_is_there_while_its_dependencies_are_installed() {
    let repository = Repository::salted(&[
        (
            "app/package.json",
            r#"{ "name": "app", "version": "1.0.0", "scripts": { "start": "node ." }, "dependencies": { "own": "file:lib/own" } }"#,
        ),
        (
            "app/package-lock.json",
            r#"{ "name": "app", "version": "1.0.0", "lockfileVersion": 3, "requires": true, "packages": {
                "": { "name": "app", "version": "1.0.0", "dependencies": { "own": "file:lib/own" } },
                "lib/own": { "version": "1.0.0" }, "node_modules/own": { "resolved": "lib/own", "link": true } } }"#,
        ),
        (
            "app/lib/own/package.json",
            r#"{ "name": "own", "version": "1.0.0" }"#,
        ),
        ("app/lib/own/index.js", "module.exports = 1"),
    ]);
    let (_, artifact) = repository.built(BuildKind::Dynamic).await;
    assert_eq!(
        artifact.text("app/node_modules/own/index.js"),
        "module.exports = 1"
    );
}
