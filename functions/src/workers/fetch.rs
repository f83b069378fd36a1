//! A commit is fetched once: its tree goes into the blobs, beside a plan that says what it needs to be built and what is wrong with it.

use std::fs::File;
use std::path::Path;

use builder::{BuildKind, BuildRequest, PlanFinding};
use checks::{Check, Finding, Place, Severity};
use domain::certification::Evidence;
use domain::connector::Repository;
use domain::names::{ApplicationName, ArtifactHash, CommitId, ProjectKey};
use domain::spec::Spec;
use files::TemporaryFolder;
use flate2::Compression;
use flate2::write::GzEncoder;
use serde::{Deserialize, Serialize};
use source::SourceError;
use work::Fault;

use crate::platform::Platform;

/// One application of a commit, ready to be built.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Planned {
    pub(crate) name: ApplicationName,
    pub(crate) kind: BuildKind,
    pub(crate) hash: ArtifactHash,
    /// What its author should know, though it stops nothing.
    pub(crate) notes: Vec<String>,
}

/// A commit whose tree is in the blobs.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Fetched {
    pub(crate) commit: CommitId,
    pub(crate) builder: String,
    pub(crate) spec: Option<Spec>,
    pub(crate) applications: Vec<Planned>,
    /// What is wrong; empty where everything can be built.
    pub(crate) findings: Vec<Finding>,
    /// What a certifier will see; none where connect.yaml cannot be read.
    #[serde(default)]
    pub(crate) evidence: Option<Evidence>,
}

impl Fetched {
    /// The address of an application's artifact.
    pub(crate) fn address(&self, application: &ApplicationName) -> Option<&ArtifactHash> {
        let planned = self.applications.iter();
        let mut named = planned.filter(|planned| &planned.name == application);
        named.next().map(|planned| &planned.hash)
    }
}

/// Why there is no tree.
pub(crate) enum FetchError {
    /// The repository's owner can mend it.
    Verdict(String),
    /// Ours.
    Fault(Fault),
}

impl<E: Into<Fault>> From<E> for FetchError {
    fn from(error: E) -> Self {
        Self::Fault(error.into())
    }
}

/// Fetches the commit that the tag names now, or that it named when the run began, unless it was fetched before.
pub(crate) async fn fetch(
    platform: &Platform,
    owner: &ProjectKey,
    repository: &Repository,
    begun_with: Option<&CommitId>,
) -> Result<Fetched, FetchError> {
    let Repository { url, tag } = repository;
    let commit = match begun_with {
        Some(commit) => commit.clone(),
        None => platform
            .git
            .resolve_tag(url, tag)
            .await
            .map_err(source_error)?,
    };
    let key = blobs::keys::source_plan(owner.as_str(), &commit);
    let before: Option<Fetched> = platform.blobs.get_json(&key).await?;
    let usable = |before: &Fetched| {
        before.builder == builder::VERSION && before.spec.is_some() == before.evidence.is_some()
    };
    if let Some(fetched) = before.filter(usable) {
        return Ok(fetched);
    }
    let folder = TemporaryFolder::create_in(&platform.scratch, "source-").map_err(Fault::of)?;
    let tree = folder.path().join("tree");
    let commit = platform
        .git
        .fetch_tree(url, tag, &tree)
        .await
        .map_err(source_error)?;
    let archive = folder.path().join("source.tar.gz");
    let (packed, fetched) = {
        let (tree, archive) = (tree.clone(), archive.clone());
        let read = move || (pack(&tree, &archive), read(&tree, commit));
        tokio::task::spawn_blocking(read).await.map_err(Fault::of)?
    };
    packed.map_err(Fault::of)?;
    let fetched = fetched.map_err(Fault::of)?;
    let source = blobs::keys::source(owner.as_str(), &fetched.commit);
    platform.blobs.put_file(&source, &archive).await?;
    let key = blobs::keys::source_plan(owner.as_str(), &fetched.commit);
    platform.blobs.put_json(&key, &fetched).await?;
    Ok(fetched)
}

/// What was seen in the source of a commit that was fetched before.
pub(crate) async fn evidence(
    platform: &Platform,
    owner: &ProjectKey,
    commit: &CommitId,
) -> Result<Option<Evidence>, Fault> {
    let key = blobs::keys::source_plan(owner.as_str(), commit);
    let fetched: Option<Fetched> = platform.blobs.get_json(&key).await?;
    Ok(fetched.and_then(|fetched| fetched.evidence))
}

fn source_error(error: SourceError) -> FetchError {
    match error {
        SourceError::Fault(fault) => FetchError::Fault(Fault::of(fault)),
        error => FetchError::Verdict(error.to_string()),
    }
}

fn pack(tree: &Path, archive: &Path) -> std::io::Result<()> {
    let mut tar = tar::Builder::new(GzEncoder::new(File::create(archive)?, Compression::fast()));
    tar.follow_symlinks(false);
    tar.mode(tar::HeaderMode::Deterministic);
    tar.append_dir_all("", tree)?;
    tar.into_inner()?.finish()?.sync_all()
}

/// Facts first, then what is wrong with them, all at once.
fn read(tree: &Path, commit: CommitId) -> std::io::Result<Fetched> {
    let mut fetched = Fetched {
        commit,
        builder: builder::VERSION.to_owned(),
        spec: None,
        applications: Vec::new(),
        findings: Vec::new(),
        evidence: None,
    };
    let checked = checks::check_spec(tree)?;
    fetched.findings = checked.findings;
    let (Some(spec), Some(facts)) = (checked.spec, checked.facts) else {
        return Ok(fetched);
    };
    fetched.evidence = Some(checks::evidence(tree, &spec, &facts)?);
    for application in &spec.applications {
        let kind = if application.kind.is_dynamic() {
            BuildKind::Dynamic
        } else {
            BuildKind::Static
        };
        let request = BuildRequest {
            tree: tree.to_owned(),
            application: application.name.clone(),
            kind,
            environment: Vec::new(),
        };
        match builder::plan(&request) {
            Ok(plan) => fetched.applications.push(Planned {
                name: application.name.clone(),
                kind,
                hash: plan.hash,
                notes: plan.notes.iter().map(ToString::to_string).collect(),
            }),
            // The checks found it too, in the words of connect.yaml; a second report of the same would only be noise.
            Err(found) if fetched.findings.is_empty() => {
                fetched.findings.extend(found.into_iter().map(planned));
            }
            Err(_) => {}
        }
    }
    fetched.spec = Some(spec);
    Ok(fetched)
}

/// What stands in the way of a build, as a finding like every other.
fn planned(found: PlanFinding) -> Finding {
    Finding {
        check: Check::Spec,
        rule: "build/plan".to_owned(),
        severity: Severity::High,
        title: "The application cannot be built".to_owned(),
        message: found.what,
        remedy: found.remedy,
        cwe: None,
        place: Place {
            file: found.file,
            line: found.line.unwrap_or_default(),
            ..Place::default()
        },
        waived: None,
    }
}
