//! A static application is a site of its own, and shows its files and nothing else.

use reqwest::Method;
use serde_json::json;

use crate::house::{Answer, Deployment, Project, in_a_project, redacted};

const YAML: &str = "deployAs:\n  - name: site\n    applicationType: assets\n";

async fn site(shop: &Project) -> Deployment {
    shop.repository("minimal");
    let files = [
        ("connect.yaml", YAML),
        ("site/index.html", "<p>hello</p>"),
        ("site/style/a.css", "p { color: red }"),
    ];
    shop.commit("minimal", &files, "v1");
    shop.draft("minimal")
        .await
        .previewed()
        .await
        .deployed(json!([]))
        .await
}

async fn open(deployment: &Deployment, method: Method, path: &str) -> Answer {
    let url = deployment.application("site").await["url"]
        .as_str()
        .unwrap()
        .to_owned();
    let host = url
        .trim_start_matches("http://")
        .trim_end_matches('/')
        .to_owned();
    // What a browser resolves and this machine perhaps does not.
    let request = deployment
        .project
        .anonymous(method, path)
        .header("host", host);
    deployment.project.send(request).await
}

#[test]
fn a_site_shows_its_files_at_the_root_of_a_host_of_its_own() {
    in_a_project(async |shop| {
        let deployment = site(&shop).await;
        let url = deployment.application("site").await["url"]
            .as_str()
            .unwrap()
            .to_owned();
        insta::assert_snapshot!(redacted(url), @"http://{id}.localhost:{port}/");
        let page = open(&deployment, Method::GET, "/").await;
        assert_eq!((page.status, page.text.as_str()), (200, "<p>hello</p>"));
        assert_eq!(page.header("content-type"), "text/html");
        let style = open(&deployment, Method::GET, "/style/a.css").await;
        assert_eq!(
            (style.header("content-type"), style.text.as_str()),
            ("text/css", "p { color: red }")
        );
    });
}

#[test]
fn what_is_not_in_the_site_is_not_shown() {
    in_a_project(async |shop| {
        let deployment = site(&shop).await;
        for path in [
            "/nothing.html",
            "/../connect.yaml",
            "/%2e%2e/connect.yaml",
            "/..%2fconnect.yaml",
            "/style%00",
        ] {
            let answer = open(&deployment, Method::GET, path).await;
            assert_eq!(answer.status, 404, "{path}: {}", answer.text);
        }
        insta::assert_snapshot!(open(&deployment, Method::GET, "/nothing.html").await.errors(), @"
        404
        ResourceNotFound: This application has no such file.
        ");
        insta::assert_snapshot!(open(&deployment, Method::POST, "/").await.errors(), @"
        405
        MethodNotAllowed: A static application answers GET and HEAD only.
        ");
    });
}
