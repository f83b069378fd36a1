//! Reports of previews and publications: each is listed, and has everything that was found in files behind links that end.

use reqwest::Method;
use serde_json::{Value, json};

use crate::house::{Answer, Draft, Project, in_a_project, in_the_house, redacted, report};

// Split, so that no scanner takes this file for a leak.
const TOKEN: [&str; 2] = ["glpat-", "x7Kq2mVzR9tLw4NbYc8s"];

impl Draft {
    async fn reports(&self, query: &str) -> Value {
        let path = format!("{}/reports{query}", self.path());
        self.project.get(&path).await.of_status(200)
    }

    /// The newest full report, once its run has ended.
    async fn full_report(&self) -> Value {
        let newest = self.reports("?limit=1").await;
        let path = format!(
            "{}/reports/{}",
            self.path(),
            text(&newest["results"][0]["id"])
        );
        self.project.get_settled(&path).await.of_status(200)
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

fn names(report: &Value) -> Vec<&str> {
    let files = report["files"].as_array().unwrap().iter();
    files.map(|file| text(&file["name"])).collect()
}

/// The path and query of the link to a file.
fn link<'a>(report: &'a Value, name: &str) -> &'a str {
    let mut files = report["files"].as_array().unwrap().iter();
    let file = files.find(|file| file["name"] == name);
    let url = text(&file.unwrap_or_else(|| panic!("no {name} in {report}"))["url"]);
    assert!(url.starts_with("http://127.0.0.1:"), "{url}");
    &url[url.find("/slipway/").unwrap()..]
}

/// Follows a link, without a token.
async fn follow(shop: &Project, link: &str) -> Answer {
    shop.send(shop.anonymous(Method::GET, link)).await
}

async fn file(shop: &Project, report: &Value, name: &str) -> String {
    let answer = follow(shop, link(report, name)).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.text
}

#[test]
fn a_full_report_has_every_finding_where_the_draft_shows_the_worst_25_of_each_check() {
    in_a_project(async |shop| {
        shop.repository("minimal");
        let route = "app.get('/', (req, res) => { exec(`ping ${req.query.host}`); });\n";
        let many = format!(
            "import {{ exec }} from 'node:child_process';\n{}",
            route.repeat(15)
        );
        let files = [("service/a.js", many.as_str()), ("service/b.js", &many)];
        shop.commit("minimal", &files, "v1");
        let draft = shop.draft("minimal").await;
        let shown = report(&draft.preview().await["previewableReport"]);
        assert_eq!(shown.matches("js-command-injection").count(), 25, "{shown}");
        assert!(
            shown.contains("Findings that are not shown here: 5. They are in the full report of this run: GET /connectors/drafts/{id}/reports shows where."),
            "{shown}"
        );
        let full = draft.full_report().await;
        assert_eq!(
            (&full["state"], &full["errors"]),
            (&json!("Failed"), &json!(26))
        );
        assert_eq!(
            names(&full),
            [
                "report.json",
                "report.sarif",
                "bom.json",
                "build-service.log"
            ]
        );
        let json: Value = serde_json::from_str(&file(&shop, &full, "report.json").await).unwrap();
        assert_eq!(json["passed"], false);
        let sast = json["checks"].as_array().unwrap().iter();
        let sast = sast.clone().find(|one| one["check"] == "sast").unwrap();
        assert_eq!(sast["findings"].as_array().unwrap().len(), 30);
        let sarif: Value = serde_json::from_str(&file(&shop, &full, "report.sarif").await).unwrap();
        assert_eq!(sarif["version"], "2.1.0");
        assert_eq!(sarif["runs"][0]["results"].as_array().unwrap().len(), 30);
        let bom: Value = serde_json::from_str(&file(&shop, &full, "bom.json").await).unwrap();
        assert_eq!(bom["specVersion"], "1.6");
    });
}

#[test]
fn the_whole_output_of_a_build_is_kept_without_the_credentials_in_it() {
    in_a_project(async |shop| {
        shop.repository("failing-build");
        let lines = "for (let line = 1; line <= 60; line++) console.log(`compiling ${line}`);\n";
        let print = format!("console.log('token', '{}' + '{}');\n", TOKEN[0], TOKEN[1]);
        let fail = format!("{lines}{print}process.exit(1);\n");
        shop.commit("failing-build", &[("service/build.js", &fail)], "v1");
        let draft = shop.draft("failing-build").await;
        let shown = report(&draft.preview().await["previewableReport"]);
        assert!(shown.contains("token glpa********"), "{shown}");
        assert!(
            !shown.contains("compiling 1\n"),
            "only the end is shown: {shown}"
        );
        let full = draft.full_report().await;
        let log = file(&shop, &full, "build-service.log").await;
        // What the installation wrote depends on what another test has installed before.
        let told: Vec<&str> = log
            .lines()
            .skip_while(|line| *line != "$ npm run build")
            .filter(|line| !line.starts_with("compiling") || line.ends_with(" 1"))
            .filter(|line| !line.is_empty())
            .collect();
        insta::assert_snapshot!(told.join("\n"), @"
        $ npm run build
        > failing-build@1.0.0 build
        > node build.js
        compiling 1
        token glpa********
        # `npm run build` ended with exit code 1
        ");

        let pass = format!("{lines}{print}");
        shop.commit("failing-build", &[("service/build.js", &pass)], "v1");
        let draft = draft.previewed().await;
        let log = file(&shop, &draft.full_report().await, "build-service.log").await;
        assert!(
            log.contains("compiling 60\n") && log.contains("token glpa********\n"),
            "{log}"
        );
        // An application that was built before has the output of the build that made it.
        let draft = draft.previewed().await;
        let again = file(&shop, &draft.full_report().await, "build-service.log").await;
        assert_eq!(log, again);
        assert_eq!(draft.reports("").await["total"], 3);
    });
}

#[test]
fn a_link_opens_its_own_file_by_get_and_nothing_else() {
    in_a_project(async |shop| {
        let draft = shop.draft("minimal").await.previewed().await;
        let full = draft.full_report().await;
        let link = link(&full, "report.json");
        let answer = follow(&shop, link).await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.header("content-type"), "application/json");
        assert_eq!(
            redacted(answer.header("content-disposition")),
            r#"attachment; filename="{id}-report.json""#
        );
        assert_eq!(answer.header("cache-control"), "private, no-store");
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        let part = shop
            .anonymous(Method::GET, link)
            .header("range", "bytes=0-6");
        let part = shop.send(part).await;
        assert_eq!((part.status, part.text.as_str()), (206, r#"{"run":"#));
        // A proxy in between may call the platform by another name.
        let renamed = shop
            .anonymous(Method::GET, link)
            .header("host", "connect.example.org");
        assert_eq!(shop.send(renamed).await.status, 200);

        let changed = follow(&shop, &link.replace("report.json", "release.json")).await;
        insta::assert_snapshot!(changed.errors(), @"
        403
        AuthorizationError: This link has ended, or is not as it was given. Ask for the report again: its links are new.
        ");
        for changed in [
            link.replace("X-Amz-Expires=600", "X-Amz-Expires=60000"),
            link.replace("/report.json?", "/?"),
            link.replace("X-Amz-Signature=", "X-Amz-Signature=0"),
            link.replace("/runs/", "/runs//"),
        ] {
            assert_ne!(changed, link);
            assert_eq!(follow(&shop, &changed).await.status, 403, "{changed}");
        }
        for method in [Method::PUT, Method::DELETE, Method::POST, Method::HEAD] {
            let answer = shop.send(shop.anonymous(method, link)).await;
            assert_eq!(answer.status, 405);
        }
        let (bare, _) = link.split_once('?').unwrap();
        assert_eq!(follow(&shop, bare).await.status, 404);
    });
}

#[test]
fn reports_are_the_owners_only_and_each_belongs_to_one_draft() {
    in_the_house(async |house| {
        let (shop, other) = (house.project().await, house.project().await);
        let draft = shop.draft("minimal").await.previewed().await;
        let full = draft.full_report().await;
        let list = format!("{}/reports", draft.path());
        let path = format!("{list}/{}", text(&full["id"]));
        assert_eq!(other.get(&list).await.status, 404);
        insta::assert_snapshot!(other.get(&path).await.errors(), @"
        404
        ResourceNotFound: The ConnectorStaged with ID '{id}' was not found.
        ");
        let sibling = shop.draft("minimal-event").await;
        let elsewhere = format!("{}/reports/{}", sibling.path(), text(&full["id"]));
        insta::assert_snapshot!(shop.get(&elsewhere).await.errors(), @"
        404
        ResourceNotFound: The ConnectorFullReport with ID '{id}' was not found.
        ");
        insta::assert_snapshot!(shop.get(&format!("{list}/latest")).await.errors(), @"
        400
        InvalidPathParam: Request path param is not valid
          detailedErrorMessage: 'latest' is not the id of a run, which is a UUID
        ");
        let blind = shop.with_scopes(&["view_connectors_deployments"]).await;
        assert_eq!(blind.get(&path).await.status, 403);
        assert_eq!(sibling.reports("").await["results"], json!([]));
    });
}

#[test]
fn previews_and_publications_are_listed_newest_first_with_what_they_looked_at() {
    in_a_project(async |shop| {
        let draft = shop
            .draft("minimal")
            .await
            .previewed()
            .await
            .published()
            .await;
        let list = draft.reports("").await;
        insta::assert_snapshot!(redacted(serde_json::to_string_pretty(&list).unwrap()), @r#"
        {
          "limit": 20,
          "offset": 0,
          "count": 2,
          "total": 2,
          "results": [
            {
              "id": "{id}",
              "action": "publish",
              "certification": false,
              "state": "Passed",
              "createdAt": "{time}",
              "endedAt": "{time}",
              "repository": {
                "url": "https://github.com/tests/{shop}/minimal.git",
                "tag": "v1"
              },
              "commit": "{commit}",
              "errors": 0,
              "warnings": 1
            },
            {
              "id": "{id}",
              "action": "preview",
              "state": "Passed",
              "createdAt": "{time}",
              "endedAt": "{time}",
              "repository": {
                "url": "https://github.com/tests/{shop}/minimal.git",
                "tag": "v1"
              },
              "commit": "{commit}",
              "errors": 0,
              "warnings": 1
            }
          ]
        }
        "#);
        let first = draft.reports("?limit=1&offset=1").await;
        assert_eq!(first["results"][0], list["results"][1]);
    });
}

#[test]
fn a_report_is_there_also_of_what_was_never_built() {
    in_a_project(async |shop| {
        let draft = shop.draft("missing-folder").await;
        draft.preview().await;
        let full = draft.full_report().await;
        assert_eq!(names(&full), ["report.json", "report.sarif"]);
        let json = file(&shop, &full, "report.json").await;
        assert!(json.contains("tree/folder-missing"), "{json}");

        shop.remove_tag("missing-folder", "v1");
        draft.preview().await;
        let full = draft.full_report().await;
        assert_eq!(full["commit"], Value::Null);
        assert_eq!(names(&full), ["report.json", "report.sarif"]);
        assert_eq!(
            full["report"]["entries"][0]["title"],
            "Connector repository not reachable"
        );
    });
}

#[test]
fn the_report_of_a_run_that_goes_on_has_its_first_entries_and_no_files() {
    in_a_project(async |shop| {
        let draft = shop.slow_draft().await;
        draft
            .act(json!([{"action": "updatePreviewable"}]))
            .await
            .of_status(201);
        let running = draft.reports("").await["results"][0].clone();
        assert_eq!(running["state"], "Running");
        let path = format!("{}/reports/{}", draft.path(), text(&running["id"]));
        let shown = shop.get(&path).await.of_status(200);
        assert_eq!(shown["files"], json!([]));
        let ended = shop.get_settled(&path).await.of_status(200);
        assert_eq!(ended["state"], "Passed");
        assert_eq!(ended["report"], draft.read().await["previewableReport"]);
        assert_eq!(names(&ended).len(), 4);
    });
}
