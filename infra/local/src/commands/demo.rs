//! `slipway demo`: the platform's main job, on a connector that ships with it, through its public API.

use functions::{NpmAdvisories, StandardsOptions};

use super::{Demo, log};
use crate::demo;
use crate::gateway::ConnectionLimits;
use crate::hosting::Timing;
use crate::up::{Options, Server};

pub(super) async fn run(options: Demo) -> anyhow::Result<()> {
    log::start();
    let folder = std::path::absolute(&options.data)?;
    // The data folder is the platform's own: the repository lies beside it.
    let repository = demo::StarterRepository::make(&folder.with_extension("starter"))?;
    let server = Server::start(Options {
        listen: options.listen,
        data: folder,
        cache: None,
        url: None,
        application_domain: None,
        map_repository: vec![repository.mapping()],
        standards: StandardsOptions {
            npm_advisories: NpmAdvisories::OfThisMachine,
            ..StandardsOptions::default()
        },
        rate: web::Rate::default(),
        cors: web::Cors::default(),
        connections: ConnectionLimits::of_process(),
        sleep_after: Some(Timing::SLEEP),
        allow_unsafe_sandbox: options.allow_unsafe_sandbox,
    })
    .await?;
    let client = server.make_client(&server.client().project_key).await?;
    let credentials = demo::Credentials {
        project_key: client.row.project.to_string(),
        client_id: client.row.id.clone(),
        client_secret: client.secret,
    };
    let mut report = demo::report(options.json);
    let url = server.url();
    let told = tokio::select! {
        told = demo::run(&url, &credentials, &repository, report.as_mut()) => told,
        _ = tokio::signal::ctrl_c() => Err(anyhow::anyhow!("The demo was interrupted. The next one removes what it left.")),
    };
    server.revoke_client(&client.row.id).await?;
    server.stop().await;
    told
}
