//! The API's routes are the catalogue's, and what no endpoint takes is answered in the contract's envelope.

use std::collections::HashMap;
use std::sync::Arc;

use axum::body::{Body, to_bytes};
use domain::error::ErrorCode;
use domain::limits;
use functions::Platform;
use functions::catalogue::{ENDPOINTS, Endpoint};
use http::header::ALLOW;
use http::{HeaderValue, Request, Response};
use lambda_http::RequestExt;
use matchit::Router;
use percent_encoding::percent_decode_str;
use serde_json::json;
use web::{CORRELATION_ID, respond};

/// The endpoints by their paths.
pub(super) struct Api {
    platform: Arc<Platform>,
    routes: Router<Vec<&'static Endpoint>>,
}

impl Api {
    pub(super) fn new(platform: Arc<Platform>) -> Self {
        let mut routes: Router<Vec<&'static Endpoint>> = Router::new();
        let mut paths: Vec<&str> = ENDPOINTS.iter().map(|endpoint| endpoint.path).collect();
        paths.dedup();
        for path in paths {
            let endpoints = ENDPOINTS
                .iter()
                .filter(|endpoint| endpoint.path == path)
                .collect();
            // Two endpoints of one path that do not stand side by side were added with the first of them.
            drop(routes.insert(path, endpoints));
        }
        Self { platform, routes }
    }

    pub(super) async fn answer(&self, request: Request<Body>) -> Response<Body> {
        let (parts, body) = request.into_parts();
        let path = parts.uri.path().to_owned();
        let correlation_id = || {
            let sent = parts
                .headers
                .get(CORRELATION_ID)
                .and_then(|value| value.to_str().ok());
            sent.map_or_else(|| self.platform.desk.ids.next().to_string(), str::to_owned)
        };
        let method = parts.method.as_str();
        let Ok(matched) = self.routes.at(&path) else {
            let error =
                ErrorCode::RouteNotFound.with([("method", json!(method)), ("path", json!(path))]);
            return to_axum(respond(Err(error.into()), &correlation_id()));
        };
        let Some(endpoint) = matched
            .value
            .iter()
            .find(|endpoint| endpoint.method == method)
        else {
            let allowed: Vec<&str> = matched
                .value
                .iter()
                .map(|endpoint| endpoint.method)
                .collect();
            let allowed = allowed.join(", ");
            let error = ErrorCode::MethodNotAllowed.with([
                ("method", json!(method)),
                ("path", json!(path)),
                ("allowed", json!(allowed)),
            ]);
            let mut response = to_axum(respond(Err(error.into()), &correlation_id()));
            if let Ok(allowed) = HeaderValue::from_str(&allowed) {
                response.headers_mut().insert(ALLOW, allowed);
            }
            return response;
        };
        // The handler refuses a body that is larger than the limit; it needs no more than the limit and one byte to see that.
        let Ok(bytes) = to_bytes(body, limits::REQUEST_BODY_BYTES).await else {
            let limit = json!(limits::REQUEST_BODY_BYTES);
            let error = ErrorCode::RequestEntityTooLarge.with([("limit", limit)]);
            return to_axum(respond(Err(error.into()), &correlation_id()));
        };
        let decode = |value: &str| percent_decode_str(value).decode_utf8_lossy().into_owned();
        let parameters: HashMap<String, String> = matched
            .params
            .iter()
            .map(|(name, value)| (name.to_owned(), decode(value)))
            .collect();
        let request = Request::from_parts(parts, lambda_http::Body::Binary(bytes.to_vec()));
        let request = request.with_path_parameters(parameters);
        to_axum((endpoint.handler)(self.platform.clone(), request).await)
    }
}

fn to_axum(response: Response<lambda_http::Body>) -> Response<Body> {
    response.map(|body| match body {
        lambda_http::Body::Text(text) => Body::from(text),
        lambda_http::Body::Binary(bytes) => Body::from(bytes),
        _ => Body::empty(),
    })
}
