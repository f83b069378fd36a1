//! Every endpoint, worker and scheduled function, in reading order. The gateway, `bootstrap` and the checks of the template iterate over
//! these lists; there is no second one.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use http::Response;
use lambda_http::Body;
use store::rows::Message;
use web::{Scope, scope};
use work::Fault;

use crate::platform::Platform;
use crate::{
    auth, connectors, connectors_staged, deployments, executions, host, revisions, scheduled,
    workers,
};

/// A function behind a route.
pub struct Endpoint {
    /// The Lambda function's name.
    pub name: &'static str,
    /// The HTTP method.
    pub method: &'static str,
    /// The path; `{id}` takes an id or `key=` and a key.
    pub path: &'static str,
    /// The scopes of which one is needed; none: anybody may call.
    pub scopes: &'static [&'static str],
    /// What it does.
    pub summary: &'static str,
    /// The handler.
    pub handler: fn(Arc<Platform>, lambda_http::Request) -> BoxFuture<'static, Response<Body>>,
}

/// A function behind a queue of its own name.
pub struct Worker {
    /// The name of the function, of its queue and of its messages.
    pub name: &'static str,
    /// How long one message may take; the queue's visibility timeout is six times as long (AWS's advice for Lambda).
    pub timeout: Duration,
    /// The handler.
    pub handler: fn(Arc<Platform>, Message) -> BoxFuture<'static, Result<(), Fault>>,
}

/// A function that the clock calls.
pub struct Scheduled {
    /// The Lambda function's name.
    pub name: &'static str,
    /// How often.
    pub every: Duration,
    /// The handler.
    pub handler: fn(Arc<Platform>) -> BoxFuture<'static, Result<(), Fault>>,
}

macro_rules! endpoint {
    ($name:literal, $method:ident $path:literal, public, $handler:path, $summary:literal) => {
        Endpoint {
            name: $name,
            method: stringify!($method),
            path: $path,
            scopes: &[],
            summary: $summary,
            handler: |platform, request| Box::pin(host::public(platform, request, $handler)),
        }
    };
    ($name:literal, $method:ident $path:literal, $scope:ident, $handler:path, $summary:literal) => {
        Endpoint {
            name: $name,
            method: stringify!($method),
            path: $path,
            scopes: <scope::$scope as Scope>::ANY,
            summary: $summary,
            handler: |platform, request| {
                Box::pin(host::guarded::<scope::$scope, _, _>(
                    platform, request, $handler,
                ))
            },
        }
    };
}

/// Every endpoint.
pub static ENDPOINTS: &[Endpoint] = &[
    endpoint!("auth-token", POST "/oauth/token", public, auth::token::handle, "Gives an access token for client credentials."),
    endpoint!("connectors-staged-create", POST "/connectors/drafts", ManageConnectors, connectors_staged::create::handle, "Registers a draft of a Connector."),
    endpoint!("connectors-staged-query", GET "/connectors/drafts", ViewConnectors, connectors_staged::query::handle, "Lists the Project's drafts."),
    endpoint!("connectors-staged-get", GET "/connectors/drafts/{id}", ViewConnectors, connectors_staged::get::handle, "Shows a draft."),
    endpoint!("connectors-staged-update", POST "/connectors/drafts/{id}", ManageConnectors, connectors_staged::update::handle, "Changes, previews or publishes a draft."),
    endpoint!("connectors-staged-delete", DELETE "/connectors/drafts/{id}", ManageConnectors, connectors_staged::delete::handle, "Deletes a draft and its Connector."),
    endpoint!("connectors-search", GET "/connectors/search", ViewConnectors, connectors::search::handle, "Finds Connectors that the Project can deploy."),
    endpoint!("connectors-get", GET "/connectors/{id}", ViewConnectors, connectors::get::handle, "Shows a Connector."),
    endpoint!("deployments-create", POST "/{projectKey}/deployments", ManageDeployments, deployments::create::handle, "Deploys a Connector or a draft."),
    endpoint!("deployments-query", GET "/{projectKey}/deployments", ViewDeployments, deployments::query::handle, "Lists the Project's Deployments."),
    endpoint!("deployments-get", GET "/{projectKey}/deployments/{id}", ViewDeployments, deployments::get::handle, "Shows a Deployment."),
    endpoint!("deployments-update", POST "/{projectKey}/deployments/{id}", ManageDeployments, deployments::update::handle, "Deploys again, with other values or a newer Connector."),
    endpoint!("deployments-delete", DELETE "/{projectKey}/deployments/{id}", ManageDeployments, deployments::delete::handle, "Undeploys."),
    endpoint!("deployments-logs", GET "/{projectKey}/deployments/{id}/logs", ViewDeployments, deployments::logs::handle, "Pages through the logs of a Deployment."),
    endpoint!("revisions-query", GET "/{projectKey}/deployments/{id}/revisions", ViewDeployments, revisions::query::handle, "Lists what a Deployment can be rolled back to."),
    endpoint!("revisions-get", GET "/{projectKey}/deployments/{id}/revisions/{revision}", ViewDeployments, revisions::get::handle, "Shows a revision."),
    endpoint!("revisions-rollback", POST "/{projectKey}/deployments/{id}/revisions/{revision}/rollback", ManageDeployments, revisions::rollback::handle, "Deploys an earlier revision again."),
    endpoint!("executions-create", POST "/{projectKey}/deployments/{id}/applications/{name}/executions", ManageDeployments, executions::create::handle, "Runs a job now."),
    endpoint!("executions-query", GET "/{projectKey}/deployments/{id}/applications/{name}/executions", ViewDeployments, executions::query::handle, "Lists the executions of a job."),
];

/// Every worker.
pub static WORKERS: &[Worker] = &[
    Worker {
        name: "preview",
        timeout: Duration::from_secs(300),
        handler: |platform, message| Box::pin(workers::preview::handle(platform, message)),
    },
    Worker {
        name: "publish",
        timeout: Duration::from_secs(300),
        handler: |platform, message| Box::pin(workers::publish::handle(platform, message)),
    },
    Worker {
        name: "deploy",
        timeout: Duration::from_secs(900),
        handler: |platform, message| Box::pin(workers::deploy::handle(platform, message)),
    },
    Worker {
        name: "undeploy",
        timeout: Duration::from_secs(900),
        handler: |platform, message| Box::pin(workers::undeploy::handle(platform, message)),
    },
    Worker {
        name: "deliver_event",
        timeout: Duration::from_secs(60),
        handler: |platform, message| Box::pin(workers::deliver_event::handle(platform, message)),
    },
    Worker {
        name: "trigger_job",
        timeout: Duration::from_secs(1800),
        handler: |platform, message| Box::pin(workers::trigger_job::handle(platform, message)),
    },
];

/// Every scheduled function.
pub static SCHEDULED: &[Scheduled] = &[Scheduled {
    name: "sweep",
    every: Duration::from_secs(60),
    handler: |platform| Box::pin(async move { scheduled::sweep::handle(&platform).await }),
}];

/// The worker of a name.
#[must_use]
pub fn worker(name: &str) -> Option<&'static Worker> {
    WORKERS.iter().find(|worker| worker.name == name)
}
