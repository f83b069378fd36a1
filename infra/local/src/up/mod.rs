//! The whole platform in one process: everything starts in order, is ready before it says so, and stops without cutting anybody off.

mod assemble;
mod first_client;
mod restore;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use domain::names::ProjectKey;
use functions::auth::clients::{self, NewClient};
use functions::catalogue::SCHEDULED;
use functions::scheduled::refresh_advisories;
use functions::workers::crash_loop;
use functions::{Platform, StandardsOptions};
use hyper::body::Incoming;
use secrets::Secret;
use tokio::net::TcpListener;
use tokio::runtime::Handle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use web::{Cors, Rate};
use work::Clock;

pub use first_client::DevelopmentClient;

use self::assemble::Assembled;
use crate::builds::LocalBuilds;
use crate::engine::{Engine, Weather};
use crate::gateway::{ConnectionLimits, Gateway, listener};
use crate::hosting::{ProcessHosting, Timing};
use crate::operator_file::OperatorFile;
use crate::{consumers, runtimes, schedules, stalls};

/// What `slipway up` is started with.
#[derive(Debug, Clone)]
pub struct Options {
    /// Where it listens.
    pub listen: SocketAddr,
    /// Its data folder.
    pub data: PathBuf,
    /// Where Node releases and dependency trees are kept, which several data folders may share; none: in the data folder.
    pub cache: Option<PathBuf>,
    /// The URL by which others reach it; none: the listen address.
    pub url: Option<String>,
    /// The domain below which each application has a host of its own, beside `localhost`.
    pub application_domain: Option<String>,
    /// `PREFIX=GIT_URL` mappings.
    pub map_repository: Vec<String>,
    /// What connectors are held to.
    pub standards: StandardsOptions,
    /// What a Project may ask of the API.
    pub rate: Rate,
    /// The pages in browsers that may read the API's answers.
    pub cors: Cors,
    /// How many connections it takes, and for how long one may do nothing.
    pub connections: ConnectionLimits,
    /// After how long without a request the applications of preview and sandbox Deployments sleep; none: never.
    pub sleep_after: Option<Duration>,
    /// True to start even if commands can get out of the sandbox.
    pub allow_unsafe_sandbox: bool,
}

/// What a test replaces; everybody else takes the defaults.
#[derive(Debug, Clone)]
pub struct Parts {
    /// The time, for everything but the queue's delays.
    pub clock: Clock,
    /// The times of the hosting.
    pub timing: Timing,
    /// Wall time of a whole build.
    pub build_limit: Duration,
    /// What requests meet on their way to rows, messages and blobs.
    pub weather: Weather,
    /// Decorators of the ports.
    pub ports: Ports,
}

type Replace = dyn Fn(&mut Platform) + Send + Sync;

/// Replaces adapters of a platform before it starts, as a decorator that injects faults does; by default none.
#[derive(Clone, Default)]
pub struct Ports(Option<Arc<Replace>>);

impl Ports {
    /// Lets this function replace adapters.
    pub fn new(replace: impl Fn(&mut Platform) + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(replace)))
    }

    fn replace(&self, platform: &mut Platform) {
        if let Some(replace) = &self.0 {
            replace(platform);
        }
    }
}

impl std::fmt::Debug for Ports {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Ports")
    }
}

impl Default for Parts {
    fn default() -> Self {
        Self {
            clock: Clock::system(),
            timing: Timing::default(),
            build_limit: builder::limits::BUILD_WALL,
            weather: Weather::default(),
            ports: Ports::default(),
        }
    }
}

/// The platform while it runs.
pub struct Server {
    platform: Arc<Platform>,
    hosting: ProcessHosting,
    engine: Arc<Engine>,
    builds: LocalBuilds,
    address: SocketAddr,
    client: DevelopmentClient,
    listening: CancellationToken,
    /// Cuts the connections whose last answers take too long.
    cut_off: CancellationToken,
    background: CancellationToken,
    tasks: TaskTracker,
    operator_file: OperatorFile,
}

// Time for the removal of folders when the platform stops.
const LAST_REMOVALS: Duration = Duration::from_secs(2);
// A request that is being answered when the platform stops has this long.
const LAST_ANSWERS: Duration = Duration::from_secs(5);

impl Server {
    /// Starts everything; it answers when this returns.
    ///
    /// # Errors
    /// What is in the way, and what to do, in one paragraph.
    pub async fn start(options: Options) -> anyhow::Result<Self> {
        Self::start_with(options, Parts::default()).await
    }

    /// Starts everything with parts of one's own.
    ///
    /// # Errors
    /// See [`Server::start`].
    pub async fn start_with(options: Options, parts: Parts) -> anyhow::Result<Self> {
        let listener = listener::bind(options.listen).with_context(|| {
            format!("Slipway cannot listen on {}. Another program may use this port: stop it, or choose another with --listen 127.0.0.1:PORT", options.listen)
        })?;
        let address = listener.local_addr()?;
        let Assembled {
            platform,
            hosting,
            engine,
            builds,
            mut crash_loops,
        } = assemble::assemble(&options, parts, address).await?;
        let client = first_client::ensure(&platform).await?;
        let token = secrets::random_token();
        let operator_file =
            OperatorFile::write(&options.data, &format!("http://{address}"), &token)?;
        let server = Self {
            platform,
            hosting,
            engine,
            builds,
            address,
            client,
            listening: CancellationToken::new(),
            cut_off: CancellationToken::new(),
            background: CancellationToken::new(),
            tasks: TaskTracker::new(),
            operator_file,
        };
        server.listen(listener.into_std()?, options.connections, token);
        server.work();
        let platform = server.platform.clone();
        server.background(async move {
            while let Some(crash_loop) = crash_loops.recv().await {
                if let Err(fault) = crash_loop::tell(&platform, &crash_loop).await {
                    tracing::error!(%fault, "a report lacks an application that crashes again and again");
                }
            }
        });
        Ok(server)
    }

    /// The base URL.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The platform behind the endpoints: tests look at rows that the API does not show.
    #[must_use]
    pub fn platform(&self) -> &Arc<Platform> {
        &self.platform
    }

    /// The development client; its secret is known on the first start of a data folder only.
    #[must_use]
    pub fn client(&self) -> &DevelopmentClient {
        &self.client
    }

    /// Makes an API client with every scope of a Project.
    ///
    /// # Errors
    /// The rows cannot be written.
    pub async fn make_client(&self, project: &str) -> anyhow::Result<NewClient> {
        let scopes = clients::DEFAULT_SCOPES
            .iter()
            .map(|scope| (*scope).to_owned())
            .collect();
        let made = clients::create(&self.platform.desk, ProjectKey::parse(project)?, scopes).await;
        Ok(made?)
    }

    /// Revokes an API client.
    ///
    /// # Errors
    /// The rows cannot be written.
    pub async fn revoke_client(&self, id: &str) -> anyhow::Result<()> {
        clients::revoke(&self.platform.desk, id).await?;
        Ok(())
    }

    /// Answers requests on the runtime that is for them.
    fn listen(
        &self,
        listener: std::net::TcpListener,
        limits: ConnectionLimits,
        operator_token: Secret,
    ) {
        let gateway = Arc::new(Gateway::new(
            self.platform.clone(),
            self.hosting.clone(),
            self.engine.clone(),
            operator_token,
            self.listening.clone(),
        ));
        let routes = gateway.clone();
        let uses_reserve = move |request: &_| routes.uses_reserve::<Incoming>(request);
        let answer = move |request| {
            let gateway = gateway.clone();
            async move { gateway.answer(request).await }
        };
        let stop = self.listening.clone();
        let serve = async move {
            match TcpListener::from_std(listener) {
                Ok(listener) => {
                    listener::serve(listener, limits, stop, uses_reserve, answer).await;
                }
                Err(error) => tracing::error!(%error, "the listener cannot be used"),
            }
        };
        let serve = self.cut_off.clone().run_until_cancelled_owned(serve);
        self.tasks.spawn_on(serve, runtimes::requests());
    }

    /// Everything that goes on without a request.
    fn work(&self) {
        let platform = &self.platform;
        self.tasks.spawn(consumers::consume(
            platform.clone(),
            self.background.clone(),
        ));
        let workers = Handle::current().id();
        self.background(stalls::heartbeat("workers", workers));
        let schedules = schedules::tick(platform.clone());
        self.background(stalls::named("the schedules of jobs", schedules));
        let restore = restore::restore(platform.clone());
        self.background(stalls::named("the restart of Deployments", restore));
        let searched = platform.clone();
        self.background(async move {
            if let Err(error) = searched.catalog.load().await {
                tracing::error!(%error, "the catalogue could not be read; the first search tries again");
            }
        });
        // The clock would call it in a day.
        let refreshed = platform.clone();
        self.background(async move {
            if let Err(fault) = refresh_advisories::handle(&refreshed).await {
                tracing::error!(%fault, "the advisories are those of the last start");
            }
        });
        for scheduled in SCHEDULED {
            let platform = platform.clone();
            self.background(async move {
                loop {
                    tokio::time::sleep(scheduled.every).await;
                    let called = (scheduled.handler)(platform.clone());
                    if let Err(fault) = stalls::named(scheduled.name, called).await {
                        tracing::error!(%fault, function = scheduled.name, "a scheduled function met a fault");
                    }
                }
            });
        }
        let engine = self.engine.clone();
        self.background(async move {
            loop {
                tokio::time::sleep(Duration::from_secs(60)).await;
                if let Err(error) = engine.sweep_expired().await {
                    tracing::error!(%error, "expired rows could not be removed");
                }
            }
        });
    }

    fn background(&self, work: impl Future<Output = ()> + Send + 'static) {
        let stop = self.background.clone();
        self.tasks.spawn(async move {
            stop.run_until_cancelled(work).await;
        });
    }

    /// Stops: no new requests, the last answers, then the applications. What was under way goes on at the next start.
    pub async fn stop(self) {
        self.listening.cancel();
        self.background.cancel();
        self.tasks.close();
        if tokio::time::timeout(LAST_ANSWERS, self.tasks.wait())
            .await
            .is_err()
        {
            tracing::warn!("some requests were still being answered and are cut off");
        }
        self.cut_off.cancel();
        self.builds.stop().await;
        self.hosting.shutdown().await;
        self.operator_file.remove();
        drop((self.platform, self.hosting, self.builds));
        self.engine.closed().await;
        // What is left then goes with the next start.
        let removed = || files::wait_until_removed(LAST_REMOVALS);
        if !matches!(tokio::task::spawn_blocking(removed).await, Ok(true)) {
            tracing::info!("folders of builds and applications are left for the next start");
        }
    }
}
