//! The gateway's way to an application: a request streams to the instance that serves, its answer streams back, and the log tells it.

use std::net::{IpAddr, SocketAddr};

use axum::body::Body;
use axum::extract::ConnectInfo;
use domain::limits::APPLICATION_REQUEST;
use hosting::{CallError, Kind};
use http::{Method, Request, Response, StatusCode, Uri};
use hyper::body::{Body as _, Incoming};
use uuid::Uuid;

use super::answer::{no_public_address, refusal, unknown_application};
use super::forward::{
    is_loop, path_alone, path_behind_id, strip_hop_by_hop, to_application, wants_websocket,
};
use super::origin::Origin;
use super::static_files::serve_site;
use super::told::{Told, ToldBody};
use crate::hosting::{ProcessHosting, Visit, exchange_and_keep};

/// Answers a request to the host of an application. The caller's address is read from the extension `ConnectInfo<SocketAddr>`.
pub async fn serve_host(
    hosting: &ProcessHosting,
    application: Uuid,
    request: Request<Body>,
) -> Response<Body> {
    match hosting.kind_of(application) {
        Some(Kind::Static { .. }) => serve_site(hosting, application, request).await,
        _ => serve(hosting, application, request, Origin::Own).await,
    }
}

/// Answers `/apps/{application}{path…}`. The caller's address is read from the extension `ConnectInfo<SocketAddr>`.
pub async fn serve_application(
    hosting: &ProcessHosting,
    application: Uuid,
    request: Request<Body>,
) -> Response<Body> {
    let origin = Origin::of_path(request.uri().path());
    serve(hosting, application, request, origin).await
}

async fn serve(
    hosting: &ProcessHosting,
    application: Uuid,
    request: Request<Body>,
    origin: Origin,
) -> Response<Body> {
    // Looked up first: a visit by anybody would keep the application from sleeping.
    if hosting
        .kind_of(application)
        .is_some_and(|kind| !kind.is_public())
    {
        return no_public_address();
    }
    let Some(visit) = hosting.enter(application) else {
        return unknown_application();
    };
    let deadline = tokio::time::Instant::now() + APPLICATION_REQUEST;
    let peer = request
        .extensions()
        .get::<ConnectInfo<SocketAddr>>()
        .map(|peer| peer.0.ip());
    let mut told = Told::new(hosting, &request, peer);
    let refused = match refused_at_once(&visit, &request, &origin) {
        Some(refused) => refused,
        None => {
            let path = match &origin {
                Origin::Own => path_alone(request.uri()),
                Origin::Shared { .. } => path_behind_id(request.uri()),
            };
            let passed = pass(hosting, application, visit, request, (path, peer));
            let timeout = Err(CallError::Timeout(APPLICATION_REQUEST));
            let passed = tokio::time::timeout_at(deadline, passed).await;
            match passed.unwrap_or(timeout).and_then(final_answer) {
                Ok((visit, answer)) => return streamed(answer, &origin, told, visit, deadline),
                Err(failure) => unanswered(&failure),
            }
        }
    };
    if let Some(visit) = hosting.enter(application) {
        told.status(refused.status());
        told.log(visit.instance());
    }
    refused
}

fn refused_at_once(
    visit: &Visit,
    request: &Request<Body>,
    origin: &Origin,
) -> Option<Response<Body>> {
    if !visit.instance().launch.kind.is_dynamic() {
        return Some(refusal(
            StatusCode::NOT_FOUND,
            "ResourceNotFound",
            "This application is a site with a host of its own: open the URL that its Deployment shows.",
        ));
    }
    if is_loop(request.headers()) {
        return Some(refusal(
            StatusCode::LOOP_DETECTED,
            "LoopDetected",
            "This request has passed the gateway several times. Let the application answer it and not pass it on to its own address.",
        ));
    }
    // Browsers give a service worker the folder of its script, which is that of all applications here.
    let is_bare = matches!(origin, Origin::Shared { is_bare: true, .. });
    if is_bare && request.headers().contains_key("service-worker") {
        return Some(refusal(
            StatusCode::NOT_FOUND,
            "ResourceNotFound",
            "The script of a service worker cannot be at this address, which is in the folder of all applications. Put it below, for example at worker.js.",
        ));
    }
    wants_websocket(request.headers()).then(|| {
        refusal(
            StatusCode::NOT_IMPLEMENTED,
            "NotImplemented",
            "WebSocket connections to applications are not supported; use plain HTTP requests.",
        )
    })
}

async fn pass(
    hosting: &ProcessHosting,
    application: Uuid,
    visit: Visit,
    request: Request<Body>,
    (path, peer): (Uri, Option<IpAddr>),
) -> Result<(Visit, Response<Incoming>), CallError> {
    let (mut head, body) = request.into_parts();
    let repeatable = is_repeatable(&head.method) && body.is_end_stream();
    to_application(&mut head, path, peer);
    if repeatable {
        let request = Request::from_parts(head.clone(), Body::empty());
        if let Some(answer) = hosting.send_on_kept(&visit, request).await {
            return Ok((visit, answer));
        }
    }
    let (visit, stream) = hosting.connect(application, visit).await?;
    let request = Request::from_parts(head, body);
    let answer = exchange_and_keep(stream, request, &visit.instance().kept)
        .await
        .map_err(|_| CallError::Broken)?;
    Ok((visit, answer))
}

/// Refuses a change of protocol, for which no request that is passed asks: the caller would wait for an answer that never comes.
fn final_answer(
    (visit, answer): (Visit, Response<Incoming>),
) -> Result<(Visit, Response<Incoming>), CallError> {
    if answer.status() == StatusCode::SWITCHING_PROTOCOLS {
        return Err(CallError::Broken);
    }
    Ok((visit, answer))
}

/// Whether a request may be sent again where the first one was perhaps lost (RFC 9110, section 9.2.1).
fn is_repeatable(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

fn streamed(
    answer: Response<Incoming>,
    origin: &Origin,
    mut told: Told,
    visit: Visit,
    deadline: tokio::time::Instant,
) -> Response<Body> {
    let (mut head, body) = answer.into_parts();
    strip_hop_by_hop(&mut head.headers);
    origin.confine(&mut head.headers);
    told.status(head.status);
    Response::from_parts(head, Body::new(ToldBody::new(body, told, visit, deadline)))
}

fn unanswered(failure: &CallError) -> Response<Body> {
    let (status, code) = match failure {
        CallError::NotFound => return unknown_application(),
        CallError::Down => (StatusCode::SERVICE_UNAVAILABLE, "ServiceUnavailable"),
        CallError::Broken | CallError::TooLarge(_) => (StatusCode::BAD_GATEWAY, "BadGateway"),
        CallError::Timeout(_) => (StatusCode::GATEWAY_TIMEOUT, "GatewayTimeout"),
    };
    refusal(
        status,
        code,
        &format!("There is no answer: {failure}. The Deployment's logs may tell why."),
    )
}
