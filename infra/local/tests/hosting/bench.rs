//! A hosting on a folder of its own, with artifacts that a test writes as text.

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;

use axum::body::Body;
use domain::names::{ApplicationName, ArtifactHash};
use domain::time::Timestamp;
use hosting::{
    Backoff, CrashLoop, Fault, HealthCheck, Hosting as _, Idle, Kind, Launch, LogEntry, LogQuery,
    StartError,
};
use http::{Request, Response, StatusCode};
use http_body_util::BodyExt as _;
use secrets::Secret;
use slipway::gateway::applications::serve_application;
use slipway::hosting::{Artifacts, Layout, NodeRuntime, Options, ProcessHosting, Timing};
use uuid::Uuid;

/// The folder of this machine's node.
static NODE_BIN: LazyLock<PathBuf> = LazyLock::new(|| {
    let found = std::process::Command::new("/bin/sh")
        .args(["-c", "command -v node"])
        .output()
        .unwrap();
    let node = PathBuf::from(String::from_utf8(found.stdout).unwrap().trim());
    node.canonicalize()
        .expect("node is installed")
        .parent()
        .unwrap()
        .to_owned()
});

/// The Deployment of every test.
pub(super) const DEPLOYMENT: Uuid = Uuid::from_u128(0xd);

/// Artifacts by hash.
#[derive(Default)]
pub(super) struct Shelf(Mutex<HashMap<ArtifactHash, Filed>>);

/// Files by path, and the command that starts them.
struct Filed {
    files: Vec<(String, String)>,
    start: Option<String>,
}

#[async_trait::async_trait]
impl Artifacts for Shelf {
    async fn unpack(&self, artifact: &ArtifactHash, into: &Path) -> Result<(), Fault> {
        let shelf = self.0.lock().unwrap();
        let filed = shelf
            .get(artifact)
            .ok_or_else(|| Fault::new("no such artifact"))?;
        std::fs::create_dir(into).unwrap();
        for (path, text) in &filed.files {
            let path = into.join("app").join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        Ok(())
    }

    async fn layout(&self, artifact: &ArtifactHash) -> Result<Layout, Fault> {
        let shelf = self.0.lock().unwrap();
        let filed = shelf
            .get(artifact)
            .ok_or_else(|| Fault::new("no such artifact"))?;
        let node = filed.start.clone().map(|start| NodeRuntime {
            start,
            path: vec![PathBuf::from("app/node_modules/.bin")],
            commands: vec![NODE_BIN.clone()],
            read: vec![NODE_BIN.parent().unwrap().to_owned()],
            package_name: Some("tiny".to_owned()),
            package_version: Some("1.2.3".to_owned()),
        });
        Ok(Layout {
            folder: "app".into(),
            node,
        })
    }
}

/// A hosting with short times.
pub(super) struct Bench {
    pub(super) hosting: ProcessHosting,
    pub(super) data: tempfile::TempDir,
    shelf: Arc<Shelf>,
    crash_loops: tokio::sync::Mutex<tokio::sync::mpsc::UnboundedReceiver<CrashLoop>>,
}

impl Bench {
    pub(super) fn new() -> Self {
        Self::with(|_| {})
    }

    /// With other times.
    pub(super) fn with(change: impl FnOnce(&mut Timing)) -> Self {
        let data = tempfile::tempdir().unwrap();
        let shelf = Arc::new(Shelf::default());
        let mut timing = Timing {
            start: Duration::from_secs(30),
            backoff: Backoff {
                first: Duration::from_millis(10),
                longest: Duration::from_millis(40),
            },
            grace: Duration::from_secs(5),
            ..Timing::default()
        };
        change(&mut timing);
        let (crash_loops, told) = tokio::sync::mpsc::unbounded_channel();
        let now = Timestamp("2026-11-22T16:00:00Z".parse().unwrap());
        let options = Options {
            data: data.path().to_owned(),
            clock: Arc::new(move || now),
            artifacts: shelf.clone(),
            timing,
            crash_loops,
        };
        Self {
            hosting: ProcessHosting::open(options).unwrap(),
            data,
            shelf,
            crash_loops: tokio::sync::Mutex::new(told),
        }
    }

    /// The next application that crashes again and again.
    pub(super) async fn crash_loop(&self) -> CrashLoop {
        self.crash_loops.lock().await.recv().await.unwrap()
    }

    /// A launch of revision `revision` of the service `name`, whose index.js is this.
    pub(super) fn service(&self, name: &str, revision: u64, script: &str) -> Launch {
        self.launch(
            name,
            revision,
            Kind::Service,
            &[("index.js", script)],
            Some("node index.js"),
        )
    }

    /// A launch of these files.
    pub(super) fn launch(
        &self,
        name: &str,
        revision: u64,
        kind: Kind,
        files: &[(&str, &str)],
        start: Option<&str>,
    ) -> Launch {
        let mut shelf = self.shelf.0.lock().unwrap();
        let artifact = ArtifactHash::parse(&format!("{:064x}", shelf.len() + 1)).unwrap();
        let files = files
            .iter()
            .map(|(path, text)| ((*path).to_owned(), (*text).to_owned()))
            .collect();
        let start = start.map(str::to_owned);
        shelf.insert(artifact.clone(), Filed { files, start });
        Launch {
            deployment: DEPLOYMENT,
            application: application(name),
            name: ApplicationName::parse(name).unwrap(),
            kind,
            revision,
            artifact,
            environment: vec![("PORT".to_owned(), Secret::new("8080"))],
            secret_names: BTreeSet::new(),
            endpoint: Some("/service".to_owned()),
            health: HealthCheck::PortOpens,
            idle: Idle::Runs,
        }
    }

    /// Starts the launch, which must come up, and routes to its revision.
    pub(super) async fn serve(&self, launch: &Launch) {
        self.hosting.start(launch).await.unwrap();
        self.hosting
            .switch(launch.deployment, launch.revision)
            .await
            .unwrap();
        self.hosting
            .retire(launch.deployment, launch.revision)
            .await
            .unwrap();
    }

    /// The verdict on a launch that does not come up.
    pub(super) async fn refused(&self, launch: &Launch) -> String {
        match self.hosting.start(launch).await {
            Err(StartError::Verdict(failure)) => failure.to_string(),
            other => panic!("no verdict: {other:?}"),
        }
    }

    /// GETs a path of the application through the gateway.
    pub(super) async fn get(&self, name: &str, path: &str) -> (StatusCode, String) {
        let uri = format!("/apps/{}{path}", application(name));
        text(
            self.send(name, Request::get(uri).body(Body::empty()).unwrap())
                .await,
        )
        .await
    }

    /// Sends a request through the gateway.
    pub(super) async fn send(&self, name: &str, request: Request<Body>) -> Response<Body> {
        serve_application(&self.hosting, application(name), request).await
    }

    /// The first page of the log.
    pub(super) async fn log(&self) -> Vec<LogEntry> {
        self.hosting.logs(&everything()).await.unwrap().data
    }

    /// The messages of the log's text entries.
    pub(super) async fn messages(&self) -> Vec<String> {
        let log = self.log().await;
        log.iter()
            .filter_map(|entry| entry.details["message"].as_str().map(str::to_owned))
            .collect()
    }
}

/// A query for the Deployment's whole log.
pub(super) fn everything() -> LogQuery {
    LogQuery {
        deployment: DEPLOYMENT,
        application: None,
        from: Timestamp("2026-11-22T00:00:00Z".parse().unwrap()),
        until: None,
        page: None,
    }
}

/// The id of the application of this name.
pub(super) fn application(name: &str) -> Uuid {
    Uuid::from_bytes(std::array::from_fn(|at| {
        name.as_bytes().get(at).copied().unwrap_or(0)
    }))
}

pub(super) async fn text(response: Response<Body>) -> (StatusCode, String) {
    let status = response.status();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    (status, String::from_utf8_lossy(&body).into_owned())
}

/// A server that answers every request with this JavaScript expression.
pub(super) fn answering(expression: &str) -> String {
    format!(
        "require('http').createServer((req, res) => res.end(String({expression}))).listen(8080)"
    )
}

/// Waits until the condition holds; fails the test after half a minute.
pub(super) async fn eventually(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let end = tokio::time::Instant::now() + Duration::from_secs(30);
    while !holds().await {
        assert!(tokio::time::Instant::now() < end, "never came true: {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
