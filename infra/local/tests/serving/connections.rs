//! A connection is closed when its time or its place is over, and nobody else notices.

use std::time::Instant;

use super::*;

/// The first part of a request that never ends.
const HALF: &str = "GET /health HTTP/1.1\r\nhost: slipway\r\n";
const WHOLE: &str = "GET /health HTTP/1.1\r\nhost: slipway\r\n\r\n";
const BODY_TO_COME: &str =
    "POST /oauth/token HTTP/1.1\r\nhost: slipway\r\ncontent-length: 40\r\n\r\ngrant_type=";
/// The platform says that it reads the body.
const EXPECTING: &str = "POST /oauth/token HTTP/1.1\r\nhost: slipway\r\nexpect: 100-continue\r\ncontent-length: 40\r\n\r\n";
const SHORT: Duration = Duration::from_millis(300);

fn is(answer: &str, status: u16) -> bool {
    answer.starts_with(&format!("HTTP/1.1 {status} "))
}

// The whole of 127.0.0.0/8 are addresses of the machine on Linux only.
#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn two_thousand_connections_with_one_byte_each_keep_nobody_out() {
    let attacker = Ipv4Addr::new(127, 0, 0, 2);
    let platform = Platform::start(|limits| {
        limits.all = 64;
        limits.per_peer = 32;
    })
    .await;
    let mut held = Vec::new();
    for _ in 0..2000 {
        let mut caller = platform.connect(attacker).await;
        // One that was closed already takes no byte.
        let _ = caller.0.write_all(b"G").await;
        held.push(caller);
    }
    for peer in [SHOP, attacker] {
        let begun = Instant::now();
        let answer = platform.get(peer, "/health").await;
        assert!(is(&answer, 200), "{peer}: {answer}");
        assert!(begun.elapsed() < Duration::from_secs(1), "{peer}");
    }
    for caller in &mut held[..2000 - 32] {
        caller.closed().await;
    }
    let open = held.iter().filter(|caller| !caller.is_closed()).count();
    assert!(open <= 32, "{open} of one peer are open");
    platform.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_whose_head_does_not_end_is_closed() {
    let platform = Platform::start(|limits| limits.head = SHORT).await;
    let mut callers = Vec::new();
    for text in ["", "G", HALF] {
        let mut caller = platform.connect(SHOP).await;
        caller.send(text).await;
        callers.push(caller);
    }
    // The next request of a connection has the same time.
    let mut kept = platform.connect(SHOP).await;
    kept.send(WHOLE).await;
    assert!(is(&kept.answer().await, 200));
    kept.send(HALF).await;
    callers.push(kept);
    for caller in &mut callers {
        caller.closed().await;
    }
    platform.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_without_a_further_request_is_closed() {
    let platform = Platform::start(|limits| limits.idle = SHORT).await;
    let mut caller = platform.connect(SHOP).await;
    for _ in 0..2 {
        caller.send(WHOLE).await;
        assert!(is(&caller.answer().await, 200));
    }
    caller.closed().await;
    platform.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_does_not_come_is_told_and_closed() {
    let platform = Platform::start(|limits| limits.body = SHORT).await;
    let application = "/apps/00000000-0000-4000-8000-000000000000/service";
    let topic = "/v1/projects/slipway/topics/00000000-0000-4000-8000-000000000000:publish";
    for path in ["/oauth/token", topic] {
        let mut caller = platform.connect(SHOP).await;
        caller
            .send(&BODY_TO_COME.replace("/oauth/token", path))
            .await;
        let answer = caller.answer().await;
        assert!(is(&answer, 408), "{path}: {answer}");
        assert!(answer.contains("\"code\":\"RequestTimeout\""), "{answer}");
        assert!(answer.contains("connection: close"), "{answer}");
        caller.closed().await;
    }
    // Whoever does not read the body answers without waiting for it.
    let mut caller = platform.connect(SHOP).await;
    caller
        .send(&BODY_TO_COME.replace("/oauth/token", application))
        .await;
    assert!(is(&caller.answer().await, 404));
    platform.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_comes_byte_by_byte_has_a_limit_as_a_whole() {
    let platform = Platform::start(|limits| limits.whole_body = SHORT).await;
    let mut caller = platform.connect(SHOP).await;
    caller.send(&BODY_TO_COME.replace("40", "4000")).await;
    let mut bytes = tokio::time::interval(SHORT / 10);
    while timeout(SHORT / 10, caller.0.readable()).await.is_err() {
        bytes.tick().await;
        caller.send("x").await;
    }
    let answer = caller.answer().await;
    assert!(is(&answer, 408), "{answer}");
    platform.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_who_takes_no_answer_is_cut_off() {
    let platform = Platform::start(|limits| limits.write = SHORT).await;
    let mut caller = platform.connect(SHOP).await;
    // Requests, until their answers fill the buffers of both sides and no more is taken.
    let many = "GET /openapi.json HTTP/1.1\r\nhost: slipway\r\n\r\n".repeat(100);
    let broken = timeout(PATIENCE, async {
        while caller.0.write_all(many.as_bytes()).await.is_ok() {}
    });
    assert!(broken.await.is_ok(), "the connection is still open");
    platform.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn where_every_connection_is_used_health_and_the_operator_are_answered() {
    let platform = Platform::start(|limits| {
        limits.all = 3;
        limits.per_peer = 3;
        limits.body = 4 * PATIENCE;
    })
    .await;
    let mut used = Vec::new();
    for _ in 0..3 {
        let mut caller = platform.connect(SHOP).await;
        caller.send(EXPECTING).await;
        assert!(is(&caller.answer().await, 100));
        used.push(caller);
    }
    let refused = platform.get(SHOP, "/connectors/drafts").await;
    assert!(is(&refused, 503), "{refused}");
    assert!(refused.contains("retry-after: 1"), "{refused}");
    assert!(refused.contains("connection: close"), "{refused}");
    assert!(
        refused.contains("\"code\":\"ServiceUnavailable\""),
        "{refused}"
    );
    for _ in 0..50 {
        assert!(is(&platform.get(SHOP, "/health").await, 200));
        assert!(is(&platform.get(SHOP, "/operator/clients").await, 401));
    }
    drop(used.pop());
    while !is(&platform.get(SHOP, "/connectors/drafts").await, 401) {}
    platform.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_application_with_the_operators_paths_does_not_get_the_reserve() {
    let platform = Platform::start(|limits| {
        limits.all = 1;
        limits.per_peer = 1;
        limits.body = 4 * PATIENCE;
    })
    .await;
    let mut used = platform.connect(SHOP).await;
    used.send(EXPECTING).await;
    assert!(is(&used.answer().await, 100));
    for path in ["/health", "/operator/x"] {
        let mut caller = platform.connect(SHOP).await;
        let host = "00000000-0000-4000-8000-000000000000.localhost";
        caller
            .send(&format!(
                "POST {path} HTTP/1.1\r\nhost: {host}\r\ncontent-length: 40\r\n\r\nx"
            ))
            .await;
        let answer = caller.answer().await;
        assert!(is(&answer, 503), "{path}: {answer}");
        caller.closed().await;
    }
    // The operator's own path is refused without its token before the body has come.
    let mut caller = platform.connect(SHOP).await;
    caller
        .send(&BODY_TO_COME.replace("/oauth/token", "/operator/clients"))
        .await;
    assert!(is(&caller.answer().await, 401));
    caller.closed().await;
    drop(used);
    platform.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_head_that_is_ambiguous_or_too_large_or_asks_for_a_tunnel_is_refused() {
    let platform = Platform::start(|_| {}).await;
    let long = "x".repeat(65 * 1024);
    for (head, status) in [
        ("GET /health HTTP/1.1\r\n".to_owned(), 400),
        (
            "GET /health HTTP/1.1\r\nhost: a\r\nhost: b\r\n".to_owned(),
            400,
        ),
        ("CONNECT a:80 HTTP/1.1\r\nhost: a:80\r\n".to_owned(), 501),
        (
            format!("GET /health HTTP/1.1\r\nhost: a\r\nx-long: {long}\r\n"),
            431,
        ),
        ("GET /health HTTP/1.0\r\n".to_owned(), 200),
    ] {
        let mut caller = platform.connect(SHOP).await;
        caller.send(&format!("{head}\r\n")).await;
        let answer = caller.answer().await;
        let version = if status == 200 { "0" } else { "1" };
        let wanted = format!("HTTP/1.{version} {status} ");
        assert!(answer.starts_with(&wanted), "{wanted}: {answer}");
    }
    platform.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_ends_idle_connections_and_the_last_request_is_answered() {
    let platform = Platform::start(|_| {}).await;
    let mut idle = platform.connect(SHOP).await;
    idle.send(WHOLE).await;
    assert!(is(&idle.answer().await, 200));
    let mut last = platform.connect(SHOP).await;
    last.send(EXPECTING).await;
    assert!(is(&last.answer().await, 100));
    let stop = tokio::spawn(platform.server.stop());
    idle.closed().await;
    last.send(&"x".repeat(40)).await;
    let answer = last.answer().await;
    assert!(is(&answer, 400) || is(&answer, 401), "{answer}");
    stop.await.unwrap();
}
