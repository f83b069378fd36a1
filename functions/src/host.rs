//! Between a host and a handler: the request is read, the caller known, and whatever happens becomes an answer.

use std::sync::Arc;

use aws_lambda_events::sqs::{BatchItemFailure, SqsBatchResponse, SqsEvent, SqsMessage};
use futures_util::future::join_all;
use http::{Method, Response};
use lambda_http::Body;
use web::{Answer, Caller, Fail, Head, Request, Scope, respond};
use work::Fault;

use crate::auth;
use crate::catalogue::Worker;
use crate::idempotency;
use crate::notices;
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
    public(platform, request, |platform, request| async move {
        let claims = auth::verify(&platform, &request).await?;
        let rate = platform.manners.request(&claims.project);
        rate.map_err(Fail::too_many)?;
        let caller: Caller<S> = Caller::of(claims)?;
        if request.method == Method::POST {
            let given = idempotency::recall(&platform.desk, caller.client(), &request).await?;
            if let Some(given) = given {
                return Ok(given);
            }
        }
        handle(platform, caller, request).await
    })
    .await
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
    let fresh_id = || platform.desk.ids.next().to_string();
    let head = Head::of(request.method(), request.headers(), fresh_id);
    let answer = match Request::of(request, &head) {
        Ok(request) => handle(platform.clone(), request).await,
        Err(error) => Err(error.into()),
    };
    respond(answer, &head, &platform.manners.cors)
}

/// Hosts a worker: what met a fault is named in the answer and comes again, and only that (partial batch response).
pub async fn consume(
    platform: Arc<Platform>,
    worker: &'static Worker,
    event: SqsEvent,
) -> SqsBatchResponse {
    let works = event.records.into_iter().map(|record| {
        let platform = platform.clone();
        async move {
            let fault = one(platform, worker, &record).await.err()?;
            tracing::error!(%fault, worker = worker.name, "a message met a fault and comes again");
            let mut failure = BatchItemFailure::default();
            failure.item_identifier = record.message_id.unwrap_or_default();
            Some(failure)
        }
    });
    let mut response = SqsBatchResponse::default();
    let failures = join_all(works).await;
    response.batch_item_failures = failures.into_iter().flatten().collect();
    response
}

async fn one(
    platform: Arc<Platform>,
    worker: &'static Worker,
    record: &SqsMessage,
) -> Result<(), Fault> {
    let body = record.body.as_deref().unwrap_or_default();
    match notices::read(&platform, body).await? {
        Some(message) => (worker.handler)(platform, message).await,
        None => Ok(()),
    }
}
