//! What the checks of a preview and a publication find in a creator's source and bundle, and what of it fails.

use crate::house::{Project, in_a_project, report};

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
