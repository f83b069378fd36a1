//! Before anything of a Deployment starts, its applications have the addresses and topics that their environments name.

use domain::deployment::DeploymentRecord;
use domain::names::ApplicationName;
use hosting::{Kind, Place};
use store::Commit;
use uuid::Uuid;
use work::Fault;

use crate::platform::{ApplicationAddresses, Platform};

/// Takes the places of the target's applications, and gives the record that shows them.
pub(crate) async fn take(
    platform: &Platform,
    mut record: DeploymentRecord,
) -> Result<DeploymentRecord, Fault> {
    let mut taken = Vec::new();
    for application in &record.target.release.spec.applications {
        let Some(id) = record.application_ids.get(&application.name).copied() else {
            continue;
        };
        let kind = Kind::of(application.kind);
        if kind == Kind::Event {
            platform.topics.set(id).await.map_err(Fault::of)?;
        }
        if let Some(url) = address(platform, &record, &application.name, id, kind).await? {
            taken.push((id, url));
        }
    }
    if taken.is_empty() {
        return Ok(record);
    }
    for (id, url) in taken {
        let mut shown = record.deployment.applications.iter_mut();
        if let Some(shown) = shown.find(|one| one.id == id) {
            shown.url = Some(url);
        }
    }
    record.deployment.version += 1;
    platform
        .desk
        .commit(Commit::new().update(&record))
        .await
        .map_err(Fault::from)?;
    Ok(record)
}

/// The address that the record lacks, of an application that anybody may call.
async fn address(
    platform: &Platform,
    record: &DeploymentRecord,
    name: &ApplicationName,
    application: Uuid,
    kind: Kind,
) -> Result<Option<String>, Fault> {
    let given = matches!(
        platform.addresses.applications,
        ApplicationAddresses::OfHosting { .. }
    );
    let mut shown = record.deployment.applications.iter();
    let has = shown.any(|one| one.id == application && one.url.is_some());
    let Some(artifact) = record.target.release.artifacts.get(name) else {
        return Ok(None);
    };
    if !given || has || !kind.is_public() {
        return Ok(None);
    }
    let place = Place {
        deployment: record.deployment.id,
        application,
        name: name.clone(),
        kind,
        artifact: artifact.hash.clone(),
    };
    platform.hosting.address(&place).await.map_err(Fault::of)
}
