//! Requests and workers have threads of their own.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use super::*;

/// Requests that read and write rows while every thread of the workers is held: those that poll tasks, and those for
/// what blocks.
#[test]
fn requests_are_answered_while_the_workers_hold_all_their_threads() {
    const THREADS: usize = 2;
    const BLOCKING: usize = 4;
    let workers = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(THREADS)
        .max_blocking_threads(BLOCKING)
        .enable_all()
        .build()
        .unwrap();
    let platform = workers.block_on(Platform::start(|_| {}));
    let gate = Arc::new(Mutex::new(()));
    // Also where the test fails, the threads go on: the end of their runtime waits for them.
    let shut = gate.lock().unwrap();
    let held = Arc::new(AtomicUsize::new(0));
    let holding = || {
        let (gate, held) = (gate.clone(), held.clone());
        move || {
            held.fetch_add(1, Ordering::SeqCst);
            drop(gate.lock());
        }
    };
    for _ in 0..BLOCKING {
        drop(workers.spawn_blocking(holding()));
    }
    for _ in 0..THREADS {
        let hold = holding();
        workers.spawn(async move { hold() });
    }
    let begun = Instant::now();
    while held.load(Ordering::SeqCst) < BLOCKING + THREADS {
        assert!(
            begun.elapsed() < PATIENCE,
            "the threads of the workers are not held"
        );
        std::thread::yield_now();
    }
    let callers = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let answered = callers.block_on(async { timeout(PATIENCE, ask(&platform)).await });
    drop(shut);
    answered.expect("every request is answered while the threads are held");
    workers.block_on(platform.server.stop());
}

async fn ask(platform: &Platform) {
    assert!(platform.get(SHOP, "/health").await.contains(" 200 "));
    let client = platform.server.client();
    let secret = client.client_secret.as_ref().unwrap();
    let http = reqwest::Client::new();
    let url = platform.server.url();
    let token: serde_json::Value = http
        .post(format!("{url}/oauth/token"))
        .basic_auth(&client.client_id, Some(secret.expose()))
        .header("content-type", "application/x-www-form-urlencoded")
        .body("grant_type=client_credentials")
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    let token = token["access_token"].as_str().unwrap();
    for path in [
        "/connectors/drafts",
        "/connectors/search?text=none",
        "/openapi.json",
    ] {
        let answer = http
            .get(format!("{url}{path}"))
            .bearer_auth(token)
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), 200, "{path}");
    }
    let operator = format!("{url}/operator/clients");
    assert_eq!(http.get(operator).send().await.unwrap().status(), 401);
}
