//! The operator's endpoints: what `slipway client` and `slipway logs` need while the platform runs. Only who can read the data folder has
//! their token.

use std::sync::Arc;

use axum::body::{Body, to_bytes};
use domain::names::ProjectKey;
use functions::Platform;
use functions::auth::clients::{self, CreateError};
use functions::auth::token;
use http::header::AUTHORIZATION;
use http::{HeaderValue, Method, Request, Response, StatusCode};
use secrets::Secret;
use serde::{Deserialize, Serialize};
use serde_json::json;
use work::Fault;

use super::answer::{self, refusal};

/// The path of API clients.
pub const CLIENTS: &str = "/operator/clients";
const BODY_BYTES: usize = 64 * 1024;

/// An API client to be made.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NewClient {
    /// The Project that its tokens are for.
    pub project_key: ProjectKey,
    /// Scope names without Project key.
    pub scopes: Vec<String>,
}

/// The path of tokens for the operator.
pub const TOKENS: &str = "/operator/tokens";

/// Which token the operator wants: it reads Deployments and their logs.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NewToken {
    /// The Project.
    pub project_key: ProjectKey,
}

/// Whether a path is the operator's.
pub(super) fn is_operators(path: &str) -> bool {
    path.starts_with("/operator/")
}

pub(super) struct Operator {
    platform: Arc<Platform>,
    token: Secret,
}

impl Operator {
    pub(super) fn new(platform: Arc<Platform>, token: Secret) -> Self {
        Self { platform, token }
    }

    pub(super) async fn answer(
        &self,
        request: Request<Body>,
        correlation_id: &str,
    ) -> Response<Body> {
        let expected = format!("Bearer {}", self.token.expose());
        let sent = request
            .headers()
            .get(AUTHORIZATION)
            .map_or(&b""[..], HeaderValue::as_bytes);
        if !secrets::is_same(sent, expected.as_bytes()) {
            let text = "This endpoint takes the operator's token only.";
            return refusal(StatusCode::UNAUTHORIZED, "invalid_token", text);
        }
        let done = self.act(request).await;
        done.unwrap_or_else(|fault| answer::fault(&fault, correlation_id))
    }

    async fn act(&self, request: Request<Body>) -> Result<Response<Body>, Fault> {
        let path = request.uri().path().to_owned();
        let client = path.strip_prefix(CLIENTS);
        let client = client.map(|rest| rest.strip_prefix('/').unwrap_or(rest).to_owned());
        let method = request.method().clone();
        let Ok(body) = to_bytes(request.into_body(), BODY_BYTES).await else {
            let (status, code) = (StatusCode::PAYLOAD_TOO_LARGE, "RequestEntityTooLarge");
            let text = format!("The operator's endpoints take at most {BODY_BYTES} bytes.");
            return Ok(refusal(status, code, &text));
        };
        match (method, client.as_deref()) {
            (Method::POST, None) if path == TOKENS => self.give_token(&body).await,
            (Method::GET, Some("")) => {
                let all = clients::list(&self.platform.desk).await?;
                let shown = all.iter().map(|client| {
                    json!({"clientId": client.id, "projectKey": client.project, "scopes": client.scopes, "createdAt": client.created_at})
                });
                Ok(answer::json(&json!(shown.collect::<Vec<_>>())))
            }
            (Method::POST, Some("")) => self.create(&body).await,
            (Method::DELETE, Some(id)) if !id.is_empty() => Ok(answer::json(
                &json!({"revoked": clients::revoke(&self.platform.desk, id).await?}),
            )),
            (_, None) if path == TOKENS => Ok(answer::method_not_allowed(
                "A token is given by POST.",
                "POST",
            )),
            (_, Some(id)) => Ok(answer::method_not_allowed(
                "API clients are listed by GET, made by POST and revoked by DELETE.",
                if id.is_empty() { "GET, POST" } else { "DELETE" },
            )),
            (_, None) => Ok(refusal(
                StatusCode::NOT_FOUND,
                "ResourceNotFound",
                &format!("The operator's endpoints are {CLIENTS} and {TOKENS}."),
            )),
        }
    }

    async fn give_token(&self, body: &[u8]) -> Result<Response<Body>, Fault> {
        let wanted: NewToken = match serde_json::from_slice(body) {
            Ok(wanted) => wanted,
            Err(error) => return Ok(bad_body(&format!("The body names no Project: {error}."))),
        };
        let scope = format!("view_connectors_deployments:{}", wanted.project_key);
        let subject = "operator".to_owned();
        let token = token::issue(&self.platform, subject, wanted.project_key, scope).await;
        let token = token.map_err(|fail| Fault(format!("no token for the operator: {fail:?}")))?;
        Ok(answer::json(&json!(token)))
    }

    async fn create(&self, body: &[u8]) -> Result<Response<Body>, Fault> {
        let new: NewClient = match serde_json::from_slice(body) {
            Ok(new) => new,
            Err(error) => return Ok(bad_body(&format!("The body is no API client: {error}."))),
        };
        match clients::create(&self.platform.desk, new.project_key, new.scopes).await {
            Ok(client) => Ok(answer::json(&json!({
                "clientId": client.row.id,
                "clientSecret": client.secret.expose(),
                "projectKey": client.row.project,
                "scopes": client.row.scopes,
            }))),
            Err(CreateError::Fault(fault)) => Err(fault),
            Err(error) => Ok(bad_body(&error.to_string())),
        }
    }
}

fn bad_body(text: &str) -> Response<Body> {
    refusal(StatusCode::BAD_REQUEST, "InvalidJsonInput", text)
}
