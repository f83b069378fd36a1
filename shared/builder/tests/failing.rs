//! What the author of an application that cannot be built is told, and that it did no harm.

use builder::BuildKind;

use crate::fixture::{LOCK, Repository, package};

fn application(scripts: &str, lock: &str) -> Repository {
    Repository::salted(&[
        ("app/package.json", &package(scripts, "")),
        ("app/package-lock.json", lock),
    ])
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failing_test_is_shown_with_its_output() {
    let scripts = r#""start": "node .", "test": "echo expected 2, got 3; exit 3""#;
    insta::assert_snapshot!(application(scripts, LOCK).verdict().await, @r"
    The build of `app` failed in the step test: `npm run test` ended with exit code 3.

    The end of its output:
      > app@1.0.0 test
      > echo expected 2, got 3; exit 3
      expected 2, got 3

    Run `npm test` in the folder `app` and correct what fails. Tests run without a network and without configuration values.
    ");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failing_build_is_shown_with_its_output() {
    let scripts = r#""start": "node .", "build": "echo index.ts:1:7 TS2322; exit 2""#;
    insta::assert_snapshot!(application(scripts, LOCK).verdict().await, @r"
    The build of `app` failed in the step build: `npm run build` ended with exit code 2.

    The end of its output:
      > app@1.0.0 build
      > echo index.ts:1:7 TS2322; exit 2
      index.ts:1:7 TS2322

    Run the build in the folder `app` and correct what it reports. It has no network: what it downloads belongs into the dependencies.
    ");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lockfile_out_of_step_is_told_as_such() {
    let repository = application(
        r#""start": "node .""#,
        &LOCK.replace("\"version\": \"7.0.0\"", "\"version\": \"6.0.0\""),
    );
    insta::assert_snapshot!(repository.verdict().await, @r"
    The build of `app` failed in the step install: `npm ci` ended with exit code 1.

    The end of its output:
      npm error code EUSAGE
      npm error `npm ci` can only install packages when your package.json and package-lock.json or npm-shrinkwrap.json are in sync. Please update your lock file with `npm install` before continuing.
      npm error Invalid: lock file's is-number@6.0.0 does not satisfy is-number@7.0.0

    The lockfile does not fit the package.json: run `npm install` in the folder `app` and commit the lockfile.
    ");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_package_manager_that_does_not_exist_is_told_as_such() {
    let json = package(
        r#""start": "node .""#,
        r#""packageManager": "pnpm@9.999.0","#,
    );
    insta::assert_snapshot!(
        Repository::salted(&[("app/package.json", &json)])
            .verdict()
            .await, @r"
    The build of `app` failed in the step tools: the npm registry has no pnpm@9.999.0.

    Correct `packageManager` in the package.json.
    ");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_install_script_cannot_write_or_read_outside_its_room() {
    let outside = tempfile::tempdir().unwrap();
    std::fs::write(outside.path().join("key"), "s3cret").unwrap();
    let target = outside.path().display();
    for script in [
        format!("echo evil > {target}/evil"),
        format!("cat {target}/key"),
    ] {
        let scripts = format!(r#""start": "node .", "postinstall": "{script}""#);
        let verdict = application(&scripts, LOCK).verdict().await;
        assert!(verdict.contains("failed in the step install"), "{verdict}");
        assert!(!verdict.contains("s3cret"), "{verdict}");
    }
    assert!(!outside.path().join("evil").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn after_the_install_there_is_no_network() {
    if !sandbox::capabilities().network_isolation {
        return; // Nothing to see on a machine that cannot isolate; `slipway up` says so.
    }
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let script =
        format!("require('net').connect({port}, '127.0.0.1').on('connect', () => process.exit(5))");
    let repository = application(
        &format!(r#""start": "node .", "test": "node -e \"{script}\"""#),
        LOCK,
    );
    let verdict = repository.verdict().await;
    assert!(verdict.contains("ECONNREFUSED"), "{verdict}");
    assert!(repository.plan().is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_build_leaves_its_log_and_no_artifact() {
    let repository = application(
        r#""start": "node .", "test": "echo in the log; exit 1""#,
        LOCK,
    );
    let (result, _) = repository.build(BuildKind::Dynamic).await;
    let Err(builder::BuildError::Verdict(failure)) = result else {
        panic!("{result:?}");
    };
    assert!(
        std::fs::read_to_string(&failure.log)
            .unwrap()
            .contains("in the log")
    );
    let (again, seen) = repository.build(BuildKind::Dynamic).await;
    assert!(again.is_err() && !seen.is_empty());
}
