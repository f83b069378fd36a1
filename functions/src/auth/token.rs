//! `POST /oauth/token`: client credentials for an access token (contract, sections 1 and 15.9; RFC 6749, section 4.4).

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::error::ErrorCode;
use domain::limits;
use http::header::CACHE_CONTROL;
use http::{HeaderValue, StatusCode};
use percent_encoding::percent_decode_str;
use serde_json::json;
use store::keys;
use store::rows::ApiClientRow;
use web::token::Claims;
use web::{Answer, Fail, Query, Request};

use crate::auth::clients;
use crate::platform::Platform;

/// What `manage_project` gives besides itself (contract, section 1): not the operator's scopes, which a Project must not give itself.
const IMPLIED: [&str; 5] = [
    "view_connectors",
    "manage_connectors",
    "view_connectors_deployments",
    "manage_connectors_deployments",
    "manage_api_clients",
];

/// Gives a token.
///
/// # Errors
/// `invalid_client`, `unsupported_grant_type` and `invalid_scope`, in the words of RFC 6749, section 5.2.
pub async fn handle(platform: Arc<Platform>, request: Request) -> Answer {
    let form = Query::of(&String::from_utf8_lossy(&request.body));
    if form.first("grant_type") != Some("client_credentials") {
        return refuse(
            StatusCode::BAD_REQUEST,
            "unsupported_grant_type",
            "grant_type must be client_credentials",
        );
    }
    let Some((id, secret)) = credentials(&request, &form) else {
        return bad_credentials();
    };
    let client: Option<ApiClientRow> = platform.desk.store.get(&keys::client(&id)).await?;
    let Some(client) = client.filter(|client| clients::is_secret(client, &secret)) else {
        return bad_credentials();
    };
    let granted: Vec<String> = client
        .scopes
        .iter()
        .map(|scope| format!("{scope}:{}", client.project))
        .collect();
    let wanted: Vec<&str> = form
        .first("scope")
        .unwrap_or_default()
        .split_whitespace()
        .collect();
    let manages = client.scopes.iter().any(|scope| scope == "manage_project");
    let implied = |scope: &str| {
        IMPLIED
            .iter()
            .any(|name| scope == format!("{name}:{}", client.project))
    };
    let has = |scope: &&str| granted.iter().any(|one| one == scope) || (manages && implied(scope));
    if let Some(missing) = wanted.iter().find(|scope| !has(scope)) {
        let message = format!("the API client does not have the scope {missing}");
        return refuse(StatusCode::BAD_REQUEST, "invalid_scope", &message);
    }
    let scope = if wanted.is_empty() {
        granted.join(" ")
    } else {
        wanted.join(" ")
    };
    answer(&platform, client, scope).await
}

async fn answer(platform: &Platform, client: ApiClientRow, scope: String) -> Answer {
    let now = platform.desk.clock.now().millis() / 1000;
    let life = i64::try_from(limits::TOKEN_LIFE.as_secs()).map_err(Fail::fault)?;
    let claims = Claims {
        sub: client.id,
        project: client.project,
        scope: scope.clone(),
        iat: now,
        exp: now + life,
    };
    let token = platform.signing.sign(platform, &claims).await?;
    let mut answer = web::ok(&json!({
        "access_token": token,
        "token_type": "Bearer",
        "expires_in": life,
        "scope": scope,
    }))?;
    let no_store = HeaderValue::from_static("no-store");
    answer.headers_mut().insert(CACHE_CONTROL, no_store);
    Ok(answer)
}

fn credentials(request: &Request, form: &Query) -> Option<(String, String)> {
    let Some(header) = request.header("authorization") else {
        let id = form.first("client_id")?;
        return Some((id.to_owned(), form.first("client_secret")?.to_owned()));
    };
    let (scheme, encoded) = header.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let text = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (id, secret) = text.split_once(':')?;
    let decode = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
    Some((decode(id), decode(secret)))
}

fn bad_credentials() -> Answer {
    let message = ErrorCode::AuthenticationError.template();
    refuse(StatusCode::UNAUTHORIZED, "invalid_client", message)
}

fn refuse(status: StatusCode, code: &str, message: &str) -> Answer {
    web::json(
        status,
        &json!({
            "statusCode": status.as_u16(),
            "message": message,
            "errors": [{"code": code, "message": message}],
            "error": code,
            "error_description": message,
        }),
    )
}
