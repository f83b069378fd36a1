//! What the platform has acknowledged, and must therefore show after every restart.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use http::Method;
use serde_json::Value;

use super::client::{Client, Session};

/// What was deployed serves again this long after a start: a start of an application takes a second, and four start at a time.
const SERVES: Duration = Duration::from_secs(20);

#[derive(Default)]
pub(super) struct Ledger(Mutex<Facts>);

#[derive(Default, Clone)]
struct Facts {
    /// By path: the version, and fields that only the client changes; none: it was deleted.
    resources: BTreeMap<String, Option<(u64, Value)>>,
    /// By the path of an application: the greetings of which it may answer one.
    serving: BTreeMap<String, Vec<String>>,
}

/// The fields of a resource that nobody but its client changes.
const OWN: [&str; 5] = ["id", "key", "name", "repository", "type"];

impl Ledger {
    /// The platform has shown this as an answer to a write.
    pub(super) fn acknowledged(&self, path: &str, resource: &Value) {
        let version = resource["version"].as_u64().unwrap();
        let own: Value = OWN
            .iter()
            .map(|field| ((*field).to_owned(), resource[*field].clone()))
            .collect();
        self.0
            .lock()
            .unwrap()
            .resources
            .insert(path.to_owned(), Some((version, own)));
    }

    /// It may be gone from now on.
    pub(super) fn goes(&self, path: &str) {
        self.0.lock().unwrap().resources.remove(path);
    }

    /// It is gone, and must not come back.
    pub(super) fn gone(&self, path: &str) {
        self.0
            .lock()
            .unwrap()
            .resources
            .insert(path.to_owned(), None);
    }

    /// From now on the application answers one of these.
    pub(super) fn serves(&self, path: &str, greetings: &[&str]) {
        let greetings = greetings.iter().map(|one| (*one).to_owned()).collect();
        self.0
            .lock()
            .unwrap()
            .serving
            .insert(path.to_owned(), greetings);
    }

    /// It may stop from now on.
    pub(super) fn stops(&self, path: &str) {
        self.0.lock().unwrap().serving.remove(path);
    }

    /// Compares the platform with everything that it has acknowledged. Nobody else talks to it meanwhile.
    pub(super) async fn check(&self, client: &Client, session: &Session) {
        let facts = self.0.lock().unwrap().clone();
        for (path, fact) in &facts.resources {
            let (status, found) = answer(client, session, path).await;
            let Some((version, own)) = fact else {
                assert_eq!(status, 404, "{path} was gone and is back: {found}");
                continue;
            };
            assert_eq!(
                status, 200,
                "{path} was acknowledged in version {version} and is lost: {found}"
            );
            assert!(
                found["version"].as_u64() >= Some(*version),
                "{path} was acknowledged in version {version}: {found}"
            );
            for (field, value) in own.as_object().unwrap() {
                assert_eq!(&found[field], value, "{field} of {path}");
            }
        }
        for (path, greetings) in &facts.serving {
            served(client, session, path, greetings).await;
        }
    }
}

async fn answer(client: &Client, session: &Session, path: &str) -> (u16, Value) {
    client
        .exchange(session, Method::GET, path, None, None)
        .await
        .expect("nobody kills the platform at this moment")
}

async fn served(client: &Client, session: &Session, path: &str, greetings: &[String]) {
    loop {
        let (status, found) = answer(client, session, path).await;
        if status == 200 {
            let greeting = found["greeting"].as_str().unwrap_or_default();
            assert!(
                greetings.iter().any(|one| one == greeting),
                "{path} answers {found} and not {greetings:?}"
            );
            return;
        }
        let up = Instant::now() - session.since;
        assert!(
            up < SERVES,
            "{path} does not serve {SERVES:?} after the restart, but answers {status}: {found}"
        );
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
