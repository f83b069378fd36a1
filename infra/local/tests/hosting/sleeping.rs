//! An application that nobody asks for costs nothing, and nobody notices but by a slower first answer.

use std::sync::Arc;
use std::time::Duration;

use super::bench::{Bench, DEPLOYMENT, answering, application, eventually};
use hosting::{Hosting as _, Idle, Launch};
use http::StatusCode;

/// Each process answers with a number of its own.
const LIFE: &str = "Math.random()";

fn bench(quiet: Duration) -> Bench {
    Bench::with(|timing| timing.sleep = Some(quiet))
}

fn sleeper(bench: &Bench, revision: u64, script: &str) -> Launch {
    Launch {
        idle: Idle::Sleeps,
        ..bench.service("api", revision, script)
    }
}

async fn sleeps(bench: &Bench) {
    eventually("the application sleeps", async || {
        bench.hosting.port_of(application("api")).is_none()
    })
    .await;
}

#[tokio::test]
async fn an_application_that_nobody_asks_for_ends_and_the_next_request_starts_it() {
    let bench = bench(Duration::from_millis(50));
    let script = format!("const life = {LIFE}; {}", answering("life"));
    bench.serve(&sleeper(&bench, 1, &script)).await;
    let (_, first) = bench.get("api", "/").await;
    sleeps(&bench).await;
    let (status, second) = bench.get("api", "/").await;
    assert_eq!(status, StatusCode::OK);
    assert_ne!(first, second, "another process");
    let log = bench.messages().await;
    let told = log.iter().filter(|line| line.contains("sleeps")).count();
    assert!(told >= 1, "{log:?}");
}

#[tokio::test]
async fn requests_that_come_together_start_it_once_and_are_all_answered() {
    let bench = Arc::new(bench(Duration::from_millis(50)));
    let script = format!("const life = {LIFE}; {}", answering("life"));
    bench.serve(&sleeper(&bench, 1, &script)).await;
    for _ in 0..3 {
        sleeps(&bench).await;
        let requests: Vec<_> = (0..20)
            .map(|_| {
                let bench = bench.clone();
                tokio::spawn(async move { bench.get("api", "/").await })
            })
            .collect();
        let mut lives = std::collections::BTreeSet::new();
        for request in requests {
            let (status, life) = request.await.unwrap();
            assert_eq!(status, StatusCode::OK, "{life}");
            lives.insert(life);
        }
        assert_eq!(lives.len(), 1);
    }
}

#[tokio::test]
async fn requests_at_the_very_moment_when_it_falls_asleep_are_all_answered() {
    let bench = bench(Duration::from_millis(5));
    bench.serve(&sleeper(&bench, 1, &answering("'here'"))).await;
    for pause in (0..30).map(|step| Duration::from_micros(step * 500)) {
        let answer = bench.get("api", "/").await;
        assert_eq!(answer, (StatusCode::OK, "here".to_owned()));
        tokio::time::sleep(pause).await;
    }
}

#[tokio::test]
async fn a_request_that_goes_on_keeps_it_awake() {
    let bench = Arc::new(bench(Duration::from_millis(20)));
    let script = "let slow; require('http').createServer((req, res) => {
        if (req.url === '/slow') { slow = res; console.log('begun'); return }
        slow.end('late'); res.end('released');
    }).listen(8080)";
    bench.serve(&sleeper(&bench, 1, script)).await;
    let slow = tokio::spawn({
        let bench = bench.clone();
        async move { bench.get("api", "/slow").await.1 }
    });
    eventually("the slow request has begun", async || {
        bench.messages().await.contains(&"begun".to_owned())
    })
    .await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(bench.get("api", "/release").await.1, "released");
    assert_eq!(slow.await.unwrap(), "late");
}

#[tokio::test]
async fn one_that_is_kept_warm_never_sleeps() {
    let bench = bench(Duration::from_millis(1));
    let script = format!("const life = {LIFE}; {}", answering("life"));
    bench.serve(&bench.service("api", 1, &script)).await;
    let (_, first) = bench.get("api", "/").await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(bench.get("api", "/").await.1, first);
}

#[tokio::test]
async fn one_that_served_before_a_restart_starts_with_its_first_request() {
    let bench = bench(Duration::from_secs(600));
    let launch = sleeper(&bench, 1, &answering("'here'"));
    bench.hosting.resume(&launch).await.unwrap();
    bench.hosting.switch(DEPLOYMENT, 1).await.unwrap();
    assert_eq!(bench.hosting.port_of(application("api")), None);
    assert_eq!(bench.get("api", "/").await.1, "here");
}

#[tokio::test]
async fn one_that_does_not_come_up_again_is_told_at_once_and_its_log_says_why() {
    let bench = bench(Duration::from_millis(50));
    let script = format!(
        "if (require('fs').existsSync(__dirname + '/broken')) {{ console.log('out of order'); process.exit(3) }} {}",
        answering("'here'")
    );
    let launch = sleeper(&bench, 1, &script);
    bench.serve(&launch).await;
    sleeps(&bench).await;
    let tree = bench
        .data
        .path()
        .join("apps")
        .join(launch.artifact.as_str());
    std::fs::write(tree.join("app/broken"), "").unwrap();
    let (status, text) = bench.get("api", "/").await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE, "{text}");
    let log = bench.messages().await;
    assert!(log.contains(&"out of order".to_owned()), "{log:?}");
}
