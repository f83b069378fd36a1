//! `bootstrap`: the one executable of every Lambda function; `_HANDLER` says which of the catalogue it is.
// The layout of the largest future, which holds every adapter, is more deeply nested than the compiler expects.
#![recursion_limit = "256"]

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, bail};
use aws::builds::CodeBuilds;
use aws::{
    Environment, KmsKey, LambdaHosting, SchedulerSchedules, Settings, SnsTopics, application,
    builds,
};
use aws_lambda_events::sqs::SqsEvent;
use blobs::Blobs;
use catalog::Catalog;
use functions::auth::SigningKeys;
use functions::catalogue::{ENDPOINTS, OPERATED, SCHEDULED, WORKERS, worker};
use functions::routes::{self, Routes};
use functions::{
    Addresses, ApplicationAddresses, BUILD_RUN, Manners, NpmAdvisories, Platform, Standards,
    StandardsOptions,
};
use lambda_http::lambda_runtime::{self, LambdaEvent, service_fn};
use queue::Queue;
use serde_json::Value;
use source::{Git, GitLimits, RepositoryMap};
use store::Store;
use web::{Cors, Rate};
use work::{Clock, Desk, Ids};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    tracing_subscriber::fmt()
        .json()
        .without_time()
        .with_max_level(tracing::Level::INFO)
        .init();
    let name = aws::handler()?;
    let ended = |error: lambda_http::Error| anyhow::anyhow!("the function {name} ended: {error}");
    match name.as_str() {
        // Neither is told anything of the platform.
        application::HANDLER => application::run().await.map_err(ended),
        builds::HANDLER => builds::run().await,
        name => {
            let environment = Environment::read()?;
            run(name, Arc::new(platform(&environment)?))
                .await
                .map_err(|error| ended(error.into()))
        }
    }
}

async fn run(name: &str, platform: Arc<Platform>) -> anyhow::Result<()> {
    let fail = |error: lambda_http::Error| anyhow::anyhow!("{error}");
    if let Some(endpoint) = ENDPOINTS.iter().find(|endpoint| endpoint.name == name) {
        let answer = |request: lambda_http::Request| {
            let answer = (endpoint.handler)(platform.clone(), request);
            async move { Ok::<_, std::convert::Infallible>(answer.await) }
        };
        return lambda_http::run(service_fn(answer)).await.map_err(fail);
    }
    if name == routes::NAME {
        let routes = Routes::default();
        let answer = |request: lambda_http::Request| {
            let answer = routes.answer(platform.clone(), request);
            async move { Ok::<_, std::convert::Infallible>(answer.await) }
        };
        return lambda_http::run(service_fn(answer)).await.map_err(fail);
    }
    if let Some(worker) = worker(name) {
        let consume = |event: LambdaEvent<SqsEvent>| {
            let consumed = functions::consume(platform.clone(), worker, event.payload);
            async move { Ok::<_, std::convert::Infallible>(consumed.await) }
        };
        return lambda_runtime::run(service_fn(consume)).await.map_err(fail);
    }
    if let Some(scheduled) = SCHEDULED.iter().find(|scheduled| scheduled.name == name) {
        let call = |_: LambdaEvent<Value>| {
            let called = (scheduled.handler)(platform.clone());
            async move {
                called
                    .await
                    .map_err(|fault| lambda_runtime::Error::from(fault.to_string()))
            }
        };
        return lambda_runtime::run(service_fn(call)).await.map_err(fail);
    }
    if let Some(operated) = OPERATED.iter().find(|operated| operated.name == name) {
        let call = |event: LambdaEvent<Value>| {
            let called = (operated.handler)(platform.clone(), event.payload);
            async move { called.await.map_err(lambda_runtime::Error::from) }
        };
        return lambda_runtime::run(service_fn(call)).await.map_err(fail);
    }
    let names = ENDPOINTS
        .iter()
        .map(|one| one.name)
        .chain(WORKERS.iter().map(|one| one.name));
    let names = names.chain(SCHEDULED.iter().map(|one| one.name));
    let names = names.chain(OPERATED.iter().map(|one| one.name));
    let names: Vec<&str> = names.chain([routes::NAME]).collect();
    bail!(
        "_HANDLER names no function; the catalogue has {}",
        names.join(", ")
    )
}

fn manners(environment: &Environment) -> anyhow::Result<Manners> {
    let rate = match environment.rate_limit.as_str() {
        "" => Rate::default(),
        limit => Rate::per_second(limit.parse().with_context(|| {
            format!("SLIPWAY_RATE_LIMIT is '{limit}'; it takes a whole number from 1")
        })?),
    };
    let origins: Vec<&str> = environment.cors_origins.split(',').map(str::trim).collect();
    let cors = Cors::parse(&origins).context("SLIPWAY_CORS_ORIGINS")?;
    Ok(Manners::new(rate, cors))
}

fn standards(environment: &Environment) -> anyhow::Result<Standards> {
    let given = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    Standards::load(&StandardsOptions {
        advisories_url: given(&environment.advisories_url),
        npm_advisories: given(&environment.npm_advisories)
            .map_or(NpmAdvisories::Off, NpmAdvisories::At),
        ..StandardsOptions::default()
    })
}

/// The platform as Lambda has it; nothing is fetched here, so that a cold start costs little.
fn platform(environment: &Environment) -> anyhow::Result<Platform> {
    let ids = Ids::random();
    let store = Store::new(environment.dynamodb(), &environment.table);
    let blobs = Blobs::new(environment.s3(), &environment.bucket);
    // The only folder that a function may write to.
    let scratch = PathBuf::from("/tmp");
    let executable = aws::Executable::here()?;
    Ok(Platform {
        catalog: Catalog::new(store.clone()),
        git: Git::new(repositories(environment)?, GitLimits::default()),
        keys: Arc::new(KmsKey::new(environment.kms(), &environment.key)),
        builds: Arc::new(CodeBuilds {
            client: environment.codebuild(),
            project: environment.build_project.clone(),
            blobs: blobs.clone(),
            executable: executable.clone(),
            run_variable: BUILD_RUN,
        }),
        hosting: Arc::new(LambdaHosting::new(
            environment.lambda(),
            environment.logs(),
            store.clone(),
            blobs.clone(),
            (scratch.clone(), executable),
            settings(environment)?,
        )),
        schedules: Arc::new(SchedulerSchedules {
            client: environment.scheduler(),
            prefix: environment.prefix.clone(),
            group: environment.schedule_group.clone(),
            role: environment.schedule_role.clone(),
            queue: environment.jobs_queue.clone(),
        }),
        topics: Arc::new(SnsTopics {
            client: environment.sns(),
            topics: environment.topics.clone(),
            queue: environment.events_queue.clone(),
            publisher: environment.publisher.clone(),
        }),
        signing: SigningKeys::default(),
        standards: standards(environment)?,
        manners: manners(environment)?,
        addresses: Addresses {
            base: environment.base_url.clone(),
            applications: ApplicationAddresses::OfHosting {
                topics: environment.topics.clone(),
            },
        },
        regions: aws::regions_of(&environment.regions, environment.region())?,
        streams: false,
        desk: Desk {
            store,
            queue: Queue::new(environment.sqs(), queues(environment)),
            clock: Clock::system(),
            process: ids.next(),
            ids,
            alone: false,
        },
        blobs,
        scratch,
    })
}

/// The queues of all workers.
fn queues(environment: &Environment) -> HashMap<String, String> {
    let queues = WORKERS.iter().map(|worker| {
        let url = format!("{}{}", environment.queues, worker.name);
        (worker.name.to_owned(), url)
    });
    queues.collect()
}

/// What applications are given.
fn settings(environment: &Environment) -> anyhow::Result<Settings> {
    let layers = listed(&environment.node_layers).map(|layer| {
        let (major, arn) = layer
            .split_once('=')
            .with_context(|| format!("SLIPWAY_NODE_LAYERS has '{layer}', and not MAJOR=ARN"))?;
        Ok((major.to_owned(), arn.to_owned()))
    });
    Ok(Settings {
        prefix: environment.prefix.clone(),
        bucket: environment.bucket.clone(),
        role: environment.application_role.clone(),
        key: environment.key.clone(),
        node: layers.collect::<anyhow::Result<_>>()?,
    })
}

fn repositories(environment: &Environment) -> anyhow::Result<RepositoryMap> {
    let mappings: Vec<&str> = listed(&environment.repositories).collect();
    RepositoryMap::parse(&mappings).context("SLIPWAY_REPOSITORIES")
}

/// The parts of a list with commas.
fn listed(text: &str) -> impl Iterator<Item = &str> {
    text.split(',')
        .map(str::trim)
        .filter(|part| !part.is_empty())
}
