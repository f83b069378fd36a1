//! What a reference to a Connector or a draft comes to: a release, and the copy that the Deployment shows.

use domain::configuration;
use domain::connector::{Connector, ConnectorRecord, Creator, Release};
use domain::connector_staged::{ConnectorStaged, ConnectorStagedRecord};
use domain::deployment::{ConnectorReference, DeploymentConnector, DeploymentType};
use domain::error::{ApiError, ErrorCode};
use domain::lifecycle::connector_staged::IsPreviewable;
use domain::names::{Key, ProjectKey, Region};
use serde_json::json;
use store::Store;
use uuid::Uuid;
use web::{Fail, IdOrKey};

use crate::connectors;
use crate::connectors_staged::named;

/// A release with the copy of its Connector.
pub(crate) struct Referred {
    pub(crate) connector: DeploymentConnector,
    pub(crate) release: Release,
}

/// What the draft of a Deployment names, if the Project may deploy it.
pub(crate) async fn resolve(
    store: &Store,
    reference: &ConnectorReference,
    project: &ProjectKey,
    kind: Option<DeploymentType>,
) -> Result<(Referred, DeploymentType), Fail> {
    let name = match (&reference.id, &reference.key) {
        (Some(id), _) => IdOrKey::Id(*id),
        (None, Some(key)) => IdOrKey::Key(key.clone()),
        (None, None) => {
            let detail =
                "connector: neither id nor key is given; name the Connector by one of them";
            return Err(ErrorCode::InvalidJsonInput.detail(detail).into());
        }
    };
    if reference.staged.unwrap_or(false) {
        let record = staged(store, &name, project, reference).await?;
        let kind = kind.unwrap_or(DeploymentType::Preview);
        if kind != DeploymentType::Preview {
            return Err(invalid_type(
                record.staged.id,
                record.staged.key.as_ref(),
                kind,
                "'preview'",
            )
            .into());
        }
        return Ok((of_staged(&record)?, kind));
    }
    let record = connectors::get::find(store, &name, project).await?;
    let record = record.filter(|record| {
        reference
            .version
            .is_none_or(|version| version == record.connector.version)
    });
    let record = record.ok_or_else(|| not_found(&name, reference.version))?;
    let kind = kind.unwrap_or(DeploymentType::Sandbox);
    if kind == DeploymentType::Preview {
        return Err(invalid_type(
            record.connector.id,
            record.connector.key.as_ref(),
            kind,
            "'sandbox' and 'production'",
        )
        .into());
    }
    Ok((of_connector(record), kind))
}

async fn staged(
    store: &Store,
    name: &IdOrKey,
    project: &ProjectKey,
    reference: &ConnectorReference,
) -> Result<ConnectorStagedRecord, Fail> {
    let record = named(store, name).await?;
    let record = record.filter(|record| {
        // A draft keeps no earlier version, and its own changes count versions up: only one that does not exist yet is unknown.
        let known = reference
            .version
            .is_none_or(|version| version <= record.staged.version);
        may_preview(record, project) && known
    });
    record.ok_or_else(|| not_found(name, reference.version).into())
}

/// Whether a Project may run a draft: its own, or one that names the Project.
pub(crate) fn may_preview(record: &ConnectorStagedRecord, project: &ProjectKey) -> bool {
    &record.owner == project || record.previewable_by(project)
}

/// What a preview Deployment of a draft runs.
pub(crate) fn of_staged(record: &ConnectorStagedRecord) -> Result<Referred, ApiError> {
    let staged = &record.staged;
    let release = record
        .preview
        .clone()
        .filter(|_| staged.is_previewable == IsPreviewable::True);
    let release = release.ok_or_else(|| {
        ErrorCode::ConnectorStagedNotPreviewable.with([
            ("id", json!(staged.id.to_string())),
            ("key", json!(staged.key)),
            ("version", json!(staged.version)),
        ])
    })?;
    Ok(Referred {
        connector: copy_staged(staged, &release),
        release,
    })
}

/// What a Deployment of a published Connector runs.
pub(crate) fn of_connector(record: ConnectorRecord) -> Referred {
    Referred {
        connector: copy(record.connector, &record.release),
        release: record.release,
    }
}

fn copy_staged(staged: &ConnectorStaged, release: &Release) -> DeploymentConnector {
    let ConnectorStaged {
        id,
        key,
        version,
        name,
        integration_types,
        ..
    } = staged.clone();
    DeploymentConnector {
        id,
        key,
        version,
        name,
        description: staged.published_description(),
        integration_types,
        creator: Creator::clone(&staged.creator),
        repository: release.repository.clone(),
        configurations: configuration::configurations(&release.spec),
        global_configuration: configuration::global_configuration(&release.spec),
        certified: false,
        supported_regions: staged.supported_regions.clone(),
        documentation_url: staged.documentation_url.clone(),
    }
}

fn copy(connector: Connector, release: &Release) -> DeploymentConnector {
    DeploymentConnector {
        id: connector.id,
        key: connector.key,
        version: connector.version,
        name: connector.name,
        description: connector.description,
        integration_types: connector.integration_types,
        creator: connector.creator,
        repository: release.repository.clone(),
        configurations: connector.configurations,
        global_configuration: connector.global_configuration,
        certified: connector.certified,
        supported_regions: connector.supported_regions,
        documentation_url: connector.documentation_url,
    }
}

/// Refuses a Region in which the Connector is not offered, and a Connector without applications.
pub(crate) fn check(
    referred: &Referred,
    region: Region,
    offered: Option<&[Region]>,
) -> Result<(), ApiError> {
    let regions = &referred.connector.supported_regions;
    let elsewhere = offered.is_some_and(|offered| !offered.contains(&region));
    if elsewhere || (!regions.is_empty() && !regions.contains(&region)) {
        return Err(
            ErrorCode::DeploymentUnsupportedRegion.with([("region", json!(region.as_str()))])
        );
    }
    if referred.release.spec.applications.is_empty() {
        return Err(ErrorCode::DeploymentApplicationRequired.plain());
    }
    Ok(())
}

fn not_found(name: &IdOrKey, version: Option<u64>) -> ApiError {
    let identifier = match name {
        IdOrKey::Id(id) => id.to_string(),
        IdOrKey::Key(key) => key.to_string(),
    };
    let version = version.map_or_else(|| json!("latest"), |version| json!(version));
    ErrorCode::ConnectorReferenceNotFound
        .with([("identifier", json!(identifier)), ("version", version)])
}

fn invalid_type(id: Uuid, key: Option<&Key>, kind: DeploymentType, allowed: &str) -> ApiError {
    ErrorCode::DeploymentInvalidType.with([
        ("id", json!(id.to_string())),
        ("key", json!(key)),
        ("type", json!(kind.as_str())),
        ("allowed", json!(allowed)),
    ])
}
