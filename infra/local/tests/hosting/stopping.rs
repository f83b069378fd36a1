//! Crashes, ill health and stubborn processes.

use std::time::Duration;

use super::bench::{Bench, DEPLOYMENT, answering, application, eventually};
use axum::body::Body;
use hosting::{HealthCheck, Hosting as _, Kind};
use http::{Request, StatusCode};

#[tokio::test]
async fn a_crashed_application_starts_again_and_the_log_says_so() {
    let bench = Bench::new();
    let script = "const me = Math.random();".to_owned()
        + &answering("req.url === '/crash' ? process.exit(7) : me");
    bench.serve(&bench.service("api", 1, &script)).await;
    let (_, first) = bench.get("api", "/").await;
    let crash = Request::post(format!("/apps/{}/crash", application("api")));
    let crash = crash.body(Body::empty()).unwrap();
    let answer = bench.send("api", crash).await;
    assert_eq!(
        answer.status(),
        StatusCode::BAD_GATEWAY,
        "it is not sent again"
    );
    eventually("another process answers", async || {
        let (status, me) = bench.get("api", "/").await;
        status == StatusCode::OK && me != first
    })
    .await;
    let messages = bench.messages().await;
    let told = "The application ended with exit code 7. It starts again in 0.01 seconds.";
    assert!(
        messages.iter().any(|message| message == told),
        "{messages:?}"
    );
}

#[tokio::test]
async fn one_that_crashes_again_and_again_is_told_once_with_its_last_words() {
    let bench = Bench::with(|timing| timing.backoff.longest = Duration::from_millis(10));
    let script = "console.log('hello'); setTimeout(() => { console.log('no memory left'); process.exit(9) }, 200);".to_owned()
        + &answering("'here'");
    bench.serve(&bench.service("api", 4, &script)).await;
    let told = bench.crash_loop().await;
    assert_eq!((told.deployment, told.revision), (DEPLOYMENT, 4));
    insta::assert_snapshot!(told.message, @"
    It crashed 5 times in a row; the last time, it ended with exit code 9. It is started again with growing pauses, and requests meanwhile get 503. Roll back to an earlier revision, or mend it and redeploy. Its last lines:
      hello
      no memory left
    ");
}

#[tokio::test]
async fn while_an_application_is_down_its_callers_are_told() {
    let bench = Bench::with(|timing| {
        timing.backoff.first = Duration::from_secs(600);
        timing.backoff.longest = Duration::from_secs(600);
    });
    bench
        .serve(&bench.service("api", 1, &answering("process.exit(1)")))
        .await;
    assert_eq!(bench.get("api", "/").await.0, StatusCode::BAD_GATEWAY);
    let mut last = String::new();
    eventually("the crash is seen", async || {
        let (status, body) = bench.get("api", "/").await;
        last = body;
        status == StatusCode::SERVICE_UNAVAILABLE
    })
    .await;
    insta::assert_snapshot!(last, @r#"{"statusCode":503,"message":"There is no answer: the application is not running at the moment. The Deployment's logs may tell why.","errors":[{"code":"ServiceUnavailable","message":"There is no answer: the application is not running at the moment. The Deployment's logs may tell why."}]}"#);
    // Stopping does not wait for the end of the back-off.
    bench.hosting.remove(DEPLOYMENT).await.unwrap();
}

#[tokio::test]
async fn an_unhealthy_application_is_restarted() {
    let bench = Bench::new();
    let script =
        "let ill = false; const me = Math.random(); require('http').createServer((req, res) => {
        if (req.url === '/ill') ill = true;
        if (req.url === '/health') res.statusCode = ill ? 500 : 200;
        res.end(String(me));
    }).listen(8080)";
    let mut launch = bench.service("api", 1, script);
    launch.health = HealthCheck::Http {
        path: "health".to_owned(),
        interval: Duration::from_millis(20),
        timeout: Duration::from_secs(5),
        threshold: 2,
    };
    bench.serve(&launch).await;
    let (_, first) = bench.get("api", "/ill").await;
    eventually("another process answers", async || {
        let (status, me) = bench.get("api", "/").await;
        status == StatusCode::OK && me != first
    })
    .await;
    let messages = bench.messages().await;
    let told = "The application is stopped because its health check failed 2 times in a row; the last one answered 500. It starts again in 0.01 seconds.";
    assert!(
        messages.iter().any(|message| message == told),
        "{messages:?}"
    );
}

#[tokio::test]
async fn an_application_that_ignores_sigterm_is_killed() {
    let bench = Bench::with(|timing| timing.grace = Duration::from_secs(2));
    let script = "process.on('SIGTERM', () => console.log('not me'));".to_owned() + &answering("1");
    bench.serve(&bench.service("stubborn", 1, &script)).await;
    let port = bench.hosting.port_of(application("stubborn")).unwrap();
    bench.hosting.stop(DEPLOYMENT, 1).await.unwrap();
    assert!(
        std::net::TcpStream::connect(("127.0.0.1", port)).is_err(),
        "nothing listens any more"
    );
    assert_eq!(bench.get("stubborn", "/").await.0, StatusCode::NOT_FOUND);
    assert!(
        bench.messages().await.contains(&"not me".to_owned()),
        "it was asked first"
    );
}

#[tokio::test]
async fn removing_a_deployment_leaves_no_process_no_folder_and_no_artifact() {
    let bench = Bench::new();
    let launch = bench.service("api", 1, &answering("1"));
    bench.serve(&launch).await;
    let entries = |folder: &str| {
        std::fs::read_dir(bench.data.path().join(folder))
            .unwrap()
            .count()
    };
    assert_eq!((entries("run"), entries("apps")), (1, 1));
    bench.hosting.remove(DEPLOYMENT).await.unwrap();
    bench.hosting.remove(DEPLOYMENT).await.unwrap();
    eventually("nothing is left", async || {
        (entries("run"), entries("apps")) == (0, 0)
    })
    .await;
    bench.serve(&launch).await;
    assert_eq!(bench.get("api", "/").await.1, "1");
}

#[tokio::test]
async fn a_shutdown_lets_every_application_end_by_itself_and_writes_every_line() {
    let bench = Bench::new();
    let script = "process.on('SIGTERM', () => setTimeout(() => { console.log('good bye'); process.exit() }, 200));"
        .to_owned() + &answering("1");
    let files = [("index.js", script.as_str())];
    for (name, start) in [
        ("plain", "node index.js"),
        ("shell", "true && SPEED=1 node index.js"),
    ] {
        let launch = bench.launch(name, 1, Kind::Service, &files, Some(start));
        bench.serve(&launch).await;
    }
    let port = bench.hosting.port_of(application("plain")).unwrap();
    bench.hosting.shutdown().await;
    assert!(std::net::TcpStream::connect(("127.0.0.1", port)).is_err());
    assert_eq!(bench.messages().await, ["good bye", "good bye"]);
}
