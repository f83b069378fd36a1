//! Static applications are built for their Deployment, with its values and their address compiled in (contract, section 10.1); the same
//! files with the same values are built once.

use std::collections::BTreeMap;

use builder::{BuildKind, BuildOrder, FailedBuild, Manifest, Step};
use domain::connector_staged::ConnectorStagedRecord;
use domain::deployment::DeploymentRecord;
use domain::names::{ApplicationName, ArtifactHash};
use domain::report::{EntryType, ReportEntry};
use domain::run::Run;
use hosting::Launch;
use store::keys;
use work::Fault;

use crate::platform::Platform;
use crate::workers::launches::Prepared;
use crate::workers::pending;

/// State of the builds of a deploy run's static applications.
pub(crate) enum Sites {
    /// Some builds go on.
    Waiting(Vec<ReportEntry>),
    /// All builds have ended.
    Ended(Vec<ReportEntry>),
}

/// Gives the launch of every static application the bundle that has its values, and orders the builds that are missing.
pub(crate) async fn compile(
    platform: &Platform,
    run: &Run,
    record: &DeploymentRecord,
    prepared: &mut [Prepared],
) -> Result<Sites, Fault> {
    let (mut sites, mut entries, mut waits) = (BTreeMap::new(), Vec::new(), false);
    for one in prepared
        .iter_mut()
        .filter(|one| !one.launch.kind.is_dynamic())
    {
        let name = &one.application.name;
        let Some(release) = record.target.release.artifacts.get(name) else {
            continue;
        };
        let values = values(&one.launch);
        one.launch.artifact = release.hash.clone();
        if !compiles(platform, &release.hash).await? {
            continue;
        }
        let hash = builder::address_with(&release.hash, &values);
        let now = platform.desk.clock.now();
        let entry = |kind, title: &str| ReportEntry::new(kind, title, now).application(name);
        let failure = blobs::keys::build_failure(run.id, &hash);
        if manifest(platform, &hash).await?.is_some() {
            entries.push(entry(
                EntryType::Information,
                "Application built with its values",
            ));
            one.launch.artifact = hash.clone();
            sites.insert(name.clone(), hash);
        } else if let Some(failed) = platform.blobs.get_json::<FailedBuild>(&failure).await? {
            let title = "Application could not be built with its values";
            entries.push(entry(EntryType::Error, title).message(&failed.message));
        } else {
            order(platform, run, record, name, values, hash).await?;
            entries.push(pending::site_build(name, now));
            waits = true;
        }
    }
    if waits {
        return Ok(Sites::Waiting(entries));
    }
    if !sites.is_empty() {
        let key = blobs::keys::sites(run.id);
        platform.blobs.put_json(&key, &sites).await?;
    }
    Ok(Sites::Ended(entries))
}

/// What a deploy run had built.
pub(crate) async fn stored(
    platform: &Platform,
    run: &Run,
) -> Result<BTreeMap<ApplicationName, ArtifactHash>, Fault> {
    let key = blobs::keys::sites(run.id);
    Ok(platform.blobs.get_json(&key).await?.unwrap_or_default())
}

/// A static application has no secrets: what it is built with ends up in every visitor's browser.
fn values(launch: &Launch) -> Vec<(String, String)> {
    let values = launch.environment.iter();
    values
        .map(|(name, value)| (name.clone(), value.expose().to_owned()))
        .collect()
}

async fn manifest(platform: &Platform, hash: &ArtifactHash) -> Result<Option<Manifest>, Fault> {
    let key = blobs::keys::manifest(hash);
    Ok(platform.blobs.get_json(&key).await?)
}

/// Whether a build script made the bundle; files that are served as they are have no place for values.
async fn compiles(platform: &Platform, hash: &ArtifactHash) -> Result<bool, Fault> {
    let manifest = manifest(platform, hash).await?;
    let built = |manifest: Manifest| manifest.steps.iter().any(|step| step.step == Step::Build);
    Ok(manifest.is_some_and(built))
}

async fn order(
    platform: &Platform,
    run: &Run,
    record: &DeploymentRecord,
    application: &ApplicationName,
    environment: Vec<(String, String)>,
    hash: ArtifactHash,
) -> Result<(), Fault> {
    // The source is its creator's, who may be another Project than the one that deploys.
    let connector = record.deployment.connector.id;
    let staged: Option<ConnectorStagedRecord> =
        platform.desk.store.get(&keys::staged(connector)).await?;
    let owner = staged.map(|staged| staged.owner);
    let gone = || Fault(format!("the draft {connector} of a Deployment is gone"));
    let order = BuildOrder {
        run: run.id,
        project: run.owner.clone(),
        owner: owner.ok_or_else(gone)?,
        commit: record.target.release.commit.clone(),
        application: application.clone(),
        kind: BuildKind::Static,
        environment,
        hash,
    };
    platform.builds.order(order).await.map_err(Fault::of)
}
