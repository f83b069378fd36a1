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

use crate::auth::token::IMPLIED;

/// The scopes that an API client gets where none are named.
pub const DEFAULT_SCOPES: &[&str] = &["manage_project"];

/// The operator's scope: it reaches the drafts of every Project, and nothing gives it but its name on an API client that the operator
/// makes; a connect.yaml, which names the scopes of its Deployment's API client, cannot.
pub const CERTIFIER: &str = "manage_certifications";

/// Words with which a path begins that is no Project's (catalogue, and the gateway of the embedded engine).
const RESERVED: [&str; 7] = [
    "apps",
    "certifications",
    "connectors",
    "health",
    "oauth",
    "operator",
    "v1",
];

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

/// Why an API client was not made.
#[derive(Debug, thiserror::Error)]
pub enum CreateError {
    /// What was asked for cannot be; the sentence is for whoever asked.
    #[error("{0}")]
    Refused(String),
    /// Ours.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// Makes an API client and keeps it.
///
/// # Errors
/// The Project key is a reserved word, there is no such scope, or the table does not answer.
pub async fn create(
    desk: &Desk,
    project: ProjectKey,
    scopes: Vec<String>,
) -> Result<NewClient, CreateError> {
    if RESERVED.contains(&project.as_str()) {
        return Err(CreateError::Refused(format!(
            "A Project cannot be called {project}: the paths of the API begin with this word. Choose another key."
        )));
    }
    let known = [DEFAULT_SCOPES, &IMPLIED, &[CERTIFIER]].concat();
    if let Some(unknown) = scopes.iter().find(|one| !known.contains(&one.as_str())) {
        return Err(CreateError::Refused(format!(
            "There is no scope {unknown}; an API client takes {}.",
            known.join(", ")
        )));
    }
    let client = make(desk, project, scopes, None);
    let commit = Commit::new().create(&client.row);
    desk.commit(commit).await.map_err(Fault::from)?;
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
