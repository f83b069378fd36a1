//! The listener of the embedded engine and what it routes to: the API, the applications, and nothing else.

mod answer;
mod api;
pub mod applications;
mod forward;
mod operator;
pub mod static_files;
mod told;
mod topics;

use std::sync::Arc;

use axum::body::Body;
use functions::Platform;
use http::header::HOST;
use http::{Request, Response, StatusCode};
use serde_json::json;
use uuid::Uuid;

pub use operator::{CLIENTS, NewClient};

use self::answer::refusal;
use crate::hosting::ProcessHosting;

/// Everything that the gateway routes to.
pub struct Gateway {
    api: api::Api,
    platform: Arc<Platform>,
    hosting: ProcessHosting,
    operator: operator::Operator,
}

impl Gateway {
    /// A gateway; `operator_token` opens the operator's endpoints.
    #[must_use]
    pub fn new(
        platform: Arc<Platform>,
        hosting: ProcessHosting,
        operator_token: secrets::Secret,
    ) -> Self {
        Self {
            api: api::Api::new(platform.clone()),
            operator: operator::Operator::new(platform.desk.clone(), operator_token),
            platform,
            hosting,
        }
    }

    /// Answers one request.
    pub async fn answer(&self, request: Request<Body>) -> Response<Body> {
        let host = request
            .headers()
            .get(HOST)
            .and_then(|host| host.to_str().ok());
        if let Some(site) = host.and_then(static_files::site_of) {
            return static_files::serve_site(&self.hosting, site, request).await;
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
        if let Some(topic) = topics::topic_of(path).map(str::to_owned) {
            return topics::publish(&self.platform, &topic, request).await;
        }
        if path.starts_with(operator::CLIENTS) {
            return self.operator.answer(request).await;
        }
        self.api.answer(request).await
    }
}
