//! The builder as a process of its own: it follows the links of its order, and has no other way to anything.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use anyhow::Context;
use builder::{BuildError, BuildRequest, FailedBuild, Progress, Toolchain};
use reqwest::Client;

use super::order::{Order, URL};

/// The handler by which this executable is the builder.
pub const HANDLER: &str = "builder";

/// Builds what its order says. An application that cannot be built is told in its failure, and is no error.
///
/// # Errors
/// Ours: a link does not open, or the builder meets a fault.
pub async fn run() -> anyhow::Result<()> {
    let client = Client::builder().build()?;
    let url = order_url().with_context(|| format!("{URL} is not set"))?;
    let order: Order = serde_json::from_slice(&read(&client, &url, "order").await?)?;
    // The commands of the build may run as another user, who has to pass through.
    let folder = tempfile::Builder::new()
        .permissions(Permissions::from_mode(0o711))
        .tempdir()?;
    let archive = folder.path().join("source.tar.gz");
    tokio::fs::write(
        &archive,
        read(&client, &order.links.source, "source").await?,
    )
    .await?;
    let request = BuildRequest {
        tree: folder.path().join("tree"),
        application: order.application.clone(),
        kind: order.kind,
        environment: order.environment,
    };
    let toolchain = Toolchain::new(&folder.path().join("toolchain"))?;
    let mut progress = |progress: Progress<'_>| tracing::info!(?progress, "building");
    let links = &order.links;
    match builder::build_archive(archive, &request, &toolchain, &mut progress).await {
        Ok(built) => {
            write(&client, &links.log, log(&built.log)?, "log").await?;
            let artifact = tokio::fs::read(&built.archive).await?;
            write(&client, &links.artifact, artifact, "artifact").await?;
            let manifest = serde_json::to_vec(&built.manifest)?;
            write(&client, &links.manifest, manifest, "manifest").await
        }
        Err(BuildError::Verdict(failure)) => {
            tracing::info!(step = %failure.step, "the application cannot be built");
            write(&client, &links.failed_log, log(&failure.log)?, "log").await?;
            let failed = FailedBuild {
                step: failure.step,
                message: checks::secrets::masked(&failure.to_string()),
            };
            write(
                &client,
                &links.failure,
                serde_json::to_vec(&failed)?,
                "failure",
            )
            .await
        }
        Err(BuildError::Fault(fault)) => Err(fault.into()),
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the environment of a build has its home here"
)]
fn order_url() -> Option<String> {
    std::env::var(URL).ok()
}

/// The output of a build, without what looks like a credential.
fn log(path: &Path) -> anyhow::Result<Vec<u8>> {
    Ok(checks::secrets::masked(&builder::read_log(path)?).into_bytes())
}

/// No error has the link, which opens to whoever reads it.
async fn read(client: &Client, url: &str, what: &str) -> anyhow::Result<Vec<u8>> {
    let answer = client
        .get(url)
        .send()
        .await
        .and_then(reqwest::Response::error_for_status);
    let answer = answer.map_err(reqwest::Error::without_url);
    let answer = answer.with_context(|| format!("the {what} cannot be read"))?;
    Ok(answer
        .bytes()
        .await
        .map_err(reqwest::Error::without_url)?
        .to_vec())
}

async fn write(client: &Client, url: &str, body: Vec<u8>, what: &str) -> anyhow::Result<()> {
    let answer = client.put(url).body(body).send().await;
    let answer = answer.and_then(reqwest::Response::error_for_status);
    let answer = answer.map_err(reqwest::Error::without_url);
    answer
        .map(drop)
        .with_context(|| format!("the {what} cannot be written"))
}
