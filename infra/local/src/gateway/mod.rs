//! The listener of the embedded engine and what it routes to: the applications, by host or by path; the API; files by their links; and
//! nothing else.

pub(crate) mod answer;
mod api;
pub mod applications;
mod forward;
pub(crate) mod hosts;
mod links;
pub(crate) mod listener;
mod operator;
mod origin;
pub mod static_files;
mod told;
pub(crate) mod topics;

use std::sync::Arc;

use axum::body::Body;
use functions::{ApplicationAddresses, Platform};
use http::{HeaderValue, Request, Response, StatusCode};
use serde_json::json;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;
use web::{CORRELATION_ID, correlation_id};

pub use listener::ConnectionLimits;
pub use operator::{CLIENTS, NewClient, NewToken, TOKENS};

use self::answer::refusal;
use crate::engine::Engine;
use crate::hosting::ProcessHosting;

/// Everything that the gateway routes to.
pub struct Gateway {
    api: api::Api,
    platform: Arc<Platform>,
    hosting: ProcessHosting,
    engine: Arc<Engine>,
    operator: operator::Operator,
    hosts: hosts::Hosts,
}

impl Gateway {
    /// A gateway; `operator_token` opens the operator's endpoints, `stop` ends the answers that go on.
    #[must_use]
    pub fn new(
        platform: Arc<Platform>,
        hosting: ProcessHosting,
        engine: Arc<Engine>,
        operator_token: secrets::Secret,
        stop: CancellationToken,
    ) -> Self {
        let domain = match &platform.addresses.applications {
            ApplicationAddresses::OfGateway { domain } => domain.clone(),
            ApplicationAddresses::OfHosting { .. } => None,
        };
        Self {
            hosts: hosts::Hosts { domain },
            api: api::Api::new(platform.clone(), stop),
            operator: operator::Operator::new(platform.clone(), operator_token),
            platform,
            hosting,
            engine,
        }
    }

    /// Answers one request; the answer has the request's correlation id, if an application does not give one of its own.
    pub async fn answer(&self, request: Request<Body>) -> Response<Body> {
        let sent = correlation_id(request.headers()).map(str::to_owned);
        let id = sent.unwrap_or_else(|| self.platform.desk.ids.next().to_string());
        let mut response = self.route(request, &id).await;
        if let Ok(id) = HeaderValue::from_str(&id) {
            response.headers_mut().entry(CORRELATION_ID).or_insert(id);
        }
        response
    }

    /// Returns true if a request is answered where only the reserve of connections is left: that is the check of the platform's health, and the
    /// operator. Both are for the gateway's own host: an application may have the same paths.
    pub fn uses_reserve<B>(&self, request: &Request<B>) -> bool {
        let path = request.uri().path();
        let is_kept = path == "/health" || operator::is_operators(path);
        is_kept && self.hosts.application(request).is_none()
    }

    async fn route(&self, mut request: Request<Body>, id: &str) -> Response<Body> {
        if let Some(application) = self.hosts.application(&request) {
            return applications::serve_host(&self.hosting, application, request).await;
        }
        let path = request.uri().path();
        if path == "/health" {
            return answer::json(&json!({"status": "ok"}));
        }
        if let Some(rest) = path.strip_prefix("/apps/") {
            let id = rest.split('/').next().unwrap_or_default();
            return match Uuid::try_parse(id) {
                Ok(application) => {
                    applications::serve_application(&self.hosting, application, request).await
                }
                Err(_) => refusal(
                    StatusCode::NOT_FOUND,
                    "ResourceNotFound",
                    "No application has this address.",
                ),
            };
        }
        if links::is_link(request.uri()) {
            return links::follow(&self.engine, request.into_parts().0, id).await;
        }
        if let Some(topic) = topics::topic_of(path).map(str::to_owned) {
            return topics::publish(&self.platform, &topic, request, id).await;
        }
        if operator::is_operators(path) {
            return self.operator.answer(request, id).await;
        }
        if let Ok(id) = HeaderValue::from_str(id) {
            request.headers_mut().insert(CORRELATION_ID, id);
        }
        self.api.answer(request).await
    }
}
