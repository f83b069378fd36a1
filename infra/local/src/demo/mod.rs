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
mod story;
mod watch;

use secrets::Secret;

pub use report::{Ended, Report, Step, report};
pub use starter::StarterRepository;

use self::api::Api;
use self::deployment::{Deployment, Values};
use self::story::Story;

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
    let api = Api::sign_in(server_url, credentials);
    let api = &story.step("token", "Get an access token", api).await?;
    if let Some(earlier) = cleanup::earlier(api).await? {
        let removed = cleanup::remove(api, earlier);
        story.step("cleanup", "Remove what an earlier demo left", removed).await?;
    }
    // Made anew for each demo, so that it cannot be in anything by accident.
    let token = &secrets::random_token();
    let draft = connector::register(api, repository);
    let draft = &story.step("register", "Register the connector, a git repository with a tag", draft).await?;

    let previewed = connector::preview(api, draft);
    story.step("preview", "Validate it: build every application, run its tests, check the source", previewed).await?;
    let preview = deploy_preview(api, draft, token);
    let preview = &story.step("deploy-preview", "Deploy the draft as a preview", preview).await?;
    let called = service::answers_default(api, preview);
    story.step("call-preview", "Call the service of the preview", called).await?;

    let published = connector::publish(api, draft);
    story.step("publish", "Publish the connector", published).await?;
    let found = connector::search(api, draft);
    story.step("search", "Find it by search", found).await?;
    let sandbox = deploy_sandbox(api, draft, token);
    let sandbox = &story.step("deploy", "Deploy it with configuration and a secret", sandbox).await?;

    use_applications(story, api, sandbox, token).await?;
    change(story, api, sandbox, token).await?;

    let undeployed = deployment::undeploy(api, &[preview, sandbox]);
    story.step("undeploy", "Undeploy both", undeployed).await?;
    let deleted = connector::delete(api, draft);
    story.step("delete", "Delete the draft and its connector", deleted).await
}

/// Calls every kind of application as its callers do.
async fn use_applications(
    story: &mut Story<'_>,
    api: &Api,
    sandbox: &Deployment,
    token: &Secret,
) -> anyhow::Result<()> {
    let called = service::answers(api, sandbox, FIRST, SHOP, token);
    story.step("call", "Call the service by HTTP, with and without the secret", called).await?;
    let fetched = applications::fetch_site(api, sandbox);
    story.step("assets", "Fetch the site of the assets application", fetched).await?;
    let ran = applications::run_job(api, sandbox);
    story.step("job", "Run the job now", ran).await?;
    let received = applications::publish_event(api, sandbox, SHOP);
    story.step("event", "Publish an event and see it received", received).await?;
    let read = logs::read(api, sandbox, token);
    story.step("logs", "Read the logs, in which the secret must not be", read).await
}

/// Gives the service another value and takes it back, while it is called without a pause.
async fn change(
    story: &mut Story<'_>,
    api: &Api,
    sandbox: &Deployment,
    token: &Secret,
) -> anyhow::Result<()> {
    let redeployed = async {
        let greetings = [FIRST, SECOND];
        watch::during(api, sandbox, greetings, deployment::redeploy(api, sandbox, SECOND)).await
    };
    story.step("redeploy", "Redeploy with another greeting, while the service is called", redeployed).await?;
    let called = service::answers(api, sandbox, SECOND, SHOP, token);
    story.step("call-redeployed", "Call the service again", called).await?;
    let rolled_back = async {
        let greetings = [SECOND, FIRST];
        watch::during(api, sandbox, greetings, deployment::roll_back(api, sandbox, 1)).await
    };
    story.step("roll-back", "Roll back to revision 1, while the service is called", rolled_back).await?;
    let called = service::answers(api, sandbox, FIRST, SHOP, token);
    story.step("call-rolled-back", "Call the service again", called).await
}

async fn deploy_preview(api: &Api, draft: &str, token: &Secret) -> story::Done<Deployment> {
    let values = Values { greeting: None, shop: service::PREVIEW_SHOP, token };
    deployment::deploy(api, deployment::PREVIEW_KEY, draft, true, &values).await
}

async fn deploy_sandbox(api: &Api, draft: &str, token: &Secret) -> story::Done<Deployment> {
    let values = Values { greeting: Some(FIRST), shop: SHOP, token };
    deployment::deploy(api, deployment::SANDBOX_KEY, draft, false, &values).await
}
