//! `GET /{projectKey}/deployments`: the Project's Deployments (contract, section 2.1).

use std::sync::Arc;

use domain::connector::IntegrationType;
use domain::deployment::{DeploymentRecord, DeploymentType};
use store::{Entry, keys};
use web::{Answer, Caller, Paging, Request, scope};

use crate::deployments::show;
use crate::lists::{self, Wanted};
use crate::platform::Platform;

/// Lists Deployments.
///
/// # Errors
/// `InvalidQueryParam`, for every parameter that is out of range.
pub async fn handle(
    platform: Arc<Platform>,
    caller: Caller<scope::ViewDeployments>,
    request: Request,
) -> Answer {
    caller.in_project(request.parameter("projectKey"))?;
    let paging = Paging::of(&request.query)?;
    let types: Vec<IntegrationType> = request.query.names("integrationTypes")?;
    request.query.single("deploymentType")?;
    let kinds: Vec<DeploymentType> = request.query.names("deploymentType")?;
    let filter = |entry: &Entry| {
        let has = |one| entry.integration_types.contains(one);
        (types.is_empty() || types.iter().any(has))
            && (kinds.is_empty()
                || entry
                    .deployment_type
                    .is_some_and(|kind| kinds.contains(&kind)))
    };
    let filters = !(types.is_empty() && kinds.is_empty());
    let wanted = Wanted {
        list: keys::lists::deployments(&caller.project),
        paging,
        filter: filters.then_some(&filter as _),
    };
    let show = |record: DeploymentRecord| show::deployment(record, &platform.addresses);
    lists::page(&platform.desk.store, wanted, show).await
}
