//! The checks of a commit's source and of its bundles: each once for what it looks at and what it is judged by, whichever run asks.

use blobs::Blobs;
use checks::image::{self, ImageFacts, NodeRelease};
use checks::policy::Waiver;
use checks::{Bundle, CheckResult, Memory, Seen, SourceChecks};
use domain::connector::Artifact;
use domain::names::{ApplicationName, ArtifactHash, ProjectKey};
use domain::run::{Run, RunKind};
use domain::spec::Spec;
use files::TemporaryFolder;
use std::fs::File;
use std::io::BufReader;
use std::sync::Arc;
use tokio::runtime::Handle;
use work::Fault;

use crate::platform::Platform;
use crate::workers::fetch::Fetched;

/// The size of a bundle on its host, in bytes before compression: what AWS Lambda takes (docs.aws.amazon.com, Lambda quotas), so that what
/// passes on one engine runs on the other.
const BUNDLE_BYTES: u64 = 250 << 20;

/// Checks the source, which is in the blobs.
pub(crate) async fn source(
    platform: &Arc<Platform>,
    run: &Run,
    fetched: &Fetched,
    spec: &Spec,
) -> Result<SourceChecks, Fault> {
    let standards = &platform.standards;
    let now = platform.desk.clock.now();
    let certification = for_certification(run);
    let advisories = standards.advisories(&platform.blobs, &platform.scratch);
    let advisories = advisories.await?;
    let key = || {
        let stamp = standards.stamp(standards.terms(now, certification, &advisories));
        blobs::keys::source_checks(run.owner.as_str(), &fetched.commit, &stamp)
    };
    if let Some(before) = platform.blobs.get_json(&key()).await? {
        return Ok(before);
    }
    let folder = TemporaryFolder::create_in(&platform.scratch, "source-").map_err(Fault::of)?;
    let archive = folder.path().join("source.tar.gz");
    let source = blobs::keys::source(run.owner.as_str(), &fetched.commit);
    if !platform.blobs.get_file(&source, &archive).await? {
        return Err(Fault(format!("the source {source} is not stored")));
    }
    let checked = {
        let (platform, spec, advisories) = (platform.clone(), spec.clone(), advisories.clone());
        let tree = folder.path().join("tree");
        let memory = StoredMemory {
            blobs: platform.blobs.clone(),
            owner: run.owner.clone(),
            runtime: Handle::current(),
        };
        let check = move || {
            builder::unpack(&archive, &tree).map_err(Fault::of)?;
            let standards = &platform.standards;
            let terms = standards.terms(now, certification, &advisories);
            let checked = standards.check(&tree, &spec, terms, Some(&memory));
            checked.map_err(Fault::of)
        };
        tokio::task::spawn_blocking(check)
            .await
            .map_err(Fault::of)??
    };
    let mut whole = true;
    for result in &checked.results {
        if let checks::Ended::Crashed(panic) = &result.ended {
            tracing::error!(run = %run.id, check = ?result.check, panic, "a check crashed");
            whole = false;
        }
    }
    // What crashed is tried again by the next run.
    if whole {
        // The key tells now whether the registry answered.
        platform.blobs.put_json(&key(), &checked).await?;
    }
    Ok(checked)
}

/// What was seen in the applications of a Project, kept with the blobs. One that does not answer costs time and nothing else.
struct StoredMemory {
    blobs: Blobs,
    owner: ProjectKey,
    runtime: Handle,
}

impl StoredMemory {
    fn key(&self, digest: &str) -> String {
        blobs::keys::seen(self.owner.as_str(), digest, checks::version())
    }
}

impl Memory for StoredMemory {
    fn recall(&self, digest: &str) -> Option<Seen> {
        let read = self
            .runtime
            .block_on(self.blobs.get_json(&self.key(digest)));
        read.unwrap_or_else(|error| {
            tracing::warn!(%error, "what was seen in a part of a source cannot be read, so it is looked at again");
            None
        })
    }

    fn keep(&self, digest: &str, seen: &Seen) {
        let kept = self
            .runtime
            .block_on(self.blobs.put_json(&self.key(digest), seen));
        if let Err(error) = kept {
            tracing::warn!(%error, "what was seen in a part of a source cannot be kept, so it will be looked at again");
        }
    }
}

/// Checks the bundle of an application.
pub(crate) async fn bundle(
    platform: &Platform,
    run: &Run,
    application: &ApplicationName,
    artifact: &Artifact,
    waivers: &[Waiver],
) -> Result<CheckResult, Fault> {
    let facts = facts(platform, &artifact.hash).await?;
    let bundle = Bundle {
        application,
        facts: &facts,
        node: artifact.node.as_deref().map(|release| NodeRelease {
            release,
            offered: builder::offered_release(release),
        }),
        limit: BUNDLE_BYTES,
        waivers,
    };
    let now = platform.desk.clock.now();
    let terms = platform.standards.terms(now, for_certification(run), &[]);
    Ok(checks::check_image(&bundle, terms))
}

/// The facts of a bundle, which never change.
async fn facts(platform: &Platform, hash: &ArtifactHash) -> Result<ImageFacts, Fault> {
    let key = blobs::keys::bundle_facts(hash, checks::version());
    if let Some(before) = platform.blobs.get_json(&key).await? {
        return Ok(before);
    }
    let folder = TemporaryFolder::create_in(&platform.scratch, "bundle-").map_err(Fault::of)?;
    let archive = folder.path().join("bundle.tar.gz");
    if !platform
        .blobs
        .get_file(&blobs::keys::artifact(hash), &archive)
        .await?
    {
        return Err(Fault(format!("the artifact {hash} is not stored")));
    }
    let gather = move || image::gather(BufReader::new(File::open(&archive)?));
    let facts = tokio::task::spawn_blocking(gather)
        .await
        .map_err(Fault::of)?
        .map_err(Fault::of)?;
    platform.blobs.put_json(&key, &facts).await?;
    Ok(facts)
}

pub(crate) fn for_certification(run: &Run) -> bool {
    matches!(
        run.kind,
        RunKind::Publish {
            certification: true
        }
    )
}

#[cfg(test)]
mod tests {
    use builder::offered_release;
    use checks::image::vulnerable;

    #[test]
    #[cfg(target_os = "linux")]
    fn no_release_that_builds_use_has_a_published_vulnerability() {
        for line in ["22", "24"] {
            let offered = offered_release(line).expect("the line is offered");
            assert_eq!(vulnerable(offered), None, "{offered}");
        }
    }
}
