//! Every static application has a host of its own, so that its absolute paths hold.

use std::net::SocketAddr;

use axum::body::Body;
use axum::extract::ConnectInfo;
use hosting::{Kind, site};
use http::{Method, Request, Response, StatusCode};
use uuid::Uuid;

use super::answer::{method_not_allowed, refusal, unknown_application};
use super::told::Told;
use crate::hosting::{Instance, ProcessHosting};

/// Answers a request to the site of a static application.
pub async fn serve_site(
    hosting: &ProcessHosting,
    application: Uuid,
    request: Request<Body>,
) -> Response<Body> {
    let Some(visit) = hosting.enter(application) else {
        return unknown_application();
    };
    let peer = request
        .extensions()
        .get::<ConnectInfo<SocketAddr>>()
        .map(|peer| peer.0.ip());
    let mut told = Told::new(hosting, &request, peer);
    let answer = answer(visit.instance(), request).await;
    told.status(answer.status());
    told.log(visit.instance());
    answer
}

async fn answer(instance: &Instance, request: Request<Body>) -> Response<Body> {
    let (Kind::Static { index_fallback }, Some(tree)) = (instance.launch.kind, instance.tree())
    else {
        return unknown_application();
    };
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        let text = "A static application answers GET and HEAD only.";
        return method_not_allowed(text, "GET, HEAD");
    }
    let path = request.uri().path();
    match site::file_of(&tree.folder(), path, index_fallback).await {
        Some(file) => {
            let answer = site::send(file, &instance.launch.artifact, request).await;
            answer.map(Body::new)
        }
        None => refusal(
            StatusCode::NOT_FOUND,
            "ResourceNotFound",
            "This application has no such file.",
        ),
    }
}
