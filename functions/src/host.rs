//! Between a host and a handler: the request is read, the caller known, and whatever happens becomes an answer.

use std::sync::Arc;

use http::Response;
use lambda_http::Body;
use web::{Answer, Caller, Fail, Request, Scope, respond};

use crate::auth;
use crate::platform::Platform;

/// Hosts a handler that needs a scope.
pub(crate) async fn guarded<S, F, Fut>(
    platform: Arc<Platform>,
    request: lambda_http::Request,
    handle: F,
) -> Response<Body>
where
    S: Scope,
    F: FnOnce(Arc<Platform>, Caller<S>, Request) -> Fut,
    Fut: Future<Output = Answer>,
{
    let request = Request::of(request, || platform.desk.ids.next().to_string());
    let correlation_id = request.correlation_id.clone();
    let answer = async {
        let claims = auth::verify(&platform, &request).await?;
        let caller = Caller::of(claims).map_err(Fail::from)?;
        handle(platform, caller, request).await
    };
    respond(answer.await, &correlation_id)
}

/// Hosts a handler that anybody may call.
pub(crate) async fn public<F, Fut>(
    platform: Arc<Platform>,
    request: lambda_http::Request,
    handle: F,
) -> Response<Body>
where
    F: FnOnce(Arc<Platform>, Request) -> Fut,
    Fut: Future<Output = Answer>,
{
    let request = Request::of(request, || platform.desk.ids.next().to_string());
    let correlation_id = request.correlation_id.clone();
    respond(handle(platform, request).await, &correlation_id)
}
