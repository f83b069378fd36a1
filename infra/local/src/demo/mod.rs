//! `slipway demo`: the connector that ships with the project goes through its whole life, by the public HTTP API and nothing else.

mod api;
mod applications;
mod cleanup;
mod connector;
mod deployment;
mod logs;
mod report;
mod service;
mod starter;
mod steps;
mod story;
mod watch;

use secrets::Secret;

pub use report::{Ended, Report, Step, report};
pub use starter::StarterRepository;

use self::api::Api;
use self::deployment::{Deployment, Values};
use self::steps::*;
use self::story::{Done, Story};

/// An API client with the scope `manage_project`.
#[derive(Debug, Clone)]
pub struct Credentials {
    /// Its Project.
    pub project_key: String,
    /// Its id.
    pub client_id: String,
    /// Its secret.
    pub client_secret: Secret,
}

const FIRST: &str = "Ahoy from the slipway";
const SECOND: &str = "Fair winds from the slipway";
const SHOP: &str = "harbour";

/// Runs the demo against the platform at `server_url`, which must have been started with the repository's mapping.
/// It can run again on the same data: what an earlier demo left is removed first.
///
/// # Errors
/// One paragraph: the step that failed, what was asked and answered, and what to do.
pub async fn run(
    server_url: &str,
    credentials: &Credentials,
    repository: &StarterRepository,
    out: &mut dyn Report,
) -> anyhow::Result<()> {
    let mut story = Story::begin(out);
    let told = life(&mut story, server_url, credentials, repository).await;
    story.end(told.is_ok());
    told
}

async fn life(
    story: &mut Story<'_>,
    server_url: &str,
    credentials: &Credentials,
    repository: &StarterRepository,
) -> anyhow::Result<()> {
    let api = &story
        .step(TOKEN, Api::sign_in(server_url, credentials))
        .await?;
    if let Some(earlier) = cleanup::earlier(api).await? {
        story.step(CLEANUP, cleanup::remove(api, earlier)).await?;
    }
    // Made anew for each demo, so that it cannot be in anything by accident.
    let token = &secrets::random_token();
    let draft = &story
        .step(REGISTER, connector::register(api, repository))
        .await?;
    story.step(PREVIEW, connector::preview(api, draft)).await?;
    let preview = &story
        .step(DEPLOY_PREVIEW, deploy_preview(api, draft, token))
        .await?;
    story
        .step(CALL_PREVIEW, service::answers_default(api, preview))
        .await?;
    story.step(PUBLISH, connector::publish(api, draft)).await?;
    story.step(SEARCH, connector::search(api, draft)).await?;
    let sandbox = &story
        .step(DEPLOY, deploy_sandbox(api, draft, token))
        .await?;
    use_applications(story, api, sandbox, token).await?;
    change(story, api, sandbox, token).await?;
    let both = [preview, sandbox];
    story
        .step(UNDEPLOY, deployment::undeploy(api, &both))
        .await?;
    story.step(DELETE, connector::delete(api, draft)).await
}

/// Calls every kind of application as its callers do.
async fn use_applications(
    story: &mut Story<'_>,
    api: &Api,
    sandbox: &Deployment,
    token: &Secret,
) -> anyhow::Result<()> {
    story
        .step(CALL, service::answers(api, sandbox, FIRST, SHOP, token))
        .await?;
    story
        .step(ASSETS, applications::fetch_site(api, sandbox))
        .await?;
    story.step(JOB, applications::run_job(api, sandbox)).await?;
    story
        .step(EVENT, applications::publish_event(api, sandbox, SHOP))
        .await?;
    story.step(LOGS, logs::read(api, sandbox, token)).await
}

/// Gives the service another greeting and takes it back, while it is called without a pause.
async fn change(
    story: &mut Story<'_>,
    api: &Api,
    sandbox: &Deployment,
    token: &Secret,
) -> anyhow::Result<()> {
    let redeployed = deployment::redeploy(api, sandbox, SECOND);
    let redeployed = watch::during(api, sandbox, [FIRST, SECOND], redeployed);
    story.step(REDEPLOY, redeployed).await?;
    story
        .step(
            CALL_REDEPLOYED,
            service::answers(api, sandbox, SECOND, SHOP, token),
        )
        .await?;
    let rolled_back = deployment::roll_back(api, sandbox, 1);
    let rolled_back = watch::during(api, sandbox, [SECOND, FIRST], rolled_back);
    story.step(ROLL_BACK, rolled_back).await?;
    story
        .step(
            CALL_ROLLED_BACK,
            service::answers(api, sandbox, FIRST, SHOP, token),
        )
        .await
}

async fn deploy_preview(api: &Api, draft: &str, token: &Secret) -> Done<Deployment> {
    let values = Values {
        greeting: None,
        shop: service::PREVIEW_SHOP,
        token,
    };
    deployment::deploy(api, deployment::PREVIEW_KEY, draft, true, &values).await
}

async fn deploy_sandbox(api: &Api, draft: &str, token: &Secret) -> Done<Deployment> {
    let values = Values {
        greeting: Some(FIRST),
        shop: SHOP,
        token,
    };
    deployment::deploy(api, deployment::SANDBOX_KEY, draft, false, &values).await
}
