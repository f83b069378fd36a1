//! A client of a platform that may be killed at any moment: an answer that did not come says nothing, and the state is read again.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::sync::{Notify, RwLock, RwLockReadGuard, RwLockWriteGuard};

/// An answer takes no longer on a busy machine.
const ANSWER: Duration = Duration::from_secs(30);
/// What is under way ends within this time after the platform was last started.
const DEADLINE: Duration = Duration::from_secs(60);
const LOOK_AGAIN: Duration = Duration::from_millis(50);

/// The platform as it can be reached now.
pub(super) struct Session {
    pub(super) url: String,
    pub(super) project: String,
    pub(super) token: String,
    pub(super) since: Instant,
}

/// Requests share it; whoever restarts the platform has it alone.
pub(super) struct Client {
    http: reqwest::Client,
    session: RwLock<Session>,
    writes: AtomicU64,
    write_begins: Notify,
}

/// A status and a JSON body; none where the platform was killed before it answered.
pub(super) type Answer = Option<(u16, Value)>;

impl Client {
    pub(super) fn new(session: Session) -> Self {
        // A connection to a killed platform must not be used again.
        let http = reqwest::Client::builder()
            .timeout(ANSWER)
            .pool_max_idle_per_host(0)
            .build();
        Self {
            http: http.unwrap(),
            session: RwLock::new(session),
            writes: AtomicU64::new(0),
            write_begins: Notify::new(),
        }
    }

    /// Waits for requests that are on their way and keeps others back.
    pub(super) async fn restart(&self) -> RwLockWriteGuard<'_, Session> {
        self.session.write().await
    }

    pub(super) async fn session(&self) -> RwLockReadGuard<'_, Session> {
        self.session.read().await
    }

    /// Waits until so many writes more have been sent, whether they are answered or not.
    pub(super) async fn after_writes(&self, count: u64) {
        let until = self.writes.load(Ordering::SeqCst) + count;
        loop {
            let begins = self.write_begins.notified();
            if self.writes.load(Ordering::SeqCst) >= until {
                return;
            }
            begins.await;
        }
    }

    async fn send(&self, method: http::Method, path: &str, body: Option<&Value>) -> Answer {
        self.send_as(method, path, body, None).await
    }

    async fn send_as(
        &self,
        method: http::Method,
        path: &str,
        body: Option<&Value>,
        idempotency_key: Option<&str>,
    ) -> Answer {
        let session = self.session.read().await;
        if method != http::Method::GET {
            self.writes.fetch_add(1, Ordering::SeqCst);
            self.write_begins.notify_waiters();
        }
        self.exchange(&session, method, path, body, idempotency_key)
            .await
    }

    /// One request in a session.
    pub(super) async fn exchange(
        &self,
        session: &Session,
        method: http::Method,
        path: &str,
        body: Option<&Value>,
        idempotency_key: Option<&str>,
    ) -> Answer {
        let path = path.replace("{project}", &session.project);
        let mut request = self
            .http
            .request(method, format!("{}{path}", session.url))
            .bearer_auth(&session.token);
        if let Some(body) = body {
            request = request.json(body);
        }
        if let Some(key) = idempotency_key {
            request = request.header("idempotency-key", key);
        }
        let text = async {
            let answer = request.send().await?;
            Ok::<_, reqwest::Error>((answer.status().as_u16(), answer.text().await?))
        };
        match text.await {
            Ok((status, text)) => {
                assert!(status != 500, "{path} was answered 500: {text}");
                Some((status, serde_json::from_str(&text).unwrap_or_default()))
            }
            Err(error) => {
                assert!(
                    !error.is_timeout(),
                    "{path} was not answered within {ANSWER:?}"
                );
                None
            }
        }
    }

    /// What is at a path; none where nothing is.
    pub(super) async fn read(&self, path: &str) -> Option<Value> {
        loop {
            match self.send(http::Method::GET, path, None).await {
                Some((200, found)) => return Some(found),
                Some((404, _)) => return None,
                Some((status, body)) => panic!("GET {path} was answered {status}: {body}"),
                None => {}
            }
        }
    }

    /// What is at a path, as soon as it suits; fails where it does not within the deadline.
    pub(super) async fn wait<T>(
        &self,
        path: &str,
        what: &str,
        suits: impl Fn(Option<&Value>) -> Option<T>,
    ) -> T {
        let begin = Instant::now();
        loop {
            let found = self.read(path).await;
            if let Some(suitable) = suits(found.as_ref()) {
                return suitable;
            }
            let since = begin.max(self.session.read().await.since);
            assert!(
                since.elapsed() < DEADLINE,
                "{path} is not {what} after {DEADLINE:?}, but {found:?}"
            );
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    }

    /// Creates what is then found at `found_at`, by the same request under the same key until an answer comes: one that was lost has
    /// either made it, and its answer is given again, or has made nothing.
    pub(super) async fn create(&self, path: &str, body: &Value, found_at: &str) -> Value {
        let post = http::Method::POST;
        loop {
            match self
                .send_as(post.clone(), path, Some(body), Some(found_at))
                .await
            {
                Some((201, created)) => {
                    let found = self.read(found_at).await;
                    let found = found.unwrap_or_else(|| panic!("{found_at} was acknowledged"));
                    assert_eq!(found["id"], created["id"], "{found_at} is another's");
                    return created;
                }
                Some((status, answer)) => {
                    panic!("POST {path} {body} was answered {status}: {answer}")
                }
                None => {}
            }
        }
    }

    /// Sends an action, until it was acknowledged or its trace is found.
    pub(super) async fn update(
        &self,
        path: &str,
        action: Value,
        trace: impl Fn(&Value) -> bool,
    ) -> Value {
        let mut lost = false;
        loop {
            let before = self
                .read(path)
                .await
                .unwrap_or_else(|| panic!("{path} is gone before {action}"));
            if lost && trace(&before) {
                return before;
            }
            let body = json!({"version": before["version"], "actions": [action]});
            match self.send(http::Method::POST, path, Some(&body)).await {
                Some((201, updated)) => {
                    assert!(
                        trace(&updated),
                        "{action} was acknowledged without effect: {updated}"
                    );
                    return updated;
                }
                // The platform itself has written in between.
                Some((409, _)) => {}
                Some((status, answer)) => panic!("{path} {action} was answered {status}: {answer}"),
                None => lost = true,
            }
        }
    }

    /// Asks for something without a name: when the answer is lost, again.
    pub(super) async fn post(&self, path: &str, body: &Value) -> Value {
        loop {
            match self.send(http::Method::POST, path, Some(body)).await {
                Some((200 | 201, answer)) => return answer,
                Some((status, answer)) => panic!("POST {path} was answered {status}: {answer}"),
                None => {}
            }
        }
    }

    /// Deletes, until it was acknowledged or its trace is found.
    pub(super) async fn delete(&self, path: &str, trace: impl Fn(Option<&Value>) -> bool) {
        loop {
            match self.send(http::Method::DELETE, path, None).await {
                Some((200 | 202, _)) => return,
                Some((status, answer)) => {
                    let found = self.read(path).await;
                    assert!(
                        trace(found.as_ref()),
                        "DELETE {path} was answered {status}: {answer}"
                    );
                    return;
                }
                None if trace(self.read(path).await.as_ref()) => return,
                None => {}
            }
        }
    }
}
