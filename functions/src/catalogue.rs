//! Every endpoint, worker and scheduled function, in reading order. The gateway, `bootstrap` and the checks of the template iterate over
//! these lists; there is no second one.

use std::sync::Arc;
use std::time::Duration;

use domain::certification::Certification;
use domain::connector::Connector;
use domain::connector_staged::{ConnectorStaged, ConnectorStagedDraft};
use domain::deployment::{Deployment, DeploymentDraft, DeploymentUpdate};
use domain::error::ErrorCode as E;
use domain::update::certification::CertificationUpdate;
use domain::update::connector_staged::ConnectorUpdate;
use futures_util::future::BoxFuture;
use http::Response;
use lambda_http::Body;
use serde_json::Value;
use store::rows::Message;
use web::{Page, Scope, scope};
use work::Fault;

use crate::openapi::wire::{Wire, gives};
use crate::openapi::{failures, query};
use crate::platform::Platform;
use crate::{
    auth, certifications, connectors, connectors_staged, dead_letters, deployments, docs,
    executions, host, openapi, operator, reports, revisions, scheduled, workers,
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
    /// What it takes and gives.
    pub wire: Wire,
    /// The handler.
    pub handler: fn(Arc<Platform>, lambda_http::Request) -> BoxFuture<'static, Response<Body>>,
}

/// A function behind a queue of its own name.
pub struct Worker {
    /// The name of the function, of its queue and of its messages.
    pub name: &'static str,
    /// How long one message may take; the queue's visibility timeout is six times as long (AWS's advice for Lambda).
    pub timeout: Duration,
    /// Messages that one machine works on at the same time: much for what waits for applications, little for what works itself.
    pub at_a_time: usize,
    /// The handler.
    pub handler: fn(Arc<Platform>, Message) -> BoxFuture<'static, Result<(), Fault>>,
}

/// A function that the clock calls.
pub struct Scheduled {
    /// The Lambda function's name.
    pub name: &'static str,
    /// How often.
    pub every: Duration,
    /// How long one call may take.
    pub timeout: Duration,
    /// The handler.
    pub handler: fn(Arc<Platform>) -> BoxFuture<'static, Result<(), Fault>>,
}

/// A function that the operator calls.
pub struct Operated {
    /// The Lambda function's name.
    pub name: &'static str,
    /// The handler; its error is a sentence for the operator.
    pub handler: fn(Arc<Platform>, Value) -> BoxFuture<'static, Result<Value, String>>,
}

/// How long an endpoint may take, and a function of the operator: API Gateway gives up after 30 s (its quotas).
pub const ENDPOINT_TIMEOUT: Duration = Duration::from_secs(29);

/// How long a Lambda function may take at most (AWS Lambda, "Quotas").
const LAMBDA_TIMEOUT: Duration = Duration::from_secs(900);

impl Worker {
    /// How long one message may take on AWS.
    #[must_use]
    pub fn timeout_on_aws(&self) -> Duration {
        self.timeout.min(LAMBDA_TIMEOUT)
    }
}

macro_rules! endpoint {
    ($name:literal, $method:ident $path:literal, public, $handler:path, $summary:literal, $wire:expr) => {
        Endpoint {
            name: $name,
            method: stringify!($method),
            path: $path,
            scopes: &[],
            summary: $summary,
            wire: $wire,
            handler: |platform, request| Box::pin(host::public(platform, request, $handler)),
        }
    };
    ($name:literal, $method:ident $path:literal, $scope:ident, $handler:path, $summary:literal, $wire:expr) => {
        Endpoint {
            name: $name,
            method: stringify!($method),
            path: $path,
            scopes: <scope::$scope as Scope>::ANY,
            summary: $summary,
            wire: $wire,
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
    endpoint!("auth-token", POST "/oauth/token", public, auth::token::handle, "Gives an access token for client credentials.",
        gives::<auth::messages::TokenAnswer>(200).takes::<auth::messages::TokenRequest>().as_form().fails(&[E::AuthenticationError, E::TooManyRequests])),
    endpoint!("auth-jwks", GET "/.well-known/jwks.json", public, auth::jwks::handle, "Shows the keys that verify access tokens.",
        gives::<serde_json::Value>(200)),
    endpoint!("connectors-staged-create", POST "/connectors/drafts", ManageConnectors, connectors_staged::create::handle, "Registers a draft of a Connector.",
        gives::<ConnectorStaged>(201).takes::<ConnectorStagedDraft>().fails(&[E::DuplicateField, E::GitRepositoryNotReachable, E::ConnectorSpecificationFileNotFound, E::ConnectorSpecificationFileNotValid])),
    endpoint!("connectors-staged-query", GET "/connectors/drafts", ViewConnectors, connectors_staged::query::handle, "Lists the Project's drafts.",
        gives::<Page<ConnectorStaged>>(200).query(&[query::LISTS, query::STAGED])),
    endpoint!("connectors-staged-get", GET "/connectors/drafts/{id}", ViewConnectors, connectors_staged::get::handle, "Shows a draft.",
        gives::<ConnectorStaged>(200).waits()),
    endpoint!("connectors-staged-update", POST "/connectors/drafts/{id}", ManageConnectors, connectors_staged::update::handle, "Changes, previews or publishes a draft.",
        gives::<ConnectorStaged>(201).takes::<ConnectorUpdate>().fails(failures::STAGED_UPDATE)),
    endpoint!("connectors-staged-delete", DELETE "/connectors/drafts/{id}", ManageConnectors, connectors_staged::delete::handle, "Deletes a draft and its Connector.",
        gives::<ConnectorStaged>(200).fails(&[E::ConnectorStagedInUse])),
    endpoint!("reports-query", GET "/connectors/drafts/{id}/reports", ViewConnectors, reports::query::handle, "Lists the previews and publications of a draft.",
        gives::<Page<reports::RunReport>>(200).query(&[query::LISTS])),
    endpoint!("reports-get", GET "/connectors/drafts/{id}/reports/{run}", ViewConnectors, reports::get::handle, "Shows all that a preview or publication found.",
        gives::<reports::get::FullReport>(200).waits()),
    endpoint!("connectors-search", GET "/connectors/search", ViewConnectors, connectors::search::handle, "Finds Connectors that the Project can deploy.",
        gives::<Page<Connector>>(200).query(&[query::LISTS, query::SEARCH])),
    endpoint!("connectors-get", GET "/connectors/{id}", ViewConnectors, connectors::get::handle, "Shows a Connector.",
        gives::<Connector>(200)),
    endpoint!("deployments-create", POST "/{projectKey}/deployments", ManageDeployments, deployments::create::handle, "Deploys a Connector or a draft.",
        gives::<Deployment>(201).takes::<DeploymentDraft>().fails(failures::DEPLOY)),
    endpoint!("deployments-query", GET "/{projectKey}/deployments", ViewDeployments, deployments::query::handle, "Lists the Project's Deployments.",
        gives::<Page<Deployment>>(200).query(&[query::LISTS, query::DEPLOYMENTS])),
    endpoint!("deployments-get", GET "/{projectKey}/deployments/{id}", ViewDeployments, deployments::get::handle, "Shows a Deployment.",
        gives::<Deployment>(200).waits()),
    endpoint!("deployments-update", POST "/{projectKey}/deployments/{id}", ManageDeployments, deployments::update::handle, "Deploys again, with other values or a newer Connector.",
        gives::<Deployment>(201).takes::<DeploymentUpdate>().fails(failures::REDEPLOY)),
    endpoint!("deployments-delete", DELETE "/{projectKey}/deployments/{id}", ManageDeployments, deployments::delete::handle, "Undeploys.",
        gives::<Deployment>(202).query(&[query::UNDEPLOY]).fails(&[E::DeploymentInvalidStatusTransition, E::ConcurrentModification])),
    endpoint!("deployments-logs", GET "/{projectKey}/deployments/{id}/logs", ViewDeployments, deployments::logs::handle, "Pages through the logs of a Deployment.",
        gives::<deployments::logs::Logs>(200).follows().query(&[query::LOGS]).fails(&[E::DeploymentApplicationDoesNotExist, E::DeploymentLogInvalidDate, E::DeploymentLogInvalidPageToken])),
    endpoint!("revisions-query", GET "/{projectKey}/deployments/{id}/revisions", ViewDeployments, revisions::query::handle, "Lists what a Deployment can be rolled back to.",
        gives::<Page<revisions::Revision>>(200).query(&[query::LISTS])),
    endpoint!("revisions-get", GET "/{projectKey}/deployments/{id}/revisions/{revision}", ViewDeployments, revisions::get::handle, "Shows a revision.",
        gives::<revisions::Revision>(200)),
    endpoint!("revisions-rollback", POST "/{projectKey}/deployments/{id}/revisions/{revision}/rollback", ManageDeployments, revisions::rollback::handle, "Deploys an earlier revision again.",
        gives::<Deployment>(201).takes::<revisions::rollback::DeploymentRollback>().fails(&[E::DeploymentRollbackNotAllowed, E::ConcurrentModification])),
    endpoint!("executions-create", POST "/{projectKey}/deployments/{id}/applications/{name}/executions", ManageDeployments, executions::create::handle, "Runs a job now.",
        gives::<executions::Execution>(201).fails(failures::EXECUTION)),
    endpoint!("executions-query", GET "/{projectKey}/deployments/{id}/applications/{name}/executions", ViewDeployments, executions::query::handle, "Lists the executions of a job.",
        gives::<Page<executions::Execution>>(200).query(&[query::LISTS]).fails(&[E::DeploymentApplicationDoesNotExist, E::DeploymentApplicationNotAJob])),
    endpoint!("dead-letters-query", GET "/{projectKey}/deployments/{id}/applications/{name}/dead-letters", ViewDeployments, dead_letters::query::handle, "Lists the events that an application did not acknowledge.",
        gives::<Page<dead_letters::DeadLetter>>(200).query(&[query::LISTS]).fails(&[E::DeploymentApplicationDoesNotExist, E::DeploymentApplicationTakesNoEvents])),
    endpoint!("dead-letters-get", GET "/{projectKey}/deployments/{id}/applications/{name}/dead-letters/{message}", ViewDeployments, dead_letters::get::handle, "Shows such an event.",
        gives::<dead_letters::DeadLetter>(200).fails(&[E::DeploymentApplicationDoesNotExist, E::DeploymentApplicationTakesNoEvents])),
    endpoint!("dead-letters-replay", POST "/{projectKey}/deployments/{id}/applications/{name}/dead-letters/{message}/replay", ManageDeployments, dead_letters::replay::handle, "Delivers such an event again.",
        gives::<dead_letters::DeadLetter>(202).fails(&[E::DeploymentApplicationDoesNotExist, E::DeploymentApplicationTakesNoEvents])),
    endpoint!("dead-letters-replay-all", POST "/{projectKey}/deployments/{id}/applications/{name}/dead-letters/replay", ManageDeployments, dead_letters::replay_all::handle, "Delivers all of them again.",
        gives::<dead_letters::DeadLettersChange>(202).fails(&[E::DeploymentApplicationDoesNotExist, E::DeploymentApplicationTakesNoEvents])),
    endpoint!("dead-letters-delete", DELETE "/{projectKey}/deployments/{id}/applications/{name}/dead-letters/{message}", ManageDeployments, dead_letters::delete::handle, "Throws such an event away.",
        gives::<dead_letters::DeadLetter>(200).fails(&[E::DeploymentApplicationDoesNotExist, E::DeploymentApplicationTakesNoEvents])),
    endpoint!("dead-letters-purge", DELETE "/{projectKey}/deployments/{id}/applications/{name}/dead-letters", ManageDeployments, dead_letters::purge::handle, "Throws all of them away.",
        gives::<dead_letters::DeadLettersChange>(200).fails(&[E::DeploymentApplicationDoesNotExist, E::DeploymentApplicationTakesNoEvents])),
    endpoint!("certifications-query", GET "/certifications", ManageCertifications, certifications::query::handle, "Lists the drafts that wait for a certifier or have one.",
        gives::<Page<Certification>>(200).query(&[query::LISTS, query::CERTIFICATIONS])),
    endpoint!("certifications-get", GET "/certifications/{id}", ManageCertifications, certifications::get::handle, "Shows a certification.",
        gives::<Certification>(200)),
    endpoint!("certifications-update", POST "/certifications/{id}", ManageCertifications, certifications::update::handle, "Takes a certification, writes to its creator, or decides.",
        gives::<Certification>(201).takes::<CertificationUpdate>().fails(&[E::ConnectorStagedInCertification, E::ConnectorStagedNotInCertification, E::ConcurrentModification])),
    endpoint!("docs-openapi", GET "/openapi.json", public, openapi::handle, "Shows this description.",
        gives::<serde_json::Map<String, serde_json::Value>>(200)),
    endpoint!("docs-page", GET "/docs", public, docs::handle, "Shows this description as a page.",
        gives::<String>(200).as_page()),
];

/// Every worker.
pub static WORKERS: &[Worker] = &[
    Worker {
        name: "preview",
        timeout: Duration::from_secs(300),
        at_a_time: 16,
        handler: |platform, message| Box::pin(workers::preview::handle(platform, message)),
    },
    Worker {
        name: "publish",
        timeout: Duration::from_secs(300),
        at_a_time: 16,
        handler: |platform, message| Box::pin(workers::publish::handle(platform, message)),
    },
    Worker {
        name: "deploy",
        timeout: Duration::from_secs(900),
        at_a_time: 16,
        handler: |platform, message| Box::pin(workers::deploy::handle(platform, message)),
    },
    Worker {
        name: "undeploy",
        timeout: Duration::from_secs(900),
        at_a_time: 16,
        handler: |platform, message| Box::pin(workers::undeploy::handle(platform, message)),
    },
    Worker {
        name: "deliver_event",
        timeout: Duration::from_secs(60),
        at_a_time: 64,
        handler: |platform, message| Box::pin(workers::deliver_event::handle(platform, message)),
    },
    Worker {
        name: "trigger_job",
        timeout: Duration::from_secs(1800),
        at_a_time: 64,
        handler: |platform, message| Box::pin(workers::trigger_job::handle(platform, message)),
    },
    Worker {
        name: "build_ended",
        timeout: Duration::from_secs(60),
        at_a_time: 16,
        handler: |platform, message| Box::pin(workers::build_ended::handle(platform, message)),
    },
];

/// Every scheduled function.
pub static SCHEDULED: &[Scheduled] = &[
    Scheduled {
        name: "sweep",
        every: Duration::from_secs(60),
        timeout: Duration::from_secs(300),
        handler: |platform| Box::pin(async move { scheduled::sweep::handle(&platform).await }),
    },
    Scheduled {
        name: "refresh_advisories",
        every: Duration::from_secs(24 * 60 * 60),
        timeout: Duration::from_secs(900),
        handler: |platform| {
            Box::pin(async move { scheduled::refresh_advisories::handle(&platform).await })
        },
    },
];

/// Every function of the operator.
pub static OPERATED: &[Operated] = &[Operated {
    name: "clients",
    handler: |platform, order| Box::pin(operator::clients::handle(platform, order)),
}];

/// The worker of a name.
#[must_use]
pub fn worker(name: &str) -> Option<&'static Worker> {
    WORKERS.iter().find(|worker| worker.name == name)
}
