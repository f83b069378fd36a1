//! Commands of the operator reach the platform that has the data folder open, with the token that lies in it.

use std::path::Path;

use anyhow::{Context, bail};
use serde_json::Value;

use crate::operator_file::{OperatorFile, Running};

/// The platform that has the data folder open, if one answers.
pub(super) async fn running(data: &Path) -> Option<Running> {
    let running = OperatorFile::read(data)?;
    let health = reqwest::Client::new()
        .get(format!("{}/health", running.url))
        .send()
        .await;
    health
        .is_ok_and(|answer| answer.status().is_success())
        .then_some(running)
}

/// Sends a request with the operator's token.
pub(super) async fn send(
    request: reqwest::RequestBuilder,
    running: &Running,
) -> anyhow::Result<Value> {
    let answer = request.bearer_auth(&running.token).send().await;
    let answer =
        answer.with_context(|| format!("The platform at {} does not answer", running.url))?;
    let status = answer.status();
    let body: Value = answer
        .json()
        .await
        .context("The platform's answer is no JSON")?;
    if !status.is_success() {
        bail!(
            "The platform refused this: {}",
            body["message"].as_str().unwrap_or_default()
        );
    }
    Ok(body)
}
