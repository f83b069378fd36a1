//! The way of a request to the API: routed as everywhere, once its body is read.

use std::convert::Infallible;
use std::sync::Arc;

use axum::body::{Body, to_bytes};
use domain::error::ErrorCode;
use domain::limits;
use functions::Platform;
use functions::routes::{Routes, refused};
use futures_util::StreamExt;
use http::{Request, Response};
use lambda_http::RequestExt;
use serde_json::json;
use tokio_util::sync::CancellationToken;

use crate::stalls;

pub(super) struct Api {
    platform: Arc<Platform>,
    routes: Routes,
    /// Ends the answers that go on.
    stop: CancellationToken,
}

impl Api {
    pub(super) fn new(platform: Arc<Platform>, stop: CancellationToken) -> Self {
        Self {
            platform,
            routes: Routes::default(),
            stop,
        }
    }

    pub(super) async fn answer(&self, request: Request<Body>) -> Response<Body> {
        let (parts, body) = request.into_parts();
        let route = match self.routes.find(&self.platform, &parts) {
            Ok(route) => route,
            Err(answer) => return to_axum(*answer),
        };
        let Ok(bytes) = to_bytes(body, limits::REQUEST_BODY_BYTES).await else {
            let limit = json!(limits::REQUEST_BODY_BYTES);
            let error = ErrorCode::RequestEntityTooLarge.with([("limit", limit)]);
            return to_axum(refused(&self.platform, &parts, error));
        };
        let request = Request::from_parts(parts, lambda_http::Body::Binary(bytes.to_vec()));
        let request = request.with_path_parameters(route.parameters);
        let handler = (route.endpoint.handler)(self.platform.clone(), request);
        let mut answer = stalls::named(route.endpoint.name, handler).await;
        let Some(rest) = web::rest_of(&mut answer) else {
            return to_axum(answer);
        };
        let rest = rest.take_until(self.stop.clone().cancelled_owned());
        answer.map(|_| Body::from_stream(rest.map(Ok::<_, Infallible>)))
    }
}

fn to_axum(response: Response<lambda_http::Body>) -> Response<Body> {
    response.map(|body| match body {
        lambda_http::Body::Text(text) => Body::from(text),
        lambda_http::Body::Binary(bytes) => Body::from(bytes),
        _ => Body::empty(),
    })
}
