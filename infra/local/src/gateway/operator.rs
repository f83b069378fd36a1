//! The operator's endpoints: what `slipway client` does while the platform runs. Only who can read the data folder has their token.

use axum::body::{Body, to_bytes};
use domain::names::ProjectKey;
use functions::auth::clients::{self, CreateError};
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

/// What stands behind [`CLIENTS`]: the id of one client, or nothing; none where the path is another.
pub(super) fn client_of(path: &str) -> Option<&str> {
    let rest = path.strip_prefix(CLIENTS)?;
    rest.is_empty()
        .then_some("")
        .or_else(|| rest.strip_prefix('/'))
}

pub(super) struct Operator {
    desk: Desk,
    token: Secret,
}

impl Operator {
    pub(super) fn new(desk: Desk, token: Secret) -> Self {
        Self { desk, token }
    }

    /// Answers for one client; none is named where all are meant.
    pub(super) async fn answer(
        &self,
        client: &str,
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
        let done = self.act(client, request).await;
        done.unwrap_or_else(|fault| answer::fault(&fault, correlation_id))
    }

    async fn act(&self, id: &str, request: Request<Body>) -> Result<Response<Body>, Fault> {
        match (request.method(), id) {
            (&Method::GET, "") => {
                let all = clients::list(&self.desk).await?;
                let shown = all.iter().map(|client| {
                    json!({"clientId": client.id, "projectKey": client.project, "scopes": client.scopes, "createdAt": client.created_at})
                });
                Ok(answer::json(&json!(shown.collect::<Vec<_>>())))
            }
            (&Method::POST, "") => {
                let Ok(body) = to_bytes(request.into_body(), BODY_BYTES).await else {
                    let (status, code) = (StatusCode::PAYLOAD_TOO_LARGE, "RequestEntityTooLarge");
                    let text = format!("An API client takes at most {BODY_BYTES} bytes.");
                    return Ok(refusal(status, code, &text));
                };
                self.create(&body).await
            }
            (&Method::DELETE, id) if !id.is_empty() => Ok(answer::json(
                &json!({"revoked": clients::revoke(&self.desk, id).await?}),
            )),
            (_, id) => Ok(answer::method_not_allowed(
                "API clients are listed by GET, made by POST and revoked by DELETE.",
                if id.is_empty() { "GET, POST" } else { "DELETE" },
            )),
        }
    }

    async fn create(&self, body: &[u8]) -> Result<Response<Body>, Fault> {
        let refuse = |text: &str| Ok(refusal(StatusCode::BAD_REQUEST, "InvalidJsonInput", text));
        let new: NewClient = match serde_json::from_slice(body) {
            Ok(new) => new,
            Err(error) => return refuse(&format!("The body is no API client: {error}.")),
        };
        match clients::create(&self.desk, new.project_key, new.scopes).await {
            Ok(client) => Ok(answer::json(&json!({
                "clientId": client.row.id,
                "clientSecret": client.secret.expose(),
                "projectKey": client.row.project,
                "scopes": client.row.scopes,
            }))),
            Err(CreateError::Fault(fault)) => Err(fault),
            Err(error) => refuse(&error.to_string()),
        }
    }
}
