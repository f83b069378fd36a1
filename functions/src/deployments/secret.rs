//! A Deployment's values are sealed as a whole; only the function that merges them and the worker that deploys them open them.

use domain::merge::Values;
use domain::names::ProjectKey;
use secrets::{KeyWrap, SealError, Sealed};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The credentials of the API client that was made for a Deployment.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Credentials {
    pub(crate) id: String,
    pub(crate) secret: String,
}

/// Everything of a Deployment that is sealed.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Secrets {
    pub(crate) values: Values,
    pub(crate) api_client: Option<Credentials>,
}

fn context(project: &ProjectKey, deployment: Uuid) -> String {
    format!("deployment:{project}:{deployment}")
}

pub(crate) async fn seal(
    keys: &dyn KeyWrap,
    project: &ProjectKey,
    deployment: Uuid,
    secrets: &Secrets,
) -> Result<String, SealError> {
    let sealed = secrets::seal(keys, &context(project, deployment), secrets).await?;
    Ok(serde_json::to_string(&sealed).expect("sealed data is plain data"))
}

pub(crate) async fn open(
    keys: &dyn KeyWrap,
    project: &ProjectKey,
    deployment: Uuid,
    sealed: &str,
) -> Result<Secrets, SealError> {
    let sealed: Sealed = serde_json::from_str(sealed).map_err(|_| SealError::Damaged)?;
    secrets::open(keys, &context(project, deployment), &sealed).await
}
