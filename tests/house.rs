//! The whole platform in one process on the embedded engine, driven over its real HTTP API with real tokens.

mod answer;
mod deployment;
mod draft;
mod faults;
mod project;
mod redact;
mod repositories;
mod shared;
mod time;
mod wait;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use domain::names::ProjectKey;
use domain::run::Run;
use functions::auth::clients;
use functions::{Platform, StandardsOptions};
use slipway::engine::Weather;
use slipway::gateway::ConnectionLimits;
use slipway::hosting::Timing;
use slipway::up::{Options, Parts, Ports, Server};
use store::keys::lists;
use store::rows::{EventRow, ExecutionRow};
use tempfile::TempDir;
use web::{Cors, Rate};

pub(crate) use answer::Answer;
pub(crate) use deployment::{Deployment, values};
pub(crate) use draft::{Draft, report};
pub(crate) use faults::expect as expect_fault;
pub(crate) use project::Project;
pub(crate) use redact::redacted;
pub(crate) use repositories::fixture;
pub(crate) use shared::{Visit, in_a_house, in_a_house_of_its_own, in_a_project, in_the_house};
pub(crate) use time::Time;
pub(crate) use wait::eventually;

use repositories::Repositories;

// Node releases and dependency trees are fetched once for all houses and all runs of the tests.
const CACHE: &str = concat!(env!("CARGO_TARGET_TMPDIR"), "/test-cache");
// An application of the tests listens within two seconds, even where two builds keep the machine busy.
const START: Duration = Duration::from_secs(15);

/// A running platform with a data folder of its own.
pub(crate) struct House {
    server: Option<Server>,
    site: Arc<Site>,
    /// Its clock, which a test moves ahead.
    pub(crate) time: Time,
    operator: Operator,
    folder: TempDir,
}

/// What the operator of a house has decided.
#[derive(Debug, Clone)]
pub(crate) struct Operator {
    pub(crate) rate: Rate,
    pub(crate) cors: Cors,
    pub(crate) standards: StandardsOptions,
    pub(crate) timing: Timing,
    /// Wall time of a whole build.
    pub(crate) build_limit: Duration,
    pub(crate) connections: ConnectionLimits,
    pub(crate) weather: Weather,
    pub(crate) ports: Ports,
    pub(crate) application_domain: Option<String>,
}

impl Default for Operator {
    /// Many tests bring the smallest fixtures before a certifier, which the policy that ships would not let through.
    fn default() -> Self {
        let policy = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/house/certification-policy.yml"
        );
        Self {
            rate: Rate::default(),
            cors: Cors::default(),
            standards: StandardsOptions {
                certification_policy: Some(policy.into()),
                ..StandardsOptions::default()
            },
            weather: Weather::default(),
            build_limit: Parts::default().build_limit,
            ports: Ports::default(),
            application_domain: None,
            connections: ConnectionLimits::of_process(),
            timing: Timing {
                start: START,
                ..Timing::default()
            },
        }
    }
}

/// What a Project needs of its house; it holds over a restart.
pub(crate) struct Site {
    pub(crate) url: String,
    http: reqwest::Client,
    repositories: Repositories,
    projects: AtomicU32,
}

impl House {
    /// A platform that was never started before.
    pub(crate) async fn start() -> Self {
        Self::of(Operator::default()).await
    }

    /// A platform whose operator limits how much a Project may ask, and who may read answers.
    pub(crate) async fn limited(rate: Rate, cors: Cors) -> Self {
        let operator = Operator::default();
        Self::of(Operator {
            rate,
            cors,
            ..operator
        })
        .await
    }

    /// A platform of an operator of its own.
    pub(crate) async fn of(operator: Operator) -> Self {
        faults::listen();
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let repositories = Repositories::new(folder.path().join("repositories"));
        let time = Time::default();
        let server = serve(
            &folder,
            &repositories,
            &time,
            operator.clone(),
            "127.0.0.1:0",
        )
        .await;
        let limit = Duration::from_secs(60);
        let site = Site {
            url: server.url(),
            http: reqwest::Client::builder()
                .timeout(limit)
                .build()
                .expect("a client without TLS"),
            repositories,
            projects: AtomicU32::new(1),
        };
        Self {
            server: Some(server),
            site: Arc::new(site),
            time,
            operator,
            folder,
        }
    }

    /// Stops cleanly and starts again on the same data, at the same address.
    pub(crate) async fn restart(&mut self) {
        self.restart_after(Duration::ZERO).await;
    }

    /// The same, with this time between the stop and the start.
    pub(crate) async fn restart_after(&mut self, pause: Duration) {
        let time = self.time.clone();
        self.restart_when(|| time.pass(pause)).await;
    }

    /// The same, with this done in between.
    pub(crate) async fn restart_when(&mut self, stopped: impl FnOnce()) {
        self.stop().await;
        stopped();
        let address = self.site.url.trim_start_matches("http://");
        let operator = self.operator.clone();
        let server = serve(
            &self.folder,
            &self.site.repositories,
            &self.time,
            operator,
            address,
        );
        self.server = Some(server.await);
    }

    async fn stop(&mut self) {
        self.server.take().expect("it runs").stop().await;
    }

    fn server(&self) -> &Server {
        self.server.as_ref().expect("it runs")
    }

    /// A Project of its own, with a token that may do everything in it.
    pub(crate) async fn project(&self) -> Project {
        let number = self.site.projects.fetch_add(1, Ordering::Relaxed);
        let key = format!("shop-{number:04}");
        let client = self
            .server()
            .make_client(&key)
            .await
            .expect("the rows can be written");
        Project::log_in(
            self.site.clone(),
            key,
            &client.row.id,
            client.secret.expose(),
        )
        .await
    }

    /// A certifier: a Project of the operator's, with a token that may decide on drafts of every Project and nothing else.
    pub(crate) async fn certifier(&self) -> Project {
        let number = self.site.projects.fetch_add(1, Ordering::Relaxed);
        let key = ProjectKey::parse(&format!("shop-{number:04}")).expect("a key");
        let scopes = vec!["manage_certifications".to_owned()];
        let client = clients::create(&self.platform().desk, key, scopes)
            .await
            .expect("the rows can be written");
        Project::log_in(
            self.site.clone(),
            client.row.project.to_string(),
            &client.row.id,
            client.secret.expose(),
        )
        .await
    }

    /// The platform behind the endpoints, for what no endpoint shows.
    pub(crate) fn platform(&self) -> &Arc<Platform> {
        self.server().platform()
    }

    /// The base URL.
    pub(crate) fn url(&self) -> &str {
        &self.site.url
    }

    /// Its data folder.
    pub(crate) fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// The folder of Node releases and dependency trees.
    pub(crate) fn cache() -> PathBuf {
        PathBuf::from(CACHE)
    }

    /// Runs that have not ended, of the Projects with these keys; of all where none is named.
    pub(crate) async fn open_runs(&self, projects: &[String]) -> Vec<Run> {
        let store = &self.platform().desk.store;
        let mut open: Vec<Run> = store
            .due(lists::OPEN_RUNS, "\u{10ffff}", 1000)
            .await
            .unwrap();
        open.retain(|run| {
            projects.is_empty() || projects.iter().any(|key| key == run.owner.as_str())
        });
        open
    }

    /// Waits until no run, event or execution is under way.
    pub(crate) async fn settle(&self) {
        eventually("the house settles", async || {
            let store = &self.platform().desk.store;
            let events: Vec<EventRow> = store
                .due(lists::PENDING_EVENTS, "\u{10ffff}", 1)
                .await
                .unwrap();
            let executions: Vec<ExecutionRow> = store
                .due(lists::OPEN_EXECUTIONS, "\u{10ffff}", 1)
                .await
                .unwrap();
            let runs = self.open_runs(&[]).await;
            (events.is_empty() && executions.is_empty() && runs.is_empty()).then_some(())
        })
        .await;
    }

    /// Stops when all is done; a fault that the platform met fails the test.
    async fn close(mut self) {
        self.settle().await;
        self.stop().await;
        faults::none();
    }

    /// Stops at once, after a test that failed.
    async fn abandon(mut self) {
        faults::tell();
        if self.server.is_some() {
            self.stop().await;
        }
    }
}

async fn serve(
    folder: &TempDir,
    repositories: &Repositories,
    time: &Time,
    operator: Operator,
    listen: &str,
) -> Server {
    let options = Options {
        listen: listen.parse().expect("an address"),
        data: folder.path().join("data"),
        url: None,
        application_domain: operator.application_domain,
        cache: Some(House::cache()),
        map_repository: vec![repositories.mapping()],
        standards: operator.standards,
        rate: operator.rate,
        cors: operator.cors,
        connections: operator.connections,
        sleep_after: operator.timing.sleep,
        allow_unsafe_sandbox: false,
    };
    let parts = Parts {
        clock: time.clock(),
        timing: operator.timing,
        build_limit: operator.build_limit,
        weather: operator.weather,
        ports: operator.ports,
    };
    Server::start_with(options, parts)
        .await
        .expect("the platform starts")
}
