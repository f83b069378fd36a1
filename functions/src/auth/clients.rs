//! API clients are made by the operator or for a Deployment; of their secrets only a hash is kept.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::names::ProjectKey;
use secrets::Secret;
use sha2::{Digest, Sha256};
use store::rows::ApiClientRow;
use store::{Commit, Row};
use uuid::Uuid;
use work::{Desk, Fault};

/// The scopes that an API client gets where none are named.
pub const DEFAULT_SCOPES: &[&str] = &["manage_project"];

/// Words with which a path begins that is no Project's (catalogue, and the gateway of the embedded engine).
const RESERVED: [&str; 6] = ["apps", "connectors", "health", "oauth", "operator", "v1"];

/// A new API client; its secret is known only here and now.
pub struct NewClient {
    /// What is kept.
    pub row: ApiClientRow,
    /// What its owner must note down.
    pub secret: Secret,
}

/// Makes an API client; whoever calls commits the row.
#[must_use]
pub fn make(
    desk: &Desk,
    project: ProjectKey,
    scopes: Vec<String>,
    deployment: Option<Uuid>,
) -> NewClient {
    let secret = secrets::random_token();
    NewClient {
        row: ApiClientRow {
            id: desk.ids.next().simple().to_string(),
            project,
            scopes,
            secret_sha256: hash(secret.expose()),
            created_at: desk.clock.now(),
            deployment,
        },
        secret,
    }
}

/// Makes an API client and keeps it.
///
/// # Errors
/// The Project key is a reserved word, or the table does not answer.
pub async fn create(
    desk: &Desk,
    project: ProjectKey,
    scopes: Vec<String>,
) -> Result<NewClient, Fault> {
    if RESERVED.contains(&project.as_str()) {
        return Err(Fault(format!(
            "A Project cannot be called {project}: the paths of the API begin with this word. Choose another key."
        )));
    }
    let client = make(desk, project, scopes, None);
    desk.commit(Commit::new().create(&client.row)).await?;
    Ok(client)
}

/// Every API client, oldest first.
///
/// # Errors
/// The table does not answer.
pub async fn list(desk: &Desk) -> Result<Vec<ApiClientRow>, Fault> {
    Ok(desk.store.list(store::keys::lists::CLIENTS).await?)
}

/// Revokes an API client; false where there is none. Tokens that it has end with their hour.
///
/// # Errors
/// The table does not answer.
pub async fn revoke(desk: &Desk, id: &str) -> Result<bool, Fault> {
    let Some(row) = desk
        .store
        .get::<ApiClientRow>(&store::keys::client(id))
        .await?
    else {
        return Ok(false);
    };
    desk.store.remove(&row.key()).await?;
    Ok(true)
}

// 256 random bits need no slow hash: nobody guesses them.
fn hash(secret: &str) -> String {
    STANDARD.encode(Sha256::digest(secret.as_bytes()))
}

/// Whether this is the client's secret; takes the same time whatever is wrong.
pub(crate) fn is_secret(client: &ApiClientRow, secret: &str) -> bool {
    secrets::is_same(hash(secret).as_bytes(), client.secret_sha256.as_bytes())
}
