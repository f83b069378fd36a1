//! A client of the API, as small as a script of a user: a token, JSON, and waiting on the server.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, bail};
use serde_json::Value;
use ureq::Agent;
use ureq::http::Response;

/// How long one request may take; a GET that waits takes 25 s at most.
const PATIENCE: Duration = Duration::from_secs(60);

/// What `slipway up` prints at its first start.
pub(crate) struct Credentials {
    pub(crate) project: String,
    pub(crate) id: String,
    pub(crate) secret: String,
}

impl Credentials {
    /// Those in the line of JSON that says that the server is ready.
    pub(crate) fn of(ready: &Value) -> Result<Self> {
        let field = |name: &str| {
            let value = ready[name].as_str().map(str::to_owned);
            value.with_context(|| format!("the first start does not show a {name}"))
        };
        Ok(Self {
            project: field("projectKey")?,
            id: field("clientId")?,
            secret: field("clientSecret")?,
        })
    }
}

/// A logged-in client.
pub(crate) struct Client {
    agent: Agent,
    url: String,
    authorization: String,
}

/// An agent that hands over every answer, whatever its status, and keeps its connections.
pub(crate) fn agent() -> Agent {
    let config = Agent::config_builder()
        .http_status_as_error(false)
        .timeout_global(Some(PATIENCE))
        .build();
    config.into()
}

impl Client {
    /// Takes a token from the server at `url`.
    pub(crate) fn login(url: &str, credentials: &Credentials) -> Result<Self> {
        let Credentials { id, secret, .. } = credentials;
        let agent = agent();
        // ureq sends what stands before the `@` as HTTP Basic.
        let address = url.trim_start_matches("http://");
        let answer = agent
            .post(format!("http://{id}:{secret}@{address}/oauth/token"))
            .send_form([("grant_type", "client_credentials")])
            .map_err(|_| anyhow!("POST /oauth/token had no answer"))?; // the cause may show the address, secret included
        let token = body("POST /oauth/token", answer)?;
        let token = token["access_token"]
            .as_str()
            .context("the answer has no access_token")?;
        Ok(Self {
            agent,
            url: url.to_owned(),
            authorization: format!("Bearer {token}"),
        })
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    pub(crate) fn authorization(&self) -> &str {
        &self.authorization
    }

    /// The resource when what is under way has ended, or after a while; nothing if it is not there.
    pub(crate) fn get(&self, path: &str) -> Result<Option<Value>> {
        self.read(path, "wait=25")
    }

    /// The resource as it stands; nothing if it is not there.
    pub(crate) fn look(&self, path: &str) -> Result<Option<Value>> {
        self.read(path, "wait=0")
    }

    fn read(&self, path: &str, prefer: &str) -> Result<Option<Value>> {
        let answer = self
            .agent
            .get(format!("{}{path}", self.url))
            .header("Authorization", &self.authorization)
            .header("Prefer", prefer)
            .call()?;
        if answer.status() == 404 {
            return Ok(None);
        }
        body(&format!("GET {path}"), answer).map(Some)
    }

    pub(crate) fn post(&self, path: &str, json: &Value) -> Result<Value> {
        let answer = self
            .agent
            .post(format!("{}{path}", self.url))
            .header("Authorization", &self.authorization)
            .send_json(json)?;
        body(&format!("POST {path}"), answer)
    }

    pub(crate) fn delete(&self, path: &str) -> Result<Value> {
        let answer = self
            .agent
            .delete(format!("{}{path}", self.url))
            .header("Authorization", &self.authorization)
            .call()?;
        body(&format!("DELETE {path}"), answer)
    }

    /// The resource once it has left a state; nothing if it is gone.
    pub(crate) fn settled(
        &self,
        path: &str,
        passing: impl Fn(&Value) -> bool,
        limit: Duration,
    ) -> Result<Option<Value>> {
        let start = Instant::now();
        while start.elapsed() < limit {
            match self.get(path)? {
                Some(resource) if passing(&resource) => {}
                settled => return Ok(settled),
            }
        }
        bail!("GET {path} shows a passing state for more than {limit:?}")
    }
}

fn body(request: &str, mut answer: Response<ureq::Body>) -> Result<Value> {
    let status = answer.status();
    let text = answer.body_mut().read_to_string()?;
    if !status.is_success() {
        bail!("{request} answered {status}: {text}");
    }
    serde_json::from_str(&text)
        .with_context(|| format!("{request} answered something else than JSON: {text}"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_start_without_a_secret_is_not_a_first_one() {
        let later = json!({"event": "ready", "projectKey": "dev", "clientId": "a"});
        let Err(error) = Credentials::of(&later) else {
            panic!("there is no secret");
        };
        insta::assert_snapshot!(error, @"the first start does not show a clientSecret");
    }
}
