//! A new data folder gets a development client, so that the first command a user types works; its secret is shown once.

use domain::names::ProjectKey;
use functions::Platform;
use functions::auth::clients;
use secrets::Secret;

/// The Project of the development client.
const PROJECT: &str = "slipway-dev";

/// The client that the first start of a data folder makes.
#[derive(Debug, Clone)]
pub struct DevelopmentClient {
    /// Its Project.
    pub project_key: String,
    /// Its id.
    pub client_id: String,
    /// Its secret, on the first start only.
    pub client_secret: Option<Secret>,
}

/// The first client of the data folder, made if there is none.
pub(super) async fn ensure(platform: &Platform) -> anyhow::Result<DevelopmentClient> {
    if let Some(first) = clients::list(&platform.desk).await?.into_iter().next() {
        return Ok(DevelopmentClient {
            project_key: first.project.to_string(),
            client_id: first.id,
            client_secret: None,
        });
    }
    let project = ProjectKey::parse(PROJECT)?;
    let scopes = clients::DEFAULT_SCOPES
        .iter()
        .map(|scope| (*scope).to_owned())
        .collect();
    let client = clients::create(&platform.desk, project, scopes).await?;
    Ok(DevelopmentClient {
        project_key: client.row.project.to_string(),
        client_id: client.row.id,
        client_secret: Some(client.secret),
    })
}
