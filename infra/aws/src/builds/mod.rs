//! The adapter of `BuildEngine` on CodeBuild. A build has links to what it reads and writes, and a role that may do nothing else; its end
//! comes to the queue of `build_ended` by EventBridge.

mod builder_process;
mod order;

use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_codebuild::Client;
use aws_sdk_codebuild::error::DisplayErrorContext;
use aws_sdk_codebuild::types::{EnvironmentVariable, StatusType};
use blobs::{BlobError, Blobs, Download, keys};
use builder::{BuildEngine, BuildOrder, FailedBuild, OrderError, TRIES};
use sha2::{Digest, Sha256};

use crate::executable::Executable;
pub use builder_process::{HANDLER, run};
use order::{Links, Order};

/// How long a build's links open. It may wait in CodeBuild's queue; the credentials that sign them end earlier in the worst case, and
/// the build is then begun again.
const LINKS: Duration = Duration::from_secs(6 * 60 * 60);

/// Builds of CodeBuild.
pub struct CodeBuilds {
    /// The client.
    pub client: Client,
    /// The project.
    pub project: String,
    /// Where sources and results lie.
    pub blobs: Blobs,
    /// This executable, which is the builder too.
    pub executable: Executable,
    /// The variable that names the run of a build.
    pub run_variable: &'static str,
}

fn refused(doing: &str, cause: impl std::fmt::Display) -> OrderError {
    OrderError(format!("{doing}: {cause}"))
}

#[async_trait]
impl BuildEngine for CodeBuilds {
    async fn order(&self, order: BuildOrder) -> Result<(), OrderError> {
        let key = keys::build_attempts(order.run, &order.hash);
        let attempts = self.blobs.get_json(&key).await;
        let mut attempts: Vec<String> = attempts
            .map_err(|error| refused("its attempts", error))?
            .unwrap_or_default();
        if let Some(last) = attempts.last()
            && (self.goes_on(last).await? || self.has_result(&order).await?)
        {
            return Ok(());
        }
        if attempts.len() >= TRIES {
            tracing::error!(run = %order.run, ?attempts, "a build met a fault {TRIES} times");
            let failure = keys::build_failure(order.run, &order.hash);
            let fault = FailedBuild::by_our_fault();
            let told = self.blobs.put_json(&failure, &fault).await;
            // The sweep wakes the run.
            return told.map_err(|error| refused("its failure", error));
        }
        attempts.push(self.begin(&order, attempts.len()).await?);
        let kept = self.blobs.put_json(&key, &attempts).await;
        kept.map_err(|error| refused("its attempts", error))
    }
}

impl CodeBuilds {
    async fn goes_on(&self, build: &str) -> Result<bool, OrderError> {
        let builds = self.client.batch_get_builds().ids(build).send().await;
        let builds = builds.map_err(|error| refused("its state", DisplayErrorContext(error)))?;
        let mut builds = builds.builds.unwrap_or_default().into_iter();
        Ok(builds.any(|build| build.build_status == Some(StatusType::InProgress)))
    }

    /// A build may have ended since its run looked.
    async fn has_result(&self, order: &BuildOrder) -> Result<bool, OrderError> {
        let fault = |error: BlobError| refused("its result", error);
        let failure = keys::build_failure(order.run, &order.hash);
        let manifest = keys::manifest(&order.hash);
        Ok(self.blobs.size(&manifest).await.map_err(fault)?.is_some()
            || self.blobs.size(&failure).await.map_err(fault)?.is_some())
    }

    async fn begin(&self, order: &BuildOrder, attempt: usize) -> Result<String, OrderError> {
        let fault = |error: BlobError| refused("its links", error);
        let told = Order {
            application: order.application.clone(),
            kind: order.kind,
            environment: order.environment.clone(),
            links: self.links(order).await.map_err(fault)?,
        };
        let key = keys::build_order(order.run, &order.hash);
        self.blobs.put_json(&key, &told).await.map_err(fault)?;
        let variables = [
            (self.run_variable, order.run.to_string()),
            (order::URL, self.read_link(&key).await.map_err(fault)?),
            ("SLIPWAY_BUILDER_URL", self.builder().await?),
        ];
        let token = Sha256::digest(format!("{} {} {attempt}", order.run, order.hash));
        let mut start = self.client.start_build().project_name(&self.project);
        for (name, value) in variables {
            let variable = EnvironmentVariable::builder()
                .name(name)
                .value(value)
                .build();
            let variable = variable.map_err(|error| refused("its variables", error))?;
            start = start.environment_variables_override(variable);
        }
        // A worker that was killed between this and what follows begins the same build again.
        let started = start.idempotency_token(format!("{token:x}")).send().await;
        let started = started.map_err(|error| refused("CodeBuild", DisplayErrorContext(error)))?;
        let id = started.build_value.and_then(|build| build.id);
        id.ok_or_else(|| refused("CodeBuild", "the build has no id"))
    }

    async fn links(&self, order: &BuildOrder) -> Result<Links, BlobError> {
        let (run, hash) = (order.run, &order.hash);
        let write = |key: String| async move { self.blobs.upload_link(&key, LINKS).await };
        Ok(Links {
            source: self
                .read_link(&keys::source(order.owner.as_str(), &order.commit))
                .await?,
            artifact: write(keys::artifact(hash)).await?,
            log: write(keys::build_log(hash)).await?,
            manifest: write(keys::manifest(hash)).await?,
            failure: write(keys::build_failure(run, hash)).await?,
            failed_log: write(keys::failed_build_log(run, hash)).await?,
        })
    }

    async fn read_link(&self, key: &str) -> Result<String, BlobError> {
        let download = Download {
            name: "file",
            media_type: "application/octet-stream",
            life: LINKS,
        };
        self.blobs.link(key, download).await
    }

    /// A link to the builder, which is put there once for each version.
    async fn builder(&self) -> Result<String, OrderError> {
        let digest = self.executable.digest().await;
        let digest = digest.map_err(|error| refused("the builder", error))?;
        let key = keys::builder(digest);
        let fault = |error: BlobError| refused("the builder", error);
        if self.blobs.size(&key).await.map_err(fault)?.is_none() {
            let stored = self.blobs.put_file(&key, self.executable.path()).await;
            stored.map_err(fault)?;
        }
        self.read_link(&key).await.map_err(fault)
    }
}
