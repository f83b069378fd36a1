//! What the checks of a preview and a publication find in a creator's source and bundle, and what of it fails.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde_json::json;

use crate::house::{Project, in_a_project, in_the_house, report};

const INJECTION: &str = "import { exec } from 'node:child_process';
import express from 'express';
const app = express();
app.get('/service', (req, res) => {
  exec(`ping ${req.query.host}`, () => res.end());
});
app.listen(8080);
";

// Split, so that no scanner takes this file for a leak.
const TOKEN: [&str; 2] = ["glpat-", "x7Kq2mVzR9tLw4NbYc8s"];

/// The entries of the checks that this file is about, of a preview of these files over the `minimal` connector.
async fn told(shop: &Project, files: &[(&str, &str)]) -> (bool, String) {
    shop.repository("minimal");
    shop.commit("minimal", files, "v1");
    let draft = shop.draft("minimal").await.preview().await;
    let all = report(&draft["previewableReport"]);
    let kept = all
        .lines()
        .skip_while(|line| !line.contains("SAST and SCA"));
    (
        draft["isPreviewable"] == "true",
        kept.collect::<Vec<_>>().join("\n"),
    )
}

#[test]
fn an_injection_fails_the_preview_at_its_place_with_its_remedy() {
    in_a_project(async |shop| {
        let (passed, told) = told(&shop, &[("service/ping.js", INJECTION)]).await;
        assert!(!passed);
        insta::assert_snapshot!(told, @"
        Error [service]: SAST and SCA analysis check failed
          service/ping.js:5:3 js-command-injection (critical, CWE-78): Data of a request becomes part of a command line. Whoever sends the request can append commands of their own, and they run with the rights of the service. Call `execFile` or `spawn` with a fixed program and an array of arguments, without a shell, and check each argument against a list of allowed values.
        Warning: SCA analysis check skipped
          No advisories are loaded, so nothing is known about the dependencies. The operator loads them with `slipway up --advisories PATH`.
        Information: Secret detection check succeeded
          Files: 5, shapes: 27.
        Information: Image security analysis check succeeded
          Size: 0 MiB, dependencies: 0.
        ");
    });
}

#[test]
fn a_credential_fails_the_preview_and_is_not_repeated_anywhere() {
    in_a_project(async |shop| {
        let token = TOKEN.concat();
        let config = format!("export const gitlab = '{token}';\n");
        let (passed, told) = told(&shop, &[("service/config.js", &config)]).await;
        assert!(!passed);
        assert!(!told.contains(&token), "{told}");
        insta::assert_snapshot!(told, @r#"
        Information: SAST and SCA analysis check succeeded
          Files: 2, lines: 19, rules: 107; test files left out: 0.
        Warning: SCA analysis check skipped
          No advisories are loaded, so nothing is known about the dependencies. The operator loads them with `slipway up --advisories PATH`.
        Error [service]: Secret detection check failed
          service/config.js:1:24 secret-gitlab-token (critical, CWE-798): This looks like a real credential: it begins with "glpa". Whoever can read the repository has it. Revoke the token in GitLab, and read it from the configuration.
        Information: Image security analysis check succeeded
          Size: 0 MiB, dependencies: 0.
        "#);
    });
}

#[test]
fn a_suppression_with_a_reason_and_a_waiver_with_a_day_show_in_the_report() {
    in_a_project(async |shop| {
        let suppressed = INJECTION.replace(
            "  exec(",
            "  // slipway-ignore js-command-injection: the host is checked by the gateway before\n  exec(",
        );
        let waivers = "waivers:
  - { rule: js-weak-hash, reason: names a file in a cache and nothing else, expires: 2027-01-31 }
  - { rule: js-eval, reason: no, expires: 2027-01-31 }
";
        let files = [
            ("service/ping.js", suppressed.as_str()),
            (".slipway.yml", waivers),
        ];
        let (passed, told) = told(&shop, &files).await;
        assert!(passed, "{told}");
        insta::assert_snapshot!(told, @"
        Information: SAST and SCA analysis check succeeded
          Files: 2, lines: 26, rules: 107; test files left out: 0.
        Information [service]: SAST and SCA analysis check waived
          service/ping.js:6:3 js-command-injection (critical, CWE-78): Data of a request becomes part of a command line. Whoever sends the request can append commands of their own, and they run with the rights of the service. Call `execFile` or `spawn` with a fixed program and an array of arguments, without a shell, and check each argument against a list of allowed values. Waived: the host is checked by the gateway before
        Warning: SAST and SCA analysis check warning
          The waiver of js-eval has no reason of ten characters or more: say why it does no harm.
        Warning: SCA analysis check skipped
          No advisories are loaded, so nothing is known about the dependencies. The operator loads them with `slipway up --advisories PATH`.
        Information: Secret detection check succeeded
          Files: 6, shapes: 27.
        Information: Image security analysis check succeeded
          Size: 0 MiB, dependencies: 0.
        ");
    });
}

#[test]
fn files_that_cannot_be_analysed_are_named_and_fail_nothing() {
    in_a_project(async |shop| {
        let line = "x".repeat(30_000);
        let nested = format!(
            "export const a = {}0{};\n",
            "[".repeat(2_000),
            "]".repeat(2_000)
        );
        let files = [
            ("service/binary.ts", "a\0b"),
            ("service/line.js", line.as_str()),
            ("service/nested.js", nested.as_str()),
            ("service/broken.js", "export const = ;;; ((( \n"),
        ];
        let (passed, told) = told(&shop, &files).await;
        assert!(passed, "{told}");
        insta::assert_snapshot!(told, @"
        Information: SAST and SCA analysis check succeeded
          Files: 3, lines: 20, rules: 107; test files left out: 0.
        Warning: SAST and SCA analysis check warning
          service/binary.ts was not analysed: it is a binary file.
        Warning: SAST and SCA analysis check warning
          service/line.js was not analysed: it has a line of 30000 bytes, so it was generated; the limit is 20000.
        Warning: SAST and SCA analysis check warning
          service/nested.js was not analysed: its syntax is nested more than 400 deep.
        Warning: SCA analysis check skipped
          No advisories are loaded, so nothing is known about the dependencies. The operator loads them with `slipway up --advisories PATH`.
        Information: Secret detection check succeeded
          Files: 8, shapes: 27.
        Warning: Secret detection check warning
          service/line.js was not analysed: it has a line of 30000 bytes, so it was generated; the limit is 20000.
        Information: Image security analysis check succeeded
          Size: 0 MiB, dependencies: 0.
        ");
    });
}

#[test]
fn a_waiver_of_the_repository_reaches_its_bundle() {
    in_a_project(async |shop| {
        let waivers = "waivers:
  - { rule: image-unwanted-file, file: service/.env, reason: it has no values and names the keys only, expires: 2027-01-31 }
  - { rule: image-unwanted-file, file: other, reason: it has no values and documents the keys, expires: 2027-01-31 }
";
        let files = [("service/.env", "TOKEN=\n"), (".slipway.yml", waivers)];
        let (passed, told) = told(&shop, &files).await;
        assert!(passed, "{told}");
        let bundle: Vec<&str> = told
            .lines()
            .skip_while(|line| !line.contains("Image security"))
            .collect();
        insta::assert_snapshot!(bundle.join("\n"), @"
        Information: Image security analysis check succeeded
          Size: 0 MiB, dependencies: 0.
        Information [service]: Image security analysis check waived
          service/.env image-unwanted-file (medium): The file is in the bundle, where whoever breaks into the application reads it. Delete it from the repository, take its values from the configuration, and list it in .gitignore. Waived: it has no values and names the keys only (until 2027-01-31)
        ");
    });
}

const TWO_APPLICATIONS: &str = "deployAs:
  - { name: service, applicationType: service, endpoint: /service }
  - { name: other, applicationType: service, endpoint: /other }
";

/// What is kept of the parts of a Project's sources.
fn kept(data: &Path, shop: &Project) -> Vec<PathBuf> {
    let folder = data.join("blobs/slipway/checks").join(&shop.key);
    let files = fs::read_dir(folder).map(|entries| entries.map(|entry| entry.unwrap().path()));
    files.map(Iterator::collect).unwrap_or_default()
}

#[test]
fn an_application_that_did_not_change_is_not_checked_again_in_another_commit() {
    in_the_house(async |house| {
        let shop = house.project().await;
        let package = crate::house::fixture("minimal/service/package.json");
        let lock = crate::house::fixture("minimal/service/package-lock.json");
        let files = [
            ("connect.yaml", TWO_APPLICATIONS),
            ("service/ping.js", INJECTION),
            ("other/index.js", "console.log('one');\n"),
            ("other/package.json", &package),
            ("other/package-lock.json", &lock),
        ];
        shop.repository("minimal");
        shop.commit("minimal", &files, "v1");
        let draft = shop.draft("minimal").await;
        let before = report(&draft.preview().await["previewableReport"]);
        assert!(before.contains("service/ping.js:5:3 js-command-injection"));
        let parts = kept(&house.data(), &shop);
        assert_eq!(parts.len(), 3, "each application, and the rest");
        // What is kept is what counts: a word that nobody would find in the source shows it.
        for part in &parts {
            let seen = fs::read_to_string(part).unwrap();
            fs::write(
                part,
                seen.replace(
                    "Data of a request becomes",
                    "As was seen before, data becomes",
                ),
            )
            .unwrap();
        }

        shop.commit(
            "minimal",
            &[("other/index.js", "console.log('two');\n")],
            "v1",
        );
        let after = report(&draft.preview().await["previewableReport"]);
        assert!(
            after.contains("As was seen before, data becomes"),
            "{after}"
        );
        assert_eq!(
            kept(&house.data(), &shop).len(),
            4,
            "one application changed"
        );

        // Another Project learns nothing of it.
        let stranger = house.project().await;
        stranger.repository("minimal");
        stranger.commit("minimal", &files, "v1");
        let theirs = stranger.draft("minimal").await.preview().await;
        let theirs = report(&theirs["previewableReport"]);
        assert!(theirs.contains("Data of a request becomes"), "{theirs}");

        // A changed file is looked at again, at once.
        shop.commit(
            "minimal",
            &[("service/ping.js", "console.log('mended');\n")],
            "v1",
        );
        let mended = report(&draft.preview().await["previewableReport"]);
        assert!(!mended.contains("js-command-injection"), "{mended}");
    });
}

#[test]
fn what_was_kept_and_cannot_be_read_is_looked_at_again() {
    in_the_house(async |house| {
        let shop = house.project().await;
        let draft = shop.draft("minimal").await.previewed().await;
        for part in kept(&house.data(), &shop) {
            fs::write(part, "{").unwrap();
        }
        shop.commit("minimal", &[("README.md", "another commit")], "v1");
        draft.previewed().await;
    });
}

#[test]
fn the_report_grows_from_its_first_entry_on() {
    in_a_project(async |shop| {
        let draft = shop.slow_draft().await;
        draft
            .act(json!([{"action": "updatePreviewable"}]))
            .await
            .of_status(201);
        let (began, mut titles) = (Instant::now(), Vec::new());
        loop {
            assert!(began.elapsed() < Duration::from_secs(60), "{titles:?}");
            let shown = draft.read().await;
            if shown["isPreviewable"] != "pending" {
                break;
            }
            let shown = report(&shown["previewableReport"]);
            let entries: Vec<String> = shown
                .lines()
                .filter(|line| !line.starts_with(' '))
                .map(str::to_owned)
                .collect();
            if titles.last() != Some(&entries) {
                titles.push(entries);
            }
        }
        // How many states are seen depends on the machine, but for the one that lasts as long as the build.
        let has = |entries: &[String], part: &str| entries.iter().any(|one| one.contains(part));
        let while_it_builds = titles
            .iter()
            .find(|entries| has(entries, "SAST and SCA") && !has(entries, "image build check"));
        assert!(while_it_builds.is_some(), "{titles:?}");
        assert!(titles.iter().map(Vec::len).is_sorted(), "{titles:?}");
    });
}
