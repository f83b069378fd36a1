//! `POST /oauth/token`: client credentials for an access token (contract, sections 1 and 15.9; RFC 6749, section 4.4).

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::error::{ApiError, ErrorCode};
use domain::limits;
use domain::names::ProjectKey;
use http::header::{CACHE_CONTROL, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderValue, StatusCode};
use percent_encoding::percent_decode_str;
use serde_json::json;
use store::keys;
use store::rows::ApiClientRow;
use web::token::Claims;
use web::{Answer, Fail, Query, Request};

use crate::auth::clients;
use crate::auth::messages::TokenAnswer;
use crate::platform::Platform;

/// What `manage_project` gives besides itself (contract, section 1): not the operator's scopes, which a Project must not give itself.
pub(crate) const IMPLIED: [&str; 5] = [
    "view_connectors",
    "manage_connectors",
    "view_connectors_deployments",
    "manage_connectors_deployments",
    "manage_api_clients",
];

const BASIC: HeaderValue = HeaderValue::from_static(r#"Basic realm="slipway""#);
// Ours have 32; the table takes a little more.
const CLIENT_ID_BYTES: usize = 256;

/// Gives a token.
///
/// # Errors
/// `invalid_request`, `invalid_client`, `unsupported_grant_type` and `invalid_scope`, in the words of RFC 6749, section 5.2.
pub async fn handle(platform: Arc<Platform>, request: Request) -> Answer {
    let form = match form(&request) {
        Ok(form) => form,
        Err(what) => return refuse(StatusCode::BAD_REQUEST, "invalid_request", &what),
    };
    match form.get("grant_type") {
        Some("client_credentials") => {}
        None => {
            let what = "grant_type is missing; it must be client_credentials";
            return refuse(StatusCode::BAD_REQUEST, "invalid_request", what);
        }
        Some(_) => {
            let what = "grant_type must be client_credentials";
            return refuse(StatusCode::BAD_REQUEST, "unsupported_grant_type", what);
        }
    }
    let Some((id, secret)) = credentials(&request, &form) else {
        return bad_credentials();
    };
    let client: Option<ApiClientRow> = if id.len() <= CLIENT_ID_BYTES {
        platform.desk.store.get(&keys::client(&id)).await?
    } else {
        None
    };
    let Some(client) = client.filter(|client| clients::is_secret(client, &secret)) else {
        return failed(&platform, &id);
    };
    let rate = platform.manners.request(&client.project);
    rate.map_err(Fail::too_many)?;
    let granted = granted(&client);
    let wanted: Vec<&str> = form
        .get("scope")
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
    let token = issue(&platform, client.id, client.project, scope).await?;
    let mut answer = web::ok(&token)?;
    let no_store = HeaderValue::from_static("no-store");
    answer.headers_mut().insert(CACHE_CONTROL, no_store);
    Ok(answer)
}

/// The scopes of a client as they stand in a token, where a blank separates them.
fn granted(client: &ApiClientRow) -> Vec<String> {
    let scopes = client
        .scopes
        .iter()
        .flat_map(|scope| scope.split_whitespace());
    scopes
        .filter(|scope| client.deployment.is_none() || *scope != clients::CERTIFIER)
        .map(|scope| format!("{scope}:{}", client.project))
        .collect()
}

/// Signs a token for whoever has shown who they are.
///
/// # Errors
/// The keys cannot be read or made.
pub async fn issue(
    platform: &Platform,
    subject: String,
    project: ProjectKey,
    scope: String,
) -> Result<TokenAnswer, Fail> {
    let now = platform.desk.clock.now().millis() / 1000;
    let life = i64::try_from(limits::TOKEN_LIFE.as_secs()).map_err(Fail::fault)?;
    let claims = Claims {
        sub: subject,
        project,
        scope: scope.clone(),
        iat: now,
        exp: now + life,
    };
    Ok(TokenAnswer {
        access_token: platform.signing.sign(platform, &claims).await?,
        token_type: "Bearer",
        expires_in: life,
        scope,
    })
}

/// The form's parameters, each there once at most (RFC 6749, section 3.2).
struct Form(Query);

impl Form {
    fn get<'a>(&'a self, name: &'a str) -> Option<&'a str> {
        self.0.all(name).next()
    }
}

fn form(request: &Request) -> Result<Form, String> {
    let detail = |error: ApiError| match error.fields.get("detailedErrorMessage") {
        Some(serde_json::Value::String(detail)) => detail.clone(),
        _ => error.message,
    };
    let text = std::str::from_utf8(&request.body).map_err(|_| "the form is no UTF-8")?;
    let form = Query::of(text).map_err(detail)?;
    for name in ["grant_type", "scope", "client_id", "client_secret"] {
        form.single(name).map_err(detail)?;
    }
    Ok(Form(form))
}

fn credentials(request: &Request, form: &Form) -> Option<(String, String)> {
    let Some(header) = request.header("authorization") else {
        let id = form.get("client_id")?;
        return Some((id.to_owned(), form.get("client_secret")?.to_owned()));
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
    let mut answer = refuse(StatusCode::UNAUTHORIZED, "invalid_client", message)?;
    // RFC 6749, section 5.2.
    answer.headers_mut().insert(WWW_AUTHENTICATE, BASIC);
    Ok(answer)
}

/// Bad credentials, or too many of them: whoever repeats a wrong secret in a loop is told to slow down. The right secret is never held
/// up, so that nobody can lock a client out; a secret has 256 random bits, which no number of attempts finds.
fn failed(platform: &Platform, id: &str) -> Answer {
    let Err(wait) = platform.manners.failed_attempt(id) else {
        return bad_credentials();
    };
    let seconds = web::whole_seconds(wait);
    let what = format!("Too many failed attempts of this API client; try again after {seconds} s.");
    let code = ErrorCode::TooManyRequests.as_str();
    let mut answer = refuse(StatusCode::TOO_MANY_REQUESTS, code, &what)?;
    answer.headers_mut().insert(RETRY_AFTER, seconds.into());
    Ok(answer)
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
