//! `GET /{projectKey}/deployments`: the Project's Deployments (contract, section 2.1).

use std::sync::Arc;

use domain::connector::IntegrationType;
use domain::deployment::{DeploymentRecord, DeploymentType};
use store::keys::lists;
use web::{Answer, Caller, Paging, Request, SortField, scope};

use crate::deployments::show;
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
    let kinds: Vec<DeploymentType> = request.query.names("deploymentType")?;
    let list = lists::deployments(&caller.project);
    let mut records: Vec<DeploymentRecord> = platform.desk.store.list(&list).await?;
    records.retain(|record| {
        let deployment = &record.deployment;
        let has = |one: &IntegrationType| deployment.connector.integration_types.contains(one);
        (types.is_empty() || types.iter().any(has))
            && (kinds.is_empty() || kinds.contains(&deployment.kind))
    });
    web::ok(&paging.page(records, sort_text, |record| {
        show::deployment(record, &platform.addresses)
    }))
}

fn sort_text(record: &DeploymentRecord, by: SortField) -> String {
    match by {
        SortField::CreatedAt => record.created_at.to_string(),
        SortField::LastModifiedAt => record.last_modified_at.to_string(),
        SortField::Name => record.deployment.connector.name.clone(),
        SortField::Key => record
            .deployment
            .key
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default(),
    }
}
