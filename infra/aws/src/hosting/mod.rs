//! The adapter of `Hosting` on Lambda. What runs is known to Lambda, and which applications a Deployment has to the rows: a function of
//! ours keeps nothing between two invocations.

mod function;
mod invoke;
mod logs;
mod package;
mod url;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use async_trait::async_trait;
use blobs::{Blobs, keys};
use builder::Manifest;
use bytes::Bytes;
use domain::deployment::DeploymentRecord;
use hosting::{
    CallError, Fault, Hosting, Kind, Launch, LogError, LogPage, LogQuery, Place, ScriptOutcome,
    StartError, StartFailure,
};
use store::Store;
use uuid::Uuid;

use crate::application::{Checked, Layout, Loaded, Order, Ran};
use crate::executable::Executable;
use function::{Content, Function, LIVE, Refused};
use package::Packages;

/// What the template says of applications.
#[derive(Debug, Clone)]
pub struct Settings {
    /// What the names of functions and log groups begin with.
    pub prefix: String,
    /// The bucket that holds their code.
    pub bucket: String,
    /// The ARN of the role that they have.
    pub role: String,
    /// The ARN of the key that encrypts their values at rest.
    pub key: String,
    /// The ARNs of the layers that hold Node.js, by its major version.
    pub node: BTreeMap<String, String>,
}

/// Applications as functions of Lambda.
pub struct LambdaHosting {
    lambda: aws_sdk_lambda::Client,
    logs: aws_sdk_cloudwatchlogs::Client,
    store: Store,
    blobs: Blobs,
    packages: Packages,
    settings: Settings,
}

impl LambdaHosting {
    /// A hosting; `scratch` is a folder that may be written to, and what applications run is `executable`.
    #[must_use]
    pub fn new(
        lambda: aws_sdk_lambda::Client,
        logs: aws_sdk_cloudwatchlogs::Client,
        store: Store,
        blobs: Blobs,
        (scratch, executable): (PathBuf, Executable),
        settings: Settings,
    ) -> Self {
        Self {
            lambda,
            logs,
            store,
            packages: Packages::new(blobs.clone(), scratch, executable),
            blobs,
            settings,
        }
    }

    fn function(&self, application: Uuid) -> Function<'_> {
        Function {
            client: &self.lambda,
            settings: &self.settings,
            name: format!("{}-app-{application}", self.settings.prefix),
        }
    }

    fn log_group(&self, deployment: Uuid) -> String {
        logs::group(&self.settings.prefix, deployment)
    }

    /// The functions that a Deployment may have.
    async fn functions(&self, deployment: Uuid) -> Result<Vec<Function<'_>>, Fault> {
        let record = self.store.get(&store::keys::deployment(deployment)).await;
        let record: Option<DeploymentRecord> =
            record.map_err(|error| Fault::because("a Deployment cannot be read", error))?;
        let ids = record
            .map(|record| record.application_ids)
            .unwrap_or_default();
        Ok(ids.into_values().map(|id| self.function(id)).collect())
    }

    async fn manifest(&self, launch: &Place) -> Result<Manifest, Fault> {
        let artifact = &launch.artifact;
        let manifest = self.blobs.get_json(&keys::manifest(artifact)).await;
        let manifest: Option<Manifest> =
            manifest.map_err(|error| Fault::because("a manifest cannot be read", error))?;
        manifest.ok_or_else(|| Fault::new(format!("the artifact {artifact} is not stored")))
    }

    /// The layer with the Node.js that an application runs on.
    fn layer(&self, kind: Kind, manifest: &Manifest) -> Result<Option<&str>, Fault> {
        if !kind.is_dynamic() {
            return Ok(None);
        }
        let major = manifest.node.as_str().split('.').next().unwrap_or_default();
        let layer = self.settings.node.get(major).map(String::as_str);
        let none = || Fault::new(format!("there is no layer with Node.js {major}"));
        layer.map(Some).ok_or_else(none)
    }

    /// Has the function of an application there; `launch` is told of the revision that is to run.
    async fn put(&self, place: &Place, launch: Option<&Launch>) -> Result<(), StartError> {
        let manifest = self.manifest(place).await?;
        let layer = self.layer(place.kind, &manifest)?;
        let package = self.packages.key(&place.artifact).await?;
        let group = self.log_group(place.deployment);
        let refuse = |why: String| StartFailure {
            application: place.name.clone(),
            title: "Application did not start".to_owned(),
            message: why,
        };
        let loaded = launch.map(|launch| Loaded {
            launch: launch.clone(),
            layout: Layout::of(manifest.clone()),
        });
        let written = loaded.map(|loaded| loaded.write()).transpose();
        let content = Content {
            deployment: place.deployment,
            kind: place.kind,
            package: &package,
            layer,
            launch: written.map_err(|error| refuse(error.to_string()))?,
            logs: &group,
        };
        let told = |refused: Refused| {
            match refused {
            Refused::Fault(fault) => StartError::Fault(fault),
            Refused::Content(why) => refuse(format!(
                "AWS Lambda does not take it: {why}. The limit holds for the application with its dependencies, Node.js and the platform's part together; leave out what is not needed at run time."
            ))
            .into(),
        }
        };
        logs::set(&self.logs, &group).await?;
        let function = self.function(place.application);
        function.ensure(&content).await.map_err(told)?;
        if let Some(launch) = launch {
            let taken = function.take(&content, &alias(launch.revision)).await;
            taken.map_err(told)?;
        }
        Ok(())
    }
}

/// The alias of a revision.
fn alias(revision: u64) -> String {
    format!("r{revision}")
}

/// The revision of an alias.
fn number(alias: &str) -> Option<u64> {
    alias.strip_prefix('r')?.parse().ok()
}

fn place_of(launch: &Launch) -> Place {
    Place {
        deployment: launch.deployment,
        application: launch.application,
        name: launch.name.clone(),
        kind: launch.kind,
        artifact: launch.artifact.clone(),
    }
}

#[async_trait]
impl Hosting for LambdaHosting {
    async fn address(&self, place: &Place) -> Result<Option<String>, Fault> {
        match self.put(place, None).await {
            Ok(()) => {}
            Err(StartError::Fault(fault)) => return Err(fault),
            // Told in the report when it is started, which meets the same.
            Err(StartError::Verdict(_)) => return Ok(None),
        }
        let url = self.function(place.application).url().await?;
        let service = place.kind == Kind::Service;
        Ok(Some(match url.strip_suffix('/') {
            Some(bare) if service => bare.to_owned(),
            _ => url,
        }))
    }

    async fn start(&self, launch: &Launch) -> Result<(), StartError> {
        let (function, alias) = (self.function(launch.application), alias(launch.revision));
        if function.version_of(&alias).await?.is_none() {
            self.put(&place_of(launch), Some(launch)).await?;
        }
        let check = Order::Check {};
        let checked: Checked = invoke::order(&self.lambda, &function.name, &alias, &check).await?;
        match checked {
            Checked::Healthy => Ok(()),
            Checked::Failed { title, message } => {
                function.drop_alias(&alias).await?;
                let application = launch.name.clone();
                Err(StartFailure {
                    application,
                    title,
                    message,
                }
                .into())
            }
        }
    }

    /// Lambda keeps what serves.
    async fn resume(&self, launch: &Launch) -> Result<(), StartError> {
        let function = self.function(launch.application);
        match function.version_of(&alias(launch.revision)).await? {
            Some(_) => Ok(()),
            None => self.start(launch).await,
        }
    }

    async fn run_script(&self, launch: &Launch, script: &str) -> Result<ScriptOutcome, Fault> {
        let name = self.function(launch.application).name;
        let order = Order::Script {
            line: script.to_owned(),
        };
        let ran: Ran = invoke::order(&self.lambda, &name, &alias(launch.revision), &order).await?;
        Ok(ran.into())
    }

    /// One alias after the other: Lambda has no switch for several functions.
    async fn switch(&self, deployment: Uuid, revision: u64) -> Result<(), Fault> {
        let mut switched = 0;
        for function in self.functions(deployment).await? {
            let Some(version) = function.version_of(&alias(revision)).await? else {
                continue;
            };
            function.point(LIVE, &version).await?;
            switched += 1;
        }
        if switched == 0 {
            let what = format!("no application of the revision {revision} has come up");
            return Err(Fault::new(what));
        }
        Ok(())
    }

    async fn retire(&self, deployment: Uuid, revision: u64) -> Result<(), Fault> {
        // The one before has requests to finish, and a later one may be starting.
        let oldest = revision.saturating_sub(1);
        for function in self.functions(deployment).await? {
            function
                .tidy(|alias| number(alias).is_some_and(|number| number >= oldest))
                .await?;
        }
        Ok(())
    }

    async fn stop(&self, deployment: Uuid, revision: u64) -> Result<(), Fault> {
        for function in self.functions(deployment).await? {
            function.drop_alias(&alias(revision)).await?;
        }
        Ok(())
    }

    async fn remove(&self, deployment: Uuid) -> Result<(), Fault> {
        for function in self.functions(deployment).await? {
            function.remove().await?;
        }
        logs::remove(&self.logs, &self.log_group(deployment)).await
    }

    async fn call(
        &self,
        application: Uuid,
        request: http::Request<Bytes>,
        limit: Duration,
    ) -> Result<http::Response<Bytes>, CallError> {
        let name = self.function(application).name;
        invoke::call(&self.lambda, &name, LIVE, request, limit).await
    }

    async fn logs(&self, query: &LogQuery) -> Result<LogPage, LogError> {
        logs::page(&self.logs, &self.log_group(query.deployment), query).await
    }
}
