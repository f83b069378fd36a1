//! A Project: the tenant that calls, with its key, its token and its repositories.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use super::{Answer, Draft, Site};

/// A caller with a token of one Project.
#[derive(Clone)]
pub(crate) struct Project {
    pub(super) site: Arc<Site>,
    /// The Project's key.
    pub(crate) key: String,
    token: String,
    credentials: String,
}

impl Project {
    pub(super) async fn log_in(site: Arc<Site>, key: String, id: &str, secret: &str) -> Self {
        let credentials = format!("Basic {}", STANDARD.encode(format!("{id}:{secret}")));
        Self {
            site,
            key,
            token: String::new(),
            credentials,
        }
        .log_in_again()
        .await
    }

    /// The same Project with a new token that may do everything.
    pub(crate) async fn log_in_again(&self) -> Self {
        let token = self
            .token("grant_type=client_credentials")
            .await
            .of_status(200);
        Self {
            token: token["access_token"].as_str().unwrap().to_owned(),
            ..self.clone()
        }
    }

    /// Asks for a token as the official client does.
    pub(crate) async fn token(&self, form: &str) -> Answer {
        let request = self.anonymous(Method::POST, "/oauth/token");
        let request = request.header("authorization", &self.credentials);
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        Answer::of(request.body(form.to_owned())).await
    }

    /// The same Project with a token that has these scopes only.
    pub(crate) async fn with_scopes(&self, scopes: &[&str]) -> Self {
        let scopes: Vec<String> = scopes
            .iter()
            .map(|scope| format!("{scope}:{}", self.key))
            .collect();
        let form = format!("grant_type=client_credentials&scope={}", scopes.join("+"));
        let token = self.token(&form).await.of_status(200);
        Self {
            token: token["access_token"].as_str().unwrap().to_owned(),
            ..self.clone()
        }
    }

    /// A request without a token.
    pub(crate) fn anonymous(&self, method: Method, path: &str) -> RequestBuilder {
        self.site
            .http
            .request(method, format!("{}{path}", self.site.url))
    }

    /// A request with the Project's token.
    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.anonymous(method, path)
            .header("authorization", format!("Bearer {}", self.token))
    }

    /// The base URL of the platform.
    pub(crate) fn url(&self) -> &str {
        &self.site.url
    }

    /// GET.
    pub(crate) async fn get(&self, path: &str) -> Answer {
        Answer::of(self.request(Method::GET, path)).await
    }

    /// GET, held while the resource is in a transient state.
    pub(crate) async fn get_settled(&self, path: &str) -> Answer {
        Answer::of(self.request(Method::GET, path).header("prefer", "wait=25")).await
    }

    /// POST of JSON.
    pub(crate) async fn post(&self, path: &str, body: &Value) -> Answer {
        Answer::of(self.request(Method::POST, path).json(body)).await
    }

    /// DELETE.
    pub(crate) async fn delete(&self, path: &str) -> Answer {
        Answer::of(self.request(Method::DELETE, path)).await
    }

    /// Sends any request.
    pub(crate) async fn send(&self, request: RequestBuilder) -> Answer {
        Answer::of(request).await
    }

    /// A path below the Project's Deployments.
    pub(crate) fn deployments(&self, rest: &str) -> String {
        format!("/{}/deployments{rest}", self.key)
    }

    /// The Project's repository of a fixture, tagged `v1`.
    pub(crate) fn repository(&self, fixture: &str) -> String {
        self.site.repositories.make(&self.key, fixture)
    }

    /// Changes files of the Project's repository of a fixture, and tags the commit.
    pub(crate) fn commit(&self, fixture: &str, files: &[(&str, &str)], tag: &str) {
        self.site
            .repositories
            .commit(&self.key, fixture, files, tag);
    }

    /// Removes a tag of the Project's repository of a fixture.
    pub(crate) fn remove_tag(&self, fixture: &str, tag: &str) {
        self.site.repositories.remove_tag(&self.key, fixture, tag);
    }

    /// Adds a symbolic link to the Project's repository of a fixture, and tags the commit.
    pub(crate) fn link(&self, fixture: &str, path: &str, target: &str, tag: &str) {
        self.site
            .repositories
            .link(&self.key, fixture, path, target, tag);
    }

    /// What registers a fixture.
    pub(crate) fn registration(&self, fixture: &str) -> Value {
        json!({
            "key": format!("{}-{fixture}", self.key),
            "name": fixture,
            "creator": {"email": "ada@example.org"},
            "repository": {"url": self.repository(fixture), "tag": "v1"},
        })
    }

    /// A draft whose build takes two seconds, once: a test has that long to look at what goes on.
    pub(crate) async fn slow_draft(&self) -> Draft {
        let package = format!(
            r#"{{"name": "{}", "private": true, "scripts": {{"build": "sleep 2", "start": "node index.js"}}}}"#,
            self.key
        );
        self.repository("minimal");
        self.commit("minimal", &[("service/package.json", &package)], "v1");
        self.draft("minimal").await
    }

    /// A draft of the fixture `minimal` whose service is this code, previewed.
    pub(crate) async fn draft_of(&self, script: &str) -> Draft {
        let package =
            r#"{"name": "service", "private": true, "scripts": {"start": "node index.js"}}"#;
        let files = [
            ("service/package.json", package),
            ("service/index.js", script),
        ];
        self.repository("minimal");
        self.commit("minimal", &files, "v1");
        self.draft("minimal").await.previewed().await
    }

    /// A registered fixture.
    pub(crate) async fn draft(&self, fixture: &str) -> Draft {
        let draft = self
            .post("/connectors/drafts", &self.registration(fixture))
            .await
            .of_status(201);
        Draft::of(self.clone(), &draft)
    }
}
