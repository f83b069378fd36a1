//! A redeploy costs nobody a request.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use super::bench::{Bench, DEPLOYMENT, answering, application, eventually};
use hosting::{CallError, Hosting as _};
use http::StatusCode;

#[tokio::test]
async fn constant_requests_survive_two_switches() {
    let bench = Arc::new(Bench::new());
    bench.serve(&bench.service("api", 1, &answering("1"))).await;
    let (done, answered) = (
        Arc::new(AtomicBool::new(false)),
        Arc::new(AtomicUsize::new(0)),
    );
    let callers: Vec<_> = (0..4)
        .map(|_| {
            let (bench, done, answered) = (bench.clone(), done.clone(), answered.clone());
            tokio::spawn(async move {
                let mut seen = Vec::new();
                while !done.load(Ordering::Relaxed) {
                    let (status, revision) = bench.get("api", "/").await;
                    assert_eq!(status, StatusCode::OK, "{revision}");
                    answered.fetch_add(1, Ordering::Relaxed);
                    if seen.last() != Some(&revision) {
                        seen.push(revision);
                    }
                }
                seen
            })
        })
        .collect();
    for revision in [2, 3] {
        bench
            .serve(&bench.service("api", revision, &answering(&revision.to_string())))
            .await;
        let before = answered.load(Ordering::Relaxed);
        eventually("requests go on", async || {
            answered.load(Ordering::Relaxed) > before + 40
        })
        .await;
    }
    done.store(true, Ordering::Relaxed);
    for caller in callers {
        assert_eq!(caller.await.unwrap(), ["1", "2", "3"]);
    }
}

#[tokio::test]
async fn a_slow_request_ends_on_the_revision_where_it_began_and_only_then_that_revision_ends() {
    let bench = Arc::new(Bench::new());
    let script = "let slow; require('http').createServer((req, res) => {
        if (req.url === '/slow') { slow = res; console.log('begun'); return }
        if (req.url === '/release') { slow.end('old'); }
        res.end('the old revision');
    }).listen(8080)";
    bench.serve(&bench.service("api", 1, script)).await;
    let old_port = bench.hosting.port_of(application("api")).unwrap();
    let slow = tokio::spawn({
        let bench = bench.clone();
        async move { bench.get("api", "/slow").await.1 }
    });
    eventually("the slow request has begun", async || {
        bench.messages().await.contains(&"begun".to_owned())
    })
    .await;
    bench.serve(&bench.service("api", 2, &answering("2"))).await;
    assert_eq!(bench.get("api", "/").await.1, "2");
    // Its port may be another application's once it has ended.
    let old = async || {
        let url = format!("http://127.0.0.1:{old_port}/release");
        let answer = reqwest::get(url).await.ok()?.text().await.ok()?;
        (answer == "the old revision").then_some(answer)
    };
    assert!(old().await.is_some(), "the old revision still runs");
    assert_eq!(slow.await.unwrap(), "old");
    eventually("the old revision ended", async || old().await.is_none()).await;
}

#[tokio::test]
async fn all_applications_of_a_deployment_move_together_and_one_that_is_gone_loses_its_route() {
    let bench = Bench::new();
    for name in ["one", "two"] {
        bench
            .hosting
            .start(&bench.service(name, 1, &answering("1")))
            .await
            .unwrap();
    }
    assert_eq!(
        bench.get("one", "/").await.0,
        StatusCode::NOT_FOUND,
        "started but not routed"
    );
    bench.hosting.switch(DEPLOYMENT, 1).await.unwrap();
    bench
        .hosting
        .start(&bench.service("one", 2, &answering("2")))
        .await
        .unwrap();
    assert_eq!(bench.get("one", "/").await.1, "1");
    bench.hosting.switch(DEPLOYMENT, 2).await.unwrap();
    assert_eq!(bench.get("one", "/").await.1, "2");
    assert_eq!(bench.get("two", "/").await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_revision_that_was_not_started_takes_nothing_over() {
    let bench = Bench::new();
    bench.serve(&bench.service("api", 1, &answering("1"))).await;
    let fault = bench.hosting.switch(DEPLOYMENT, 9).await.unwrap_err();
    insta::assert_snapshot!(fault, @"revision 9 of Deployment 00000000-0000-0000-0000-00000000000d cannot take over: its applications were not started");
    bench
        .refused(&bench.service("api", 2, "process.exit(1)"))
        .await;
    assert!(bench.hosting.switch(DEPLOYMENT, 2).await.is_err());
    assert_eq!(bench.get("api", "/").await.1, "1");
    bench.hosting.stop(DEPLOYMENT, 2).await.unwrap();
    let nobody = bench.hosting.call(
        application("nobody"),
        http::Request::new(bytes::Bytes::new()),
        std::time::Duration::from_secs(1),
    );
    assert_eq!(nobody.await.unwrap_err(), CallError::NotFound);
}

#[tokio::test]
async fn the_revision_before_takes_the_routes_back_and_the_new_one_finishes_its_requests() {
    let bench = Arc::new(Bench::new());
    let slow = "let slow; require('http').createServer((req, res) => {
        if (req.url === '/slow') { slow = res; console.log('begun'); return }
        if (req.url === '/release') { slow.end('new'); }
        res.end('2');
    }).listen(8080)";
    bench.serve(&bench.service("api", 1, &answering("1"))).await;
    bench
        .hosting
        .start(&bench.service("api", 2, slow))
        .await
        .unwrap();
    bench.hosting.switch(DEPLOYMENT, 2).await.unwrap();
    assert_eq!(bench.get("api", "/").await.1, "2");
    let port = bench.hosting.port_of(application("api")).unwrap();
    let request = tokio::spawn({
        let bench = bench.clone();
        async move { bench.get("api", "/slow").await.1 }
    });
    eventually("the slow request has begun", async || {
        bench.messages().await.contains(&"begun".to_owned())
    })
    .await;
    bench.hosting.switch(DEPLOYMENT, 1).await.unwrap();
    bench.hosting.stop(DEPLOYMENT, 2).await.unwrap();
    assert_eq!(bench.get("api", "/").await.1, "1");
    reqwest::get(format!("http://127.0.0.1:{port}/release"))
        .await
        .unwrap();
    assert_eq!(request.await.unwrap(), "new");
    // What serves is not retired by its own number, nor by one that never came.
    bench.hosting.retire(DEPLOYMENT, 1).await.unwrap();
    bench.hosting.retire(DEPLOYMENT, 9).await.unwrap();
    assert_eq!(bench.get("api", "/").await.1, "1");
}
