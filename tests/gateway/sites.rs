//! A static application is a site of its own, and shows its files and nothing else.

use reqwest::Method;
use serde_json::json;

use crate::house::{Answer, Deployment, Project, in_a_project, redacted};

const SCRIPT: &str = "console.log('a script that is long enough to be worth its compression');";
const YAML: &str = "deployAs:\n  - name: site\n    applicationType: assets\n";

async fn site(shop: &Project) -> Deployment {
    shop.repository("minimal");
    let files = [
        ("connect.yaml", YAML),
        ("site/index.html", "<p>hello</p>"),
        ("site/style/a.css", "p { color: red }"),
        ("site/main-BX3kLm9a.js", SCRIPT),
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
fn a_browser_gets_it_compressed_and_keeps_what_its_name_says_will_not_change() {
    in_a_project(async |shop| {
        let deployment = site(&shop).await;
        let url = deployment.application("site").await["url"].clone();
        let host = url.as_str().unwrap().trim_start_matches("http://");
        let host = host.trim_end_matches('/').to_owned();
        let get = async |path: &str, name: &str, value: &str| {
            let request = shop.anonymous(Method::GET, path);
            let request = request.header("host", &host).header(name, value);
            shop.send(request).await
        };
        let script = get("/main-BX3kLm9a.js", "accept-encoding", "br, gzip").await;
        assert_eq!(script.header("content-encoding"), "gzip");
        assert_eq!(script.header("vary"), "accept-encoding");
        let kept = "public, max-age=31536000, immutable";
        assert_eq!(script.header("cache-control"), kept);
        let tag = script.header("etag").to_owned();
        assert!(tag.starts_with("W/\""), "{tag}");
        let same = get("/main-BX3kLm9a.js", "if-none-match", &tag).await;
        assert_eq!((same.status, same.text.as_str()), (304, ""));
        let plain = get("/main-BX3kLm9a.js", "accept-encoding", "identity").await;
        assert_eq!(plain.text, SCRIPT);
        let page = get("/", "accept-encoding", "gzip").await;
        assert_eq!(page.header("cache-control"), "no-cache");
        let part = get("/main-BX3kLm9a.js", "range", "bytes=0-6").await;
        assert_eq!((part.status, part.text.as_str()), (206, "console"));
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
