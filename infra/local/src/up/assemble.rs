//! The platform of one machine, put together from its parts in their order.

use std::collections::HashMap;
use std::fs::DirBuilder;
use std::net::SocketAddr;
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, ensure};
use blobs::Blobs;
use builder::Toolchain;
use catalog::Catalog;
use functions::catalogue::WORKERS;
use functions::{Addresses, ApplicationAddresses, Manners, Platform, Standards};
use hosting::CrashLoop;
use queue::Queue;
use source::{Git, GitLimits, RepositoryMap};
use store::Store;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use work::{Desk, Ids};

use crate::artifacts::StoredArtifacts;
use crate::builds::{LocalBuilds, Parts as BuildParts};
use crate::confinement;
use crate::engine::{Engine, Weather};
use crate::hosting::{Options as HostingOptions, ProcessHosting, Timing};
use crate::layout::{BUCKET, TABLE, layout};
use crate::master_key::MasterKey;
use crate::runtimes;
use crate::schedules::RowSchedules;
use crate::topics::GatewayTopics;
use crate::up::{Options, Parts};

pub(super) struct Assembled {
    pub(super) platform: Arc<Platform>,
    pub(super) hosting: ProcessHosting,
    pub(super) engine: Arc<Engine>,
    pub(super) builds: LocalBuilds,
    pub(super) crash_loops: UnboundedReceiver<CrashLoop>,
}

pub(super) async fn assemble(
    options: &Options,
    parts: Parts,
    address: SocketAddr,
) -> anyhow::Result<Assembled> {
    let data = std::path::absolute(&options.data)?;
    let map = RepositoryMap::parse(&options.map_repository)?;
    let key_file = data.join("master.key");
    master_key_first(&data, &key_file)?;
    let engine = engine(&data, parts.weather).await?;
    let key = MasterKey::open(&key_file)?;
    let scratch = empty(&data.join("scratch"))?;
    let secrets = [key_file, data.join("rows.db")];
    confinement::ensure(&scratch, &secrets, options.allow_unsafe_sandbox).await?;
    let toolchain = Arc::new(toolchain(options, &data)?);
    let ids = Ids::random();
    let desk = Desk {
        store: Store::new(engine.dynamodb(), TABLE),
        queue: queue(&engine).await?,
        clock: parts.clock,
        process: ids.next(),
        ids,
        // The lock of the data folder keeps every other process out.
        alone: true,
    };
    let base = base_url(options, address);
    let blobs = Blobs::new(engine.s3(), BUCKET).with_links_at(&base);
    let artifacts = StoredArtifacts::new(blobs.clone(), toolchain.clone(), scratch.clone());
    let (hosting, crash_loops) = hosting(options, parts.timing, &desk, &data, artifacts)?;
    let builds = LocalBuilds::new(BuildParts {
        desk: desk.clone(),
        blobs: blobs.clone(),
        toolchain,
        scratch: scratch.clone(),
        limit: parts.build_limit,
    });
    let applications = ApplicationAddresses::OfGateway {
        domain: options.application_domain.clone(),
    };
    let mut platform = Platform {
        catalog: Catalog::new(desk.store.clone()),
        blobs,
        git: Git::new(map, GitLimits::default()),
        keys: Arc::new(key),
        builds: Arc::new(builds.clone()),
        hosting: Arc::new(hosting.clone()),
        schedules: Arc::new(RowSchedules(desk.clone())),
        topics: Arc::new(GatewayTopics),
        signing: functions::auth::SigningKeys::default(),
        standards: Standards::load(&options.standards)?,
        manners: Manners::new(options.rate, options.cors.clone()),
        addresses: Addresses { base, applications },
        regions: None,
        streams: true,
        scratch,
        desk,
    };
    parts.ports.replace(&mut platform);
    Ok(Assembled {
        platform: Arc::new(platform),
        hosting,
        engine: Arc::new(engine),
        builds,
        crash_loops,
    })
}

/// The queues run as tasks of the runtime that opens them, and requests send messages.
async fn engine(data: &Path, weather: Weather) -> anyhow::Result<Engine> {
    let data = data.to_owned();
    let open = async move { Engine::open_in(&data, &layout(), &weather).await };
    Ok(runtimes::requests().spawn(open).await??)
}

fn toolchain(options: &Options, data: &Path) -> anyhow::Result<Toolchain> {
    let cache = options.cache.clone().unwrap_or_else(|| data.join("cache"));
    Toolchain::new(&cache)
        .with_context(|| format!("The folder {} cannot be used for builds", cache.display()))
}

/// The URL by which others reach the platform, without a slash at its end.
fn base_url(options: &Options, address: SocketAddr) -> String {
    options.url.as_ref().map_or_else(
        || format!("http://{address}"),
        |url| url.trim_end_matches('/').to_owned(),
    )
}

fn hosting(
    options: &Options,
    timing: Timing,
    desk: &Desk,
    data: &Path,
    artifacts: StoredArtifacts,
) -> anyhow::Result<(ProcessHosting, UnboundedReceiver<CrashLoop>)> {
    let clock = desk.clock.clone();
    let (told, crash_loops) = unbounded_channel();
    let hosting = ProcessHosting::open(HostingOptions {
        data: data.to_owned(),
        clock: Arc::new(move || clock.now()),
        artifacts: Arc::new(artifacts),
        timing: Timing {
            sleep: options.sleep_after,
            ..timing
        },
        crash_loops: told,
    })?;
    Ok((hosting, crash_loops))
}

async fn queue(engine: &Engine) -> anyhow::Result<Queue> {
    let client = engine.sqs();
    let mut urls = HashMap::new();
    for worker in WORKERS {
        let answer = client
            .get_queue_url()
            .queue_name(worker.name)
            .send()
            .await?;
        let url = answer
            .queue_url
            .with_context(|| format!("the queue {} has no address", worker.name))?;
        urls.insert(worker.name.to_owned(), url);
    }
    Ok(Queue::new(client, urls))
}

/// The master key is made before the rows: after a first start that was killed in between, a missing one would look like a lost one.
fn master_key_first(data: &Path, key: &Path) -> anyhow::Result<()> {
    let used_before = data.join("rows.db").try_exists()?;
    ensure!(
        key.try_exists()? || !used_before,
        "The master key file {} is gone, and nothing else opens the secrets of this data folder. Put it back from a back-up, or start with another data folder.",
        key.display()
    );
    // Where the folder cannot be made, or lacks its rows, the engine says what is wrong with it.
    let new = !used_before && !data.join("blobs").try_exists()?;
    if new
        && DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(data)
            .is_ok()
    {
        MasterKey::open(key)?;
    }
    Ok(())
}

/// A folder for what nobody needs after a restart. What a killed platform left there goes in the background.
fn empty(folder: &Path) -> anyhow::Result<std::path::PathBuf> {
    let cannot = || format!("The folder {} cannot be emptied", folder.display());
    std::fs::create_dir_all(folder).with_context(cannot)?;
    files::empty(folder).with_context(cannot)?;
    Ok(folder.to_owned())
}
