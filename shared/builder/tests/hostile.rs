//! Builds whose scripts try to lead the builder out of its working copy: it writes nowhere else, and packs nothing else.

use std::fs;
use std::path::Path;

use builder::{BuildError, BuildKind, Built};

use crate::fixture::{Repository, package};

const ATTACK: &str = include_str!("hostile.cjs");

/// A folder of the machine with a secret that no build may see or change.
struct Host(tempfile::TempDir);

impl Host {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("secret"), SECRET).unwrap();
        Self(folder)
    }

    fn path(&self) -> String {
        self.0.path().display().to_string()
    }

    fn is_untouched(&self) {
        let names: Vec<_> = fs::read_dir(self.0.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name())
            .collect();
        assert_eq!(names, ["secret"], "a build wrote to the machine");
        let secret = fs::read_to_string(self.0.path().join("secret")).unwrap();
        assert_eq!(secret, SECRET);
    }
}

const SECRET: &str = "a secret of the machine";

/// The artifact holds neither the secret nor a link that leads out.
fn holds_nothing_of_the_host(built: &Built) {
    let unpacked = tempfile::tempdir().unwrap();
    let root = unpacked.path().join("artifact");
    builder::unpack(&built.archive, &root).unwrap();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let kind = fs::symlink_metadata(&path).unwrap().file_type();
            if kind.is_dir() {
                folders.push(path);
            } else if kind.is_symlink() {
                let target = path.canonicalize();
                let inside = target.map_or(true, |target| {
                    target.starts_with(root.canonicalize().unwrap())
                });
                assert!(inside, "{} leads out", path.display());
            } else {
                assert!(kind.is_file(), "{} is no file", path.display());
                let content = fs::read(&path).unwrap();
                let found = content
                    .windows(SECRET.len())
                    .any(|part| part == SECRET.as_bytes());
                assert!(!found, "{} holds the secret", path.display());
            }
        }
    }
}

/// An application that attacks in every script that its package manager runs.
async fn attacks(more: &str, kind: BuildKind, last: &str) -> Result<Built, BuildError> {
    let host = Host::new();
    let step = |stage: &str| format!("node attack.cjs {} {stage}", host.path());
    let scripts = format!(
        r#""start": "node .", "postinstall": "{}", "test": "{}", "build": "{}""#,
        step("install"),
        step("test"),
        step(last),
    );
    let json =
        format!(r#"{{ "name": "app", "version": "1.0.0", {more} "scripts": {{ {scripts} }} }}"#);
    let repository = Repository::salted(&[
        ("app/package.json", &json),
        ("app/attack.cjs", ATTACK),
        ("app/index.js", ""),
        ("app/late/planted.js", "planted"),
    ]);
    let (result, _) = repository.build(kind).await;
    if let Ok(built) = &result {
        holds_nothing_of_the_host(built);
    }
    host.is_untouched();
    result
}

#[tokio::test(flavor = "multi_thread")]
async fn scripts_of_npm_yarn_and_pnpm_lead_the_builder_nowhere() {
    for manager in [
        "",
        r#""packageManager": "yarn@4.9.2","#,
        r#""packageManager": "yarn@1.22.22","#,
        r#""packageManager": "pnpm@10.12.1","#,
    ] {
        let result = attacks(manager, BuildKind::Dynamic, "build").await;
        let built = result.unwrap_or_else(|error| panic!("{manager}: {error}"));
        assert!(built.manifest.entries > 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_result_that_is_a_link_is_no_result() {
    let result = attacks("", BuildKind::Static, "build").await;
    let Err(BuildError::Verdict(failure)) = result else {
        panic!("{result:?}");
    };
    assert_eq!(
        failure.what,
        "the script `build` made none of the folders `public`, `build` and `dist`."
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_application_that_is_replaced_by_a_link_is_told_so() {
    for kind in [BuildKind::Dynamic, BuildKind::Static] {
        let result = attacks("", kind, "last").await;
        let Err(BuildError::Verdict(failure)) = result else {
            panic!("{kind:?}: {result:?}");
        };
        if kind == BuildKind::Dynamic {
            assert_eq!(
                failure.what,
                "the application's folder was replaced: `app` is a symbolic link or lies behind one."
            );
        }
    }
}

/// The folder of sources that a `file:` dependency replaces during the install is copied after it; with a lockfile the tree is kept,
/// and comes back with the link in the next build.
#[tokio::test(flavor = "multi_thread")]
async fn a_link_that_an_install_left_is_not_written_through_also_when_its_tree_was_kept() {
    let host = Host::new();
    let evil = format!(
        r#"{{ "name": "evil", "version": "1.0.0", "scripts": {{ "install": "cd \"$INIT_CWD\" && ln -s {} late" }} }}"#,
        host.path()
    );
    let lock = r#"{ "name": "app", "version": "1.0.0", "lockfileVersion": 3, "requires": true, "packages": {
        "": { "name": "app", "version": "1.0.0", "dependencies": { "evil": "file:../evil" } },
        "../evil": { "name": "evil", "version": "1.0.0", "hasInstallScript": true },
        "node_modules/evil": { "resolved": "../evil", "link": true } } }"#;
    let json = r#"{ "name": "app", "version": "1.0.0", "scripts": { "start": "node ." }, "dependencies": { "evil": "file:../evil" } }"#;
    let repository = Repository::salted(&[
        ("app/package.json", json),
        ("app/package-lock.json", lock),
        ("app/late/planted.js", "planted"),
        ("evil/package.json", &evil),
    ]);
    for attempt in ["installed", "kept"] {
        // Other files give another artifact of the same dependencies.
        repository.write("app/attempt.txt", attempt);
        let (result, seen) = repository.build(BuildKind::Dynamic).await;
        let Err(BuildError::Verdict(failure)) = result else {
            panic!("{attempt}: {result:?}");
        };
        let kept = seen.iter().any(|line| line.contains("unchanged"));
        assert_eq!(kept, attempt == "kept", "{seen:?}");
        assert_eq!(
            failure.what,
            "the install replaced a folder of the repository: `app/late` is a symbolic link or lies behind one."
        );
        host.is_untouched();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_build_that_leaves_too_many_files_or_too_deep_ones_is_told_so() {
    for (script, what) in [
        (
            r#""build": "node -e 'for(let i=0;i<450000;i++)require(\"fs\").mkdirSync(\"d\"+i)'""#,
            "what the build left cannot be packed: there are more than 400000 files and folders.",
        ),
        (
            r#""build": "node -e 'for(let i=0;i<300;i++){require(\"fs\").mkdirSync(\"d\");process.chdir(\"d\")}'""#,
            "what the build left cannot be packed: `app/d/d` lies more than 200 folders deep.",
        ),
    ] {
        let json = package(&format!(r#""start": "node .", {script}"#), "");
        let repository = Repository::salted(&[("app/package.json", &json)]);
        let (result, _) = repository.build(BuildKind::Dynamic).await;
        let Err(BuildError::Verdict(failure)) = result else {
            panic!("{result:?}");
        };
        assert_eq!(failure.what, what);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_without_permissions_is_packed_or_told_but_no_fault_of_the_platform() {
    let json = package(
        r#""start": "node .", "build": "echo x > shut && chmod 000 shut""#,
        "",
    );
    let repository = Repository::salted(&[("app/package.json", &json)]);
    let (result, _) = repository.build(BuildKind::Dynamic).await;
    match result {
        // Root reads it all the same.
        Ok(built) => assert!(Path::new(&built.archive).is_file()),
        Err(BuildError::Verdict(failure)) => assert!(failure.what.contains("`app/shut`")),
        Err(fault) => panic!("{fault}"),
    }
}
