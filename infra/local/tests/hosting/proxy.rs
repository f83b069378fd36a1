//! What the gateway does to a request on its way, and what it answers itself.

use std::net::SocketAddr;
use std::time::Duration;

use super::bench::{Bench, answering, application, text};
use axum::body::Body;
use axum::extract::ConnectInfo;
use bytes::Bytes;
use hosting::{CallError, Hosting as _, LogKind};
use http::{Request, StatusCode};
use http_body_util::BodyExt as _;

#[tokio::test]
async fn method_path_query_and_body_arrive_as_they_were_sent_and_the_log_tells_the_request() {
    let bench = Bench::new();
    let script = "require('http').createServer((req, res) => {
        res.writeHead(201, { 'content-type': 'text/plain', 'keep-alive': 'timeout=5', 'x-own': 'kept' });
        res.write(req.method + ' ' + req.url + ' ' + req.headers['x-forwarded-for'] + ' ' + req.headers.host + '\\n');
        req.pipe(res);
    }).listen(8080)";
    bench.serve(&bench.service("api", 1, script)).await;
    let body = "x".repeat(3 << 20);
    let mut request = Request::post(format!(
        "/apps/{}/service/a%2Fb?q=1&q=2",
        application("api")
    ))
    .header("host", "shop.example")
    .header("user-agent", "test/1")
    .body(Body::from(body.clone()))
    .unwrap();
    let peer: SocketAddr = "203.0.113.9:4711".parse().unwrap();
    request.extensions_mut().insert(ConnectInfo(peer));
    let answer = bench.send("api", request).await;
    assert_eq!(answer.headers().get("x-own").unwrap(), "kept");
    assert!(answer.headers().get("keep-alive").is_none());
    let (status, answer) = text(answer).await;
    let (first, rest) = answer.split_once('\n').unwrap();
    assert_eq!(status, StatusCode::CREATED);
    assert_eq!(
        first,
        "POST /service/a%2Fb?q=1&q=2 203.0.113.9 shop.example"
    );
    assert!(rest == body, "the body came back changed");

    let log = bench.log().await;
    let mut details = log[0].details.clone();
    assert!(details["latency"].take().as_str().unwrap().ends_with('s'));
    assert_eq!(log[0].kind, LogKind::HttpRequest);
    insta::assert_snapshot!(details, @r#"{"requestMethod":"POST","requestUrl":"/apps/61706900-0000-0000-0000-000000000000/service/a%2Fb?q=1&q=2","status":201,"responseSize":"3145781","userAgent":"test/1","remoteIp":"203.0.113.9","latency":null,"protocol":"HTTP/1.1"}"#);
}

#[tokio::test]
async fn an_unknown_application_and_a_websocket_get_a_clear_answer() {
    let bench = Bench::new();
    insta::assert_snapshot!(bench.get("nobody", "/").await.1, @r#"{"statusCode":404,"message":"No application with this id is deployed. Its URL is in `applications` of its Deployment.","errors":[{"code":"ResourceNotFound","message":"No application with this id is deployed. Its URL is in `applications` of its Deployment."}]}"#);
    bench.serve(&bench.service("api", 1, &answering("1"))).await;
    let upgrade = |protocol: &str| {
        let uri = format!("/apps/{}/socket", application("api"));
        Request::get(uri)
            .header("connection", "upgrade")
            .header("upgrade", protocol)
            .body(Body::empty())
            .unwrap()
    };
    let (status, body) = text(bench.send("api", upgrade("websocket")).await).await;
    assert_eq!(status, StatusCode::NOT_IMPLEMENTED);
    assert!(
        body.contains("WebSocket connections to applications are not supported"),
        "{body}"
    );
    assert_eq!(
        bench.send("api", upgrade("h2c")).await.status(),
        StatusCode::OK,
        "an offer that may be ignored"
    );
}

#[tokio::test]
async fn a_connection_that_breaks_is_a_bad_gateway_and_is_in_the_log() {
    let bench = Bench::new();
    bench
        .serve(&bench.service("api", 1, &answering("req.socket.destroy()")))
        .await;
    let (status, body) = bench.get("api", "/").await;
    assert_eq!(status, StatusCode::BAD_GATEWAY);
    assert!(body.contains(r#""code":"BadGateway""#), "{body}");
    assert_eq!(bench.log().await[0].details["status"], 502);
}

#[tokio::test]
async fn a_change_of_protocol_that_nobody_asked_for_is_a_bad_gateway() {
    let bench = Bench::new();
    let switching = "req.socket.write('HTTP/1.1 101 Switching Protocols\\r\\nconnection: upgrade\\r\\nupgrade: x\\r\\n\\r\\n')";
    bench
        .serve(&bench.service("api", 1, &answering(switching)))
        .await;
    let (status, body) = bench.get("api", "/").await;
    assert_eq!(status, StatusCode::BAD_GATEWAY, "{body}");
}

#[tokio::test]
async fn a_request_that_is_never_answered_ends_after_five_minutes() {
    let bench = Bench::new();
    let script = "require('http').createServer(() => {}).listen(8080)";
    bench.serve(&bench.service("api", 1, script)).await;
    tokio::time::pause();
    let begun = tokio::time::Instant::now();
    let (status, body) = bench.get("api", "/").await;
    assert_eq!(status, StatusCode::GATEWAY_TIMEOUT);
    assert_eq!(begun.elapsed().as_secs(), 300);
    insta::assert_snapshot!(body, @r#"{"statusCode":504,"message":"There is no answer: the application did not answer within 300 seconds. The Deployment's logs may tell why.","errors":[{"code":"GatewayTimeout","message":"There is no answer: the application did not answer within 300 seconds. The Deployment's logs may tell why."}]}"#);
    tokio::time::resume();
    assert_eq!(bench.log().await[0].details["status"], 504);
}

#[tokio::test]
async fn bodies_stream_both_ways() {
    let bench = Bench::new();
    let script = "require('http').createServer((req, res) => req.pipe(res)).listen(8080)";
    bench.serve(&bench.service("api", 1, script)).await;
    let (sender, parts) = tokio::sync::mpsc::unbounded_channel::<&str>();
    let parts = futures_util::stream::unfold(parts, async |mut parts| {
        let part = parts.recv().await?;
        Some((Ok::<_, std::convert::Infallible>(part), parts))
    });
    let uri = format!("/apps/{}/echo", application("api"));
    let request = Request::post(uri).body(Body::from_stream(parts)).unwrap();
    sender.send("first").unwrap();
    let mut answer = bench.send("api", request).await.into_body();
    // Each part comes back before the next is sent.
    for (part, next) in [("first", Some("second")), ("second", None)] {
        let frame = answer.frame().await.unwrap().unwrap();
        assert_eq!(frame.into_data().unwrap(), part);
        if let Some(next) = next {
            sender.send(next).unwrap();
        }
    }
    drop(sender);
    assert!(answer.frame().await.is_none());
}

#[tokio::test]
async fn a_get_survives_a_connection_that_its_application_has_closed_meanwhile() {
    let bench = Bench::new();
    // Each connection takes one request, though the application says nothing of that.
    let script = "require('http').createServer((req, res) => {
        if (req.socket.used) return req.socket.destroy();
        req.socket.used = true;
        res.end('ok');
    }).listen(8080)";
    bench.serve(&bench.service("api", 1, script)).await;
    for _ in 0..5 {
        assert_eq!(
            bench.get("api", "/").await,
            (StatusCode::OK, "ok".to_owned())
        );
    }
}

#[tokio::test]
async fn a_call_of_the_platform_ends_with_the_whole_answer_or_at_its_limit() {
    let bench = Bench::new();
    let script = "require('http').createServer((req, res) => {
        if (req.url === '/never') return;
        if (req.url === '/huge') return res.end('x'.repeat(2 << 20));
        req.on('data', (data) => res.writeHead(202).end(req.headers.host + ' ' + data));
    }).listen(8080)";
    bench.serve(&bench.service("api", 1, script)).await;
    let call = |path: &str, limit| {
        let request = Request::post(path).body(Bytes::from_static(b"{}")).unwrap();
        bench.hosting.call(application("api"), request, limit)
    };
    let minute = Duration::from_secs(60);
    let answer = call("/event", minute).await.unwrap();
    assert_eq!(
        (answer.status(), answer.body().as_ref()),
        (StatusCode::ACCEPTED, &b"127.0.0.1 {}"[..])
    );
    let short = Duration::from_millis(50);
    assert_eq!(
        call("/never", short).await.unwrap_err(),
        CallError::Timeout(short)
    );
    assert_eq!(
        call("/huge", minute).await.unwrap_err(),
        CallError::TooLarge(1 << 20)
    );
    let log = bench.log().await;
    let statuses: Vec<_> = log
        .iter()
        .map(|entry| entry.details["status"].to_string())
        .collect();
    assert_eq!(statuses, ["202", "504", "502"]);
}
