//! `preview`: what is found in a repository is in the report, with its place and remedy (contract, section 3.5).

use serde_json::json;

use crate::house::{House, Project, in_a_project, in_the_house, report};

/// With the lines of an application's output sorted: they come from two streams, whose order is nobody's.
fn sorted(report: &str) -> String {
    let (mut told, mut output) = (Vec::new(), Vec::new());
    for line in report.lines().filter(|line| !line.trim().is_empty()) {
        if line.starts_with("    ") {
            output.push(line);
            continue;
        }
        output.sort_unstable();
        told.append(&mut output);
        told.push(line);
    }
    told.join("\n")
}

async fn failed(shop: &Project, fixture: &str) -> String {
    let draft = shop.draft(fixture).await.preview().await;
    assert_eq!(draft["isPreviewable"], "false");
    assert_eq!(draft["status"], "Draft");
    report(&draft["previewableReport"])
}

#[test]
fn a_preview_that_passes_says_what_was_checked() {
    in_a_project(async |shop| {
        let draft = shop.draft("minimal").await.preview().await;
        assert_eq!(draft["isPreviewable"], "true");
        insta::assert_snapshot!(report(&draft["previewableReport"]), @"
        Information: Connector specification file validation check succeeded
          Applications: 1.
        Information [service]: Connector image build check succeeded
        Information: SAST and SCA analysis check succeeded
          Files: 1, lines: 18, rules: 107; test files left out: 0.
        Warning: SCA analysis check skipped
          No advisories are loaded, so nothing is known about the dependencies. The operator loads them with `slipway up --advisories PATH`.
        Information: Secret detection check succeeded
          Files: 4, shapes: 27.
        Information: Image security analysis check succeeded
          Size: 0 MiB, dependencies: 0.
        ");
    });
}

#[test]
fn a_failing_build_shows_the_compilers_words() {
    in_a_project(async |shop| {
        insta::assert_snapshot!(sorted(&failed(&shop, "failing-build").await), @r#"
        Information: Connector specification file validation check succeeded
          Applications: 1.
        Error [service]: Connector image build check failed
          The build of `service` failed in the step build: `npm run build` ended with exit code 2.
          The end of its output:
            > failing-build@1.0.0 build
            > node build.js
            compiling 1 file
            index.ts(3,7): error TS2322: Type "string" is not assignable to type "number".
          Run the build in the folder `service` and correct what it reports. It has no network: what it downloads belongs into the dependencies.
        Information: SAST and SCA analysis check succeeded
          Files: 2, lines: 6, rules: 107; test files left out: 0.
        Warning: SCA analysis check skipped
          No advisories are loaded, so nothing is known about the dependencies. The operator loads them with `slipway up --advisories PATH`.
        Information: Secret detection check succeeded
          Files: 5, shapes: 27.
        "#);
    });
}

#[test]
fn a_failing_unit_test_shows_what_was_expected() {
    in_a_project(async |shop| {
        let told = failed(&shop, "failing-unit-test").await;
        // What Node's own test runner prints of a stack is not ours.
        let told: Vec<&str> = told
            .lines()
            .filter(|line| !line.contains(" at ") && !line.trim().is_empty())
            .collect();
        insta::assert_snapshot!(told.join("\n"), @"
        Information: Connector specification file validation check succeeded
          Applications: 1.
        Error [service]: Unit test check failed
          The build of `service` failed in the step test: `npm run test` ended with exit code 1.
          The end of its output:
            ✖ failing tests:
              AssertionError [ERR_ASSERTION]: Expected values to be strictly equal:
              + actual - expected
              + 0.30000000000000004
              - 0.3
                   ^
                generatedMessage: true,
                code: 'ERR_ASSERTION',
                actual: 0.30000000000000004,
                expected: 0.3,
                operator: 'strictEqual',
                diff: 'simple'
              }
          Run `npm test` in the folder `service` and correct what fails. Tests run without a network and without configuration values.
        Information: SAST and SCA analysis check succeeded
          Files: 1, lines: 3, rules: 107; test files left out: 1.
        Warning: SCA analysis check skipped
          No advisories are loaded, so nothing is known about the dependencies. The operator loads them with `slipway up --advisories PATH`.
        Information: Secret detection check succeeded
          Files: 5, shapes: 27.
        ");
    });
}

#[test]
fn a_missing_folder_is_named() {
    in_a_project(async |shop| {
        insta::assert_snapshot!(failed(&shop, "missing-folder").await, @"
Error: Connector specification file validation check failed
  connect.yaml:5:11 tree/folder-missing (high): [deployAs.1.name]: There is no folder nightly. An application lives in a folder at the root of the repository whose name is the application's name.
");
    });
}

#[test]
fn an_installation_can_neither_write_nor_read_what_is_not_its_own() {
    in_the_house(async |house| {
        let shop = house.project().await;
        let (data, cache) = (house.data(), House::cache());
        let write = [
            data.join("written"),
            data.join("blobs/written"),
            cache.join("written"),
            "/tmp/hostile-postinstall".into(),
        ];
        let read = [
            data.join("master.key"),
            data.join("rows.db"),
            data.join("operator.json"),
            "/etc/shadow".into(),
        ];
        let script = format!(
            "const fs = require('fs');
            const tried = (paths, attempt) => paths.filter((path) => {{ try {{ attempt(path); return true; }} catch {{ return false; }} }});
            const managed = tried({}, (path) => fs.writeFileSync(path, 'x')).concat(tried({}, (path) => fs.readFileSync(path)));
            fs.writeFileSync('attempts.json', JSON.stringify(managed));",
            json!(write), json!(read)
        );
        shop.repository("hostile-postinstall");
        let package = crate::house::fixture("hostile-postinstall/service/package.json")
            .replace("postinstall.js", "postinstall.cjs");
        shop.commit(
            "hostile-postinstall",
            &[
                ("service/package.json", &package),
                ("service/postinstall.cjs", &script),
            ],
            "v1",
        );
        let draft = shop.draft("hostile-postinstall").await.previewed().await;
        let deployment = draft.deployed(json!([])).await;
        assert_eq!(
            deployment.call("/service").await.of_status(200),
            json!([]),
            "what it managed to reach"
        );
    });
}

#[test]
fn what_an_installation_tries_beside_its_home_stays_in_its_own_build() {
    in_a_project(async |shop| {
        let draft = shop.draft("hostile-postinstall").await.previewed().await;
        let attempts = draft
            .deployed(json!([]))
            .await
            .call("/service")
            .await
            .of_status(200);
        assert_eq!(attempts[1]["what"], "read /etc/shadow");
        assert_eq!(attempts[1]["managed"], false, "{attempts}");
    });
}

#[test]
fn a_draft_is_previewed_again_after_it_failed_and_after_it_passed() {
    in_a_project(async |shop| {
        let draft = shop.draft("failing-build").await;
        assert_eq!(draft.preview().await["isPreviewable"], "false");
        shop.commit(
            "failing-build",
            &[("service/build.js", "console.log('built')")],
            "v1",
        );
        let draft = draft.previewed().await;
        draft.previewed().await;
    });
}

#[test]
fn a_file_that_leaves_the_repository_is_not_followed() {
    in_a_project(async |shop| {
        shop.repository("minimal");
        shop.link("minimal", "service/secrets", "/etc", "v1");
        insta::assert_snapshot!(failed(&shop, "minimal").await, @"
        Error: Connector repository not reachable
          Repository https://github.com/tests/{shop}/minimal.git is refused: service/secrets is a symbolic link that leaves the repository, is absolute, or has '..' after a name. Link to a relative path inside the repository, or copy the file.
        ");
    });
}
