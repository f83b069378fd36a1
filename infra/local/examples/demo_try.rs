//! temporary
use slipway::{demo, up};
#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let data = std::path::PathBuf::from(std::env::args().nth(1).unwrap());
    let json = std::env::args().nth(2).as_deref() == Some("json");
    tracing_subscriber::fmt().with_env_filter("warn,slipway=info,functions=info,s3s=error,s3s_fs=off").with_writer(std::io::stderr).init();
    let repository = demo::StarterRepository::make(&data.join("starter"))?;
    let server = up::Server::start(up::Options { listen: "127.0.0.1:0".parse()?, data, cache: None, map_repository: vec![repository.mapping()] }).await?;
    let made = functions::auth::clients::create(&server.platform().desk, domain::names::ProjectKey::parse("slipway-dev")?, vec!["manage_project".into()]).await?;
    let credentials = demo::Credentials { project_key: "slipway-dev".into(), client_id: made.row.id.clone(), client_secret: made.secret };
    let done = demo::run(&server.url(), &credentials, &repository, demo::report(json).as_mut()).await;
    server.stop().await;
    done
}
