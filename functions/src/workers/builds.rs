//! Builds are ordered once, and looked for by what goes into them: what was built once is never built again.

use std::collections::BTreeMap;

use builder::{BuildOrder, FailedBuild, Manifest};
use domain::connector::Artifact;
use domain::names::ApplicationName;
use domain::run::Run;
use work::Fault;

use crate::platform::Platform;
use crate::workers::fetch::{Fetched, Planned};

/// What came of the build of one application.
pub(crate) enum Outcome {
    /// It is there.
    Built(Artifact, Box<Manifest>),
    /// It failed in this run.
    Failed(FailedBuild),
}

/// The outcomes of the builds of a commit that have ended; those that are missing are ordered.
pub(crate) async fn outcomes(
    platform: &Platform,
    run: &Run,
    fetched: &Fetched,
) -> Result<BTreeMap<ApplicationName, Outcome>, Fault> {
    let mut outcomes = BTreeMap::new();
    for planned in &fetched.applications {
        match outcome(platform, run, planned).await? {
            Some(outcome) => {
                outcomes.insert(planned.name.clone(), outcome);
            }
            None => order(platform, run, fetched, planned).await?,
        }
    }
    Ok(outcomes)
}

async fn outcome(
    platform: &Platform,
    run: &Run,
    planned: &Planned,
) -> Result<Option<Outcome>, Fault> {
    let manifest: Option<Manifest> = platform
        .blobs
        .get_json(&blobs::keys::manifest(&planned.hash))
        .await?;
    if let Some(manifest) = manifest {
        let artifact = Artifact {
            hash: planned.hash.clone(),
            node: manifest.start.is_some().then(|| manifest.node.to_string()),
            bytes: manifest.archive_bytes,
        };
        return Ok(Some(Outcome::Built(artifact, Box::new(manifest))));
    }
    let failure = blobs::keys::build_failure(run.id, &planned.hash);
    Ok(platform
        .blobs
        .get_json(&failure)
        .await?
        .map(Outcome::Failed))
}

async fn order(
    platform: &Platform,
    run: &Run,
    fetched: &Fetched,
    planned: &Planned,
) -> Result<(), Fault> {
    let order = BuildOrder {
        run: run.id,
        project: run.owner.clone(),
        owner: run.owner.clone(),
        commit: fetched.commit.clone(),
        application: planned.name.clone(),
        kind: planned.kind,
        environment: Vec::new(),
        hash: planned.hash.clone(),
    };
    platform.builds.order(order).await.map_err(Fault::of)
}
