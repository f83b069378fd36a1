//! The routes are the catalogue's; what no endpoint takes is answered in the contract's envelope, on every engine: the embedded gateway
//! routes each request here, and on AWS the function [`NAME`] stands behind the API Gateway's `$default` route.

use std::collections::HashMap;
use std::sync::Arc;

use domain::error::{ApiError, ErrorCode};
use http::header::ALLOW;
use http::request::Parts;
use http::{HeaderValue, Method, Response};
use lambda_http::{Body, RequestExt};
use matchit::Router;
use percent_encoding::percent_decode_str;
use serde_json::json;
use web::{Fail, Head, respond};

use crate::catalogue::{ENDPOINTS, Endpoint};
use crate::platform::Platform;

/// The Lambda function that answers what has no route of its own.
pub const NAME: &str = "default";

/// The endpoints by their paths.
pub struct Routes(Router<Vec<&'static Endpoint>>);

/// An endpoint, with the parameters that its path has.
pub struct Route {
    /// The endpoint.
    pub endpoint: &'static Endpoint,
    /// The parameters, decoded.
    pub parameters: HashMap<String, String>,
}

impl Default for Routes {
    fn default() -> Self {
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
        Self(routes)
    }
}

impl Routes {
    /// The way of a request.
    ///
    /// # Errors
    /// The whole answer where it leads to no endpoint, which may be a preflight's.
    pub fn find(&self, platform: &Platform, parts: &Parts) -> Result<Route, Box<Response<Body>>> {
        let head = || head(platform, parts);
        let refuse = |error: ApiError| Box::new(refused(platform, parts, error));
        web::fits(parts).map_err(refuse)?;
        let (method, path) = (parts.method.as_str(), parts.uri.path());
        let Ok(matched) = self.0.at(path) else {
            let error =
                ErrorCode::RouteNotFound.with([("method", json!(method)), ("path", json!(path))]);
            return Err(refuse(error));
        };
        let found = matched.value.iter().find(|one| one.method == method);
        let Some(endpoint) = found else {
            let allowed: Vec<&str> = matched.value.iter().map(|one| one.method).collect();
            let allowed = allowed.join(", ");
            if parts.method == Method::OPTIONS {
                let (head, cors) = (head(), &platform.manners.cors);
                let preflight = cors.preflight(&head, &allowed);
                return Err(Box::new(respond(Ok(preflight), &head, cors)));
            }
            let mut response = refuse(ErrorCode::MethodNotAllowed.with([
                ("method", json!(method)),
                ("path", json!(path)),
                ("allowed", json!(allowed)),
            ]));
            let allowed = HeaderValue::from_str(&allowed);
            let headers = response.headers_mut();
            headers.extend(allowed.map(|allowed| (ALLOW, allowed)));
            return Err(response);
        };
        let decoded = matched.params.iter().map(|(name, value)| {
            let value = percent_decode_str(value).decode_utf8().map_err(|_| {
                ErrorCode::InvalidPathParam
                    .detail(format!("{name}: '{value}' is no UTF-8, percent-encoded"))
            })?;
            Ok((name.to_owned(), value.into_owned()))
        });
        Ok(Route {
            endpoint,
            parameters: decoded.collect::<Result<_, ApiError>>().map_err(refuse)?,
        })
    }

    /// Answers a request, wherever it leads.
    pub async fn answer(
        &self,
        platform: Arc<Platform>,
        request: lambda_http::Request,
    ) -> Response<Body> {
        let (parts, body) = request.into_parts();
        match self.find(&platform, &parts) {
            Ok(Route {
                endpoint,
                parameters,
            }) => {
                let request = http::Request::from_parts(parts, body);
                let request = request.with_path_parameters(parameters);
                (endpoint.handler)(platform, request).await
            }
            Err(answer) => *answer,
        }
    }
}

/// The answer to a request that is refused before it comes to its endpoint.
#[must_use]
pub fn refused(platform: &Platform, parts: &Parts, error: ApiError) -> Response<Body> {
    let head = head(platform, parts);
    respond(Err(Fail::from(error)), &head, &platform.manners.cors)
}

fn head(platform: &Platform, parts: &Parts) -> Head {
    let fresh_id = || platform.desk.ids.next().to_string();
    Head::of(&parts.method, &parts.headers, fresh_id)
}
