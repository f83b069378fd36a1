//! The operator's endpoints: what `slipway client` does while the platform runs. Only who can read the data folder has their token.

use axum::body::{Body, to_bytes};
use domain::names::ProjectKey;
use functions::auth::clients;
use http::header::AUTHORIZATION;
use http::{HeaderValue, Method, Request, Response, StatusCode};
use secrets::Secret;
use serde::{Deserialize, Serialize};
use serde_json::json;
use work::{Desk, Fault};

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

pub(super) struct Operator {
    desk: Desk,
    token: Secret,
}

impl Operator {
    pub(super) fn new(desk: Desk, token: Secret) -> Self {
        Self { desk, token }
    }

    pub(super) async fn answer(&self, request: Request<Body>) -> Response<Body> {
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
        done.unwrap_or_else(|fault| {
            tracing::error!(%fault, "an operator's request met a fault");
            refusal(
                StatusCode::INTERNAL_SERVER_ERROR,
                "General",
                &fault.to_string(),
            )
        })
    }

    async fn act(&self, request: Request<Body>) -> Result<Response<Body>, Fault> {
        let id = request
            .uri()
            .path()
            .strip_prefix(CLIENTS)
            .unwrap_or_default()
            .trim_start_matches('/')
            .to_owned();
        match (request.method(), id.as_str()) {
            (&Method::GET, "") => {
                let all = clients::list(&self.desk).await?;
                let shown = all.iter().map(|client| {
                    json!({"clientId": client.id, "projectKey": client.project, "scopes": client.scopes, "createdAt": client.created_at})
                });
                Ok(answer::json(&json!(shown.collect::<Vec<_>>())))
            }
            (&Method::POST, "") => {
                let body = to_bytes(request.into_body(), BODY_BYTES)
                    .await
                    .map_err(Fault::of)?;
                let new: NewClient = match serde_json::from_slice(&body) {
                    Ok(new) => new,
                    Err(error) => {
                        let text = format!("The body is no API client: {error}.");
                        return Ok(refusal(StatusCode::BAD_REQUEST, "InvalidJsonInput", &text));
                    }
                };
                let client = clients::create(&self.desk, new.project_key, new.scopes).await?;
                Ok(answer::json(&json!({
                    "clientId": client.row.id,
                    "clientSecret": client.secret.expose(),
                    "projectKey": client.row.project,
                    "scopes": client.row.scopes,
                })))
            }
            (&Method::DELETE, id) if !id.is_empty() => Ok(answer::json(
                &json!({"revoked": clients::revoke(&self.desk, id).await?}),
            )),
            _ => Ok(refusal(
                StatusCode::METHOD_NOT_ALLOWED,
                "MethodNotAllowed",
                "API clients are listed by GET, made by POST and revoked by DELETE.",
            )),
        }
    }
}
