//! The demo's HTTP: every request carries the token, and an answer with another status than the contract's is an error that says all.

use std::time::{Duration, Instant};

use anyhow::{Context, anyhow, bail};
use http::header::{CONTENT_TYPE, HeaderName};
use http::{Method, StatusCode};
use reqwest::{Client, RequestBuilder};
use secrets::Secret;
use serde_json::Value;

use super::Credentials;
use super::story::Done;

// The platform holds a waiting GET for up to 25 s; an answer that takes twice as long will not come.
const REQUEST: Duration = Duration::from_secs(60);
const WAIT: (HeaderName, &str) = (HeaderName::from_static("prefer"), "wait=25");
// Between two looks at something that the platform does not hold.
const LOOK_AGAIN: Duration = Duration::from_millis(100);

pub(super) struct Api {
    http: Client,
    base: String,
    project: String,
    token: Secret,
}

/// An answer with the request that caused it.
pub(super) struct Answer {
    request: String,
    pub(super) status: StatusCode,
    pub(super) body: String,
}

impl Api {
    /// Takes a token for the client's credentials.
    pub(super) async fn sign_in(base: &str, credentials: &Credentials) -> Done<Self> {
        let http = Client::builder().timeout(REQUEST).build()?;
        let secret = credentials.client_secret.expose();
        let request = http
            .post(format!("{base}/oauth/token"))
            .basic_auth(&credentials.client_id, Some(secret))
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body("grant_type=client_credentials");
        let answer = send(request).await?.expect(StatusCode::OK)?;
        let token = text(&answer, "access_token")?;
        let life = answer["expires_in"].as_u64().unwrap_or_default();
        let told = format!("{} for {} minutes", text(&answer, "scope")?, life / 60);
        let api = Self {
            http,
            base: base.to_owned(),
            project: credentials.project_key.clone(),
            token: Secret::new(token),
        };
        Ok((api, vec![told]))
    }

    pub(super) fn project(&self) -> &str {
        &self.project
    }

    /// GET of what must be there.
    pub(super) async fn get(&self, path: &str) -> anyhow::Result<Value> {
        self.request(Method::GET, path, None)
            .await?
            .expect(StatusCode::OK)
    }

    /// GET of what may be gone.
    pub(super) async fn find(&self, path: &str) -> anyhow::Result<Option<Value>> {
        found(self.request(Method::GET, path, None).await?)
    }

    /// POST that the contract answers with 201.
    pub(super) async fn post(&self, path: &str, body: &Value) -> anyhow::Result<Value> {
        self.request(Method::POST, path, Some(body))
            .await?
            .expect(StatusCode::CREATED)
    }

    /// Any request with the token.
    pub(super) async fn request(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> anyhow::Result<Answer> {
        let request = self.http.request(method, format!("{}{path}", self.base));
        let request = request.bearer_auth(self.token.expose());
        send(match body {
            Some(body) => request.json(body),
            None => request,
        })
        .await
    }

    /// A request to an application, which knows no token of the platform.
    pub(super) fn visit(&self, method: Method, url: &str) -> RequestBuilder {
        self.http.request(method, url)
    }

    /// A request to the platform's listener, with another host's name.
    pub(super) fn visit_host(&self, host: &str, path: &str) -> RequestBuilder {
        self.http
            .get(format!("{}{path}", self.base))
            .header(http::header::HOST, host)
    }

    /// The resource once it is no longer moving; none where it is gone.
    pub(super) async fn settled(
        &self,
        path: &str,
        limit: Duration,
        moving: impl Fn(&Value) -> bool,
    ) -> anyhow::Result<Option<Value>> {
        let what = format!("{path} to leave its transient state");
        until(limit, &what, async || {
            let request = self
                .http
                .get(format!("{}{path}", self.base))
                .header(WAIT.0, WAIT.1);
            let read = found(send(request.bearer_auth(self.token.expose())).await?)?;
            Ok(match read {
                Some(value) if moving(&value) => None,
                settled => Some(settled),
            })
        })
        .await
    }
}

impl Answer {
    /// The body as JSON, where the status is the expected one.
    pub(super) fn expect(&self, status: StatusCode) -> anyhow::Result<Value> {
        self.is(status)?;
        let parsed = serde_json::from_str(&self.body);
        parsed.with_context(|| {
            format!(
                "{} was answered {status} with a body that is no JSON",
                self.request
            )
        })
    }

    /// Whether the status is the expected one; the error says what was asked and answered, and what to do.
    pub(super) fn is(&self, due: StatusCode) -> anyhow::Result<()> {
        let (request, status) = (&self.request, self.status);
        if status == due {
            return Ok(());
        }
        let said = said(&self.body);
        let said = said.trim_end_matches('.');
        bail!(
            "{request} was answered {status} where {due} is due: {said}. {}",
            remedy(request, status)
        )
    }
}

/// Sends a request; its query, which may hold a secret, is not told.
pub(super) async fn send(request: RequestBuilder) -> anyhow::Result<Answer> {
    let (client, request) = request.build_split();
    let request = request?;
    let told = format!("{} {}", request.method(), request.url().path());
    let cut = |error: reqwest::Error| {
        let error = anyhow!(error.without_url());
        error.context(format!(
            "{told} got no answer; the platform or the application may have stopped"
        ))
    };
    let answer = client.execute(request).await.map_err(cut)?;
    let status = answer.status();
    let body = answer.text().await.map_err(cut)?;
    Ok(Answer {
        request: told,
        status,
        body,
    })
}

/// Looks until there is something, or the time is over.
pub(super) async fn until<T>(
    limit: Duration,
    what: &str,
    look: impl AsyncFn() -> anyhow::Result<Option<T>>,
) -> anyhow::Result<T> {
    let begin = Instant::now();
    loop {
        if let Some(found) = look().await? {
            return Ok(found);
        }
        if begin.elapsed() >= limit {
            bail!(
                "the demo waited {} s for {what}, in vain. The platform's log on the error stream may tell why; a slow machine or network can simply run the demo again, as what was built stays",
                limit.as_secs(),
            );
        }
        tokio::time::sleep(LOOK_AGAIN).await;
    }
}

/// A field that the contract promises.
pub(super) fn text<'a>(value: &'a Value, field: &str) -> anyhow::Result<&'a str> {
    let text = value[field].as_str();
    text.with_context(|| format!("the answer has no text `{field}`, which the contract promises"))
}

fn found(answer: Answer) -> anyhow::Result<Option<Value>> {
    match answer.status {
        StatusCode::NOT_FOUND => Ok(None),
        _ => answer.expect(StatusCode::OK).map(Some),
    }
}

/// The messages of an error envelope, or the beginning of whatever else was sent.
fn said(body: &str) -> String {
    const SHOWN: usize = 300;
    let envelope: Value = serde_json::from_str(body).unwrap_or_default();
    let errors = envelope["errors"].as_array().into_iter().flatten();
    let messages = errors.filter_map(|error| {
        let message = error["message"].as_str()?.trim_end_matches('.');
        let code = error["code"].as_str().unwrap_or_default();
        let detail = error["detailedErrorMessage"].as_str();
        let detail = detail.map(|detail| format!(". {}", detail.trim_end_matches('.')));
        Some(format!("{code}: {message}{}", detail.unwrap_or_default()))
    });
    let messages: Vec<String> = messages.collect();
    match (messages.is_empty(), body.is_empty()) {
        (false, _) => messages.join("; "),
        (true, true) => "(an empty body)".to_owned(),
        (true, false) => body.chars().take(SHOWN).collect(),
    }
}

fn remedy(request: &str, status: StatusCode) -> &'static str {
    match status.as_u16() {
        _ if request.contains(" /apps/") => {
            "This is an answer of the application or of the gateway before it: the Deployment's logs may tell why"
        }
        401 | 403 => {
            "The API client was revoked or lacks the scope manage_project: `slipway client list` shows the clients of a data folder"
        }
        404 | 409 => {
            "Something else may have changed the demo's connector or Deployments at the same time: run the demo again, alone on its data folder"
        }
        429 => "The platform limits requests: run the demo again in a minute",
        500.. => "The platform's log on the error stream tells the cause",
        _ => {
            "If the demo and the platform are of the same version, this is a defect: please report this paragraph"
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unexpected(status: u16, body: &str) -> String {
        let status = StatusCode::from_u16(status).unwrap();
        let request = "POST /connectors/drafts".to_owned();
        let answer = Answer {
            request,
            status,
            body: body.to_owned(),
        };
        answer.expect(StatusCode::CREATED).unwrap_err().to_string()
    }

    #[test]
    fn another_status_is_told_with_every_message_of_the_envelope_and_a_remedy() {
        let envelope = r#"{"statusCode":400,"message":"a","errors":[{"code":"InvalidJsonInput","message":"The body is wrong.","detailedErrorMessage":"key: too short"},{"code":"DuplicateField","message":"Taken."}]}"#;
        insta::assert_snapshot!(unexpected(400, envelope), @"POST /connectors/drafts was answered 400 Bad Request where 201 Created is due: InvalidJsonInput: The body is wrong. key: too short; DuplicateField: Taken. If the demo and the platform are of the same version, this is a defect: please report this paragraph");
    }

    #[test]
    fn a_body_that_is_no_envelope_is_shown_as_it_is() {
        insta::assert_snapshot!(unexpected(502, "<h1>Bad Gateway</h1>"), @"POST /connectors/drafts was answered 502 Bad Gateway where 201 Created is due: <h1>Bad Gateway</h1>. The platform's log on the error stream tells the cause");
        insta::assert_snapshot!(unexpected(401, ""), @"POST /connectors/drafts was answered 401 Unauthorized where 201 Created is due: (an empty body). The API client was revoked or lacks the scope manage_project: `slipway client list` shows the clients of a data folder");
    }

    #[tokio::test(start_paused = true)]
    async fn waiting_ends() {
        let waited = until(Duration::ZERO, "the job", async || Ok(None::<()>)).await;
        insta::assert_snapshot!(waited.unwrap_err(), @"the demo waited 0 s for the job, in vain. The platform's log on the error stream may tell why; a slow machine or network can simply run the demo again, as what was built stays");
    }
}
