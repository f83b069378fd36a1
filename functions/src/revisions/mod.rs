//! Revisions: what once served and can serve again (contract, sections 9.1 and 16).

pub mod get;
pub mod query;
pub mod rollback;

use domain::configuration::DeploymentGlobalConfiguration;
use domain::connector::Repository;
use domain::deployment::{ApplicationDeployment, RevisionRecord};
use domain::error::ErrorCode;
use domain::time::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::json;
use uuid::Uuid;
use web::{Fail, Request};

use crate::deployments::show;
use crate::platform::Addresses;

/// A revision as the wire shows it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "DeploymentRevision")]
#[serde(rename_all = "camelCase")]
pub struct Revision {
    revision_number: u64,
    current_revision: bool,
    created_at: Timestamp,
    connector: RevisionConnector,
    #[serde(skip_serializing_if = "Option::is_none")]
    global_configuration: Option<DeploymentGlobalConfiguration>,
    applications: Vec<ApplicationDeployment>,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "DeploymentRevisionConnector")]
struct RevisionConnector {
    id: Uuid,
    version: u64,
    repository: Repository,
}

impl Revision {
    fn of(mut record: RevisionRecord, serving: Option<u64>, addresses: &Addresses) -> Self {
        let target = record.target;
        show::with_urls(&mut record.applications, &target.release.spec, addresses);
        Self {
            revision_number: record.number,
            current_revision: serving == Some(record.number),
            created_at: record.created_at,
            global_configuration: target.values.shown_global(&target.release.spec),
            connector: RevisionConnector {
                id: target.connector.id,
                version: target.connector.version,
                repository: target.release.repository,
            },
            applications: record.applications,
        }
    }
}

/// The number of the revision that the path names.
fn number(request: &Request) -> Result<u64, Fail> {
    let text = request.parameter("revision");
    let number = text.parse().ok().filter(|number| *number >= 1);
    number.ok_or_else(|| {
        ErrorCode::InvalidPathParam
            .detail(format!(
                "'{text}' is no revision number; it is a whole number from 1"
            ))
            .into()
    })
}

/// What was read of a revision, if there is one.
fn existing(revision: Option<RevisionRecord>, number: u64) -> Result<RevisionRecord, Fail> {
    revision.ok_or_else(|| {
        ErrorCode::ResourceNotFound
            .with([
                ("resource", json!("DeploymentRevision")),
                ("identifier", json!(format!("number {number}"))),
            ])
            .into()
    })
}
