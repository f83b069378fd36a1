//! Static applications, as a browser sees them.

use super::bench::{Bench, application, text};
use axum::body::Body;
use hosting::Kind;
use http::{Request, Response, StatusCode};
use slipway::gateway::static_files::serve_site;

async fn site(index_fallback: bool) -> Bench {
    let bench = Bench::new();
    let files = [
        ("index.html", "<h1>hello</h1>"),
        ("assets/app.js", "run()"),
        ("logo.svg", "<svg/>"),
    ];
    let kind = Kind::Static { index_fallback };
    bench
        .serve(&bench.launch("site", 1, kind, &files, None))
        .await;
    bench
}

async fn get(bench: &Bench, path: &str, header: Option<(&str, &str)>) -> Response<Body> {
    let mut request = Request::get(path);
    if let Some((name, value)) = header {
        request = request.header(name, value);
    }
    serve_site(
        &bench.hosting,
        application("site"),
        request.body(Body::empty()).unwrap(),
    )
    .await
}

#[tokio::test]
async fn files_come_with_their_type_and_a_tag_that_saves_the_second_transfer() {
    let bench = site(false).await;
    for (path, kind, body) in [
        ("/", "text/html", "<h1>hello</h1>"),
        ("/assets/app.js", "text/javascript", "run()"),
        ("/logo.svg?v=2", "image/svg+xml", "<svg/>"),
    ] {
        let answer = get(&bench, path, None).await;
        assert_eq!(answer.headers()["content-type"], kind);
        let tag = answer.headers()["etag"].to_str().unwrap().to_owned();
        assert_eq!(text(answer).await, (StatusCode::OK, body.to_owned()));
        let second = text(get(&bench, path, Some(("if-none-match", &tag))).await).await;
        assert_eq!(second, (StatusCode::NOT_MODIFIED, String::new()));
    }
    let part = text(get(&bench, "/index.html", Some(("range", "bytes=4-8"))).await).await;
    assert_eq!(part, (StatusCode::PARTIAL_CONTENT, "hello".to_owned()));
}

#[tokio::test]
async fn a_route_of_a_merchant_center_application_shows_its_index_and_assets_do_not() {
    let bench = site(true).await;
    assert_eq!(
        text(get(&bench, "/my-project/orders", None).await).await,
        (StatusCode::OK, "<h1>hello</h1>".to_owned())
    );
    let bench = site(false).await;
    assert_eq!(
        get(&bench, "/my-project/orders", None).await.status(),
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn nothing_outside_the_folder_is_shown_and_nothing_is_written() {
    let bench = site(false).await;
    for path in [
        "/../../port.cjs",
        "/%2e%2e/%2e%2e/run",
        "/..%2f..%2fruntime/port.cjs",
        "/assets/..%5c..%5c",
    ] {
        assert_eq!(
            get(&bench, path, None).await.status(),
            StatusCode::NOT_FOUND,
            "{path}"
        );
    }
    let post = Request::post("/index.html").body(Body::empty()).unwrap();
    let answer = serve_site(&bench.hosting, application("site"), post).await;
    assert_eq!(answer.status(), StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(answer.headers()["allow"], "GET, HEAD");
    assert_eq!(bench.log().await.len(), 5, "every request is in the log");
}

#[tokio::test]
async fn a_site_is_not_shown_under_the_origin_of_the_api() {
    let bench = site(true).await;
    let (status, body) = bench.get("site", "/").await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert!(body.contains("a site with a host of its own"), "{body}");
}
