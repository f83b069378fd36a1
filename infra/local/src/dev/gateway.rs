//! The addresses of a working copy's applications are made of their names: `/apps/NAME` and `NAME.localhost` of services, `NAME.localhost`
//! of sites, and the topic NAME of event applications. Jobs have none.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use axum::body::Body;
use functions::TOPIC_PROJECT;
use functions::events::{self, PublishedMessage};
use hosting::{CallError, Hosting as _, Kind, Topic, absolute_path};
use http::{Request, Response, StatusCode};
use serde_json::json;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;
use work::{Clock, Ids};

use crate::gateway::answer::{self, refusal};
use crate::gateway::{ConnectionLimits, applications, hosts, listener, topics};
use crate::hosting::ProcessHosting;

use super::caller;

/// How one application is reached.
#[derive(Debug, Clone)]
pub(super) struct Route {
    pub(super) id: Uuid,
    pub(super) kind: Kind,
    pub(super) endpoint: Option<String>,
}

/// The routes by name, shared with whoever changes them.
#[derive(Clone)]
pub(super) struct Gateway {
    hosting: ProcessHosting,
    clock: Clock,
    ids: Ids,
    address: SocketAddr,
    routes: Arc<Mutex<BTreeMap<String, Route>>>,
}

impl Gateway {
    pub(super) fn new(
        hosting: ProcessHosting,
        clock: Clock,
        ids: Ids,
        address: SocketAddr,
    ) -> Self {
        Self {
            hosting,
            clock,
            ids,
            address,
            routes: Arc::default(),
        }
    }

    /// Answers until it is dropped.
    pub(super) async fn serve(self, listener: TcpListener) {
        let answer = move |request| {
            let gateway = self.clone();
            async move { gateway.answer(request).await }
        };
        let limits = ConnectionLimits::of_process();
        // Nothing here is for an operator.
        let uses_reserve = |_: &_| false;
        let stop = CancellationToken::new();
        listener::serve(listener, limits, stop, uses_reserve, answer).await;
    }

    /// The routes, to read or to change.
    pub(super) fn routes(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, Route>> {
        self.routes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn route(&self, name: &str) -> Option<Route> {
        self.routes().get(name).cloned()
    }

    /// Returns the route of a host's first label, which browsers write in small letters.
    fn route_of_host(&self, label: &str) -> Option<Route> {
        let routes = self.routes();
        let mut found = routes
            .iter()
            .filter(|(name, _)| name.eq_ignore_ascii_case(label));
        found.next().map(|(_, route)| route.clone())
    }

    /// Where an application of this kind is reached from outside.
    pub(super) fn url(&self, name: &str, kind: Kind, endpoint: Option<&str>) -> Option<String> {
        let address = self.address;
        match kind {
            Kind::Service => {
                let endpoint = endpoint.map(absolute_path).unwrap_or_default();
                Some(format!("http://{address}/apps/{name}{endpoint}"))
            }
            Kind::Static { .. } => Some(format!("http://{name}.localhost:{}/", address.port())),
            Kind::Event | Kind::Job => None,
        }
    }

    /// The topic of an event application.
    pub(super) fn topic(name: &str) -> Topic {
        Topic::PubSub {
            project: TOPIC_PROJECT.to_owned(),
            name: name.to_owned(),
        }
    }

    async fn answer(&self, request: Request<Body>) -> Response<Body> {
        if let Some(why) = caller::foreign_host(&request, self.address) {
            return refusal(StatusCode::FORBIDDEN, "AuthorizationError", &why);
        }
        let host = hosts::host_of(&request).and_then(|host| hosts::label_below(host, hosts::LOCAL));
        if let Some(route) = host.and_then(|name| self.route_of_host(name)) {
            return applications::serve_host(&self.hosting, route.id, request).await;
        }
        let path = request.uri().path().to_owned();
        if let Some(rest) = path.strip_prefix("/apps/") {
            let name = rest.split('/').next().unwrap_or_default();
            return match self.route(name) {
                Some(route) => {
                    applications::serve_application(&self.hosting, route.id, request).await
                }
                None => self.unknown(),
            };
        }
        let route = topics::topic_of(&path).and_then(|name| self.route(name));
        match route.filter(|route| route.kind == Kind::Event) {
            Some(route) => self.publish(&route, request).await,
            None => self.unknown(),
        }
    }

    fn unknown(&self) -> Response<Body> {
        let names = self.routes().keys().cloned().collect::<Vec<_>>().join(", ");
        let text = format!(
            "Nothing has this address. Services are at /apps/NAME, sites at NAME.localhost; there are: {names}."
        );
        refusal(StatusCode::NOT_FOUND, "ResourceNotFound", &text)
    }

    async fn publish(&self, route: &Route, request: Request<Body>) -> Response<Body> {
        if let Some(why) = caller::foreign_page(&request, self.address) {
            return refusal(StatusCode::FORBIDDEN, "AuthorizationError", &why);
        }
        let messages = match topics::read(request).await {
            Ok(messages) => messages,
            Err(refused) => return *refused,
        };
        let mut ids = Vec::new();
        for message in messages {
            let id = self.ids.next();
            // Its outcome is in the log, as of every request.
            let _ = self.deliver(route, id, &message).await;
            ids.push(id);
        }
        answer::json(&json!({ "messageIds": ids }))
    }

    /// Delivers an event once: nothing is kept here for another attempt.
    pub(super) async fn deliver(
        &self,
        route: &Route,
        id: Uuid,
        message: &PublishedMessage,
    ) -> Result<u16, CallError> {
        let endpoint = route.endpoint.as_deref().unwrap_or_default();
        let now = self.clock.now();
        let request = events::push(endpoint, &route.id.to_string(), id, now, message);
        let limit = domain::limits::EVENT_ACKNOWLEDGEMENT;
        let answer = self.hosting.call(route.id, request, limit).await?;
        Ok(answer.status().as_u16())
    }

    /// Runs a job.
    pub(super) async fn tick(&self, route: &Route) -> Result<u16, CallError> {
        let endpoint = route.endpoint.as_deref().unwrap_or_default();
        let request = events::tick(endpoint, self.ids.next(), self.clock.now());
        let limit = domain::limits::JOB_EXECUTION;
        let answer = self.hosting.call(route.id, request, limit).await?;
        Ok(answer.status().as_u16())
    }
}
