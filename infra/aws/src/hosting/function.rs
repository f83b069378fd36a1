//! One application is one function: each revision is a version of it under an alias of its own, and the alias [`LIVE`] is what serves.

use std::collections::HashMap;
use std::time::Duration;

use aws_sdk_lambda::Client;
use aws_sdk_lambda::error::{DisplayErrorContext, ProvideErrorMetadata, SdkError};
use aws_sdk_lambda::types::{
    Architecture, Environment, EphemeralStorage, FunctionCode, LastUpdateStatus, LogFormat,
    LoggingConfig, Runtime, State,
};
use hosting::{Fault, Kind};
use uuid::Uuid;

use super::Settings;
use crate::application::{HANDLER, LAUNCH};

/// The alias that serves.
pub(super) const LIVE: &str = "live";

/// MiB of a function for a service, an event application or files (contract, section 10).
const MEMORY: i32 = 512;
/// MiB for a job (contract, section 10).
const MEMORY_JOB: i32 = 4096;
/// MiB of /tmp: a script has its copy of the artifact there.
const DISK: i32 = 1024;
/// Seconds: Lambda's most, as a job and a script may need them; requests have shorter limits of their own.
const TIMEOUT: i32 = 900;
/// Lambda takes a change in seconds; a function that has not after this is a fault.
const SETTLES: Duration = Duration::from_secs(120);
const LOOK_AGAIN: Duration = Duration::from_millis(250);

/// A function of an application.
pub(super) struct Function<'a> {
    pub(super) client: &'a Client,
    pub(super) settings: &'a Settings,
    pub(super) name: String,
}

/// What a function's code and configuration are.
pub(super) struct Content<'a> {
    pub(super) deployment: Uuid,
    pub(super) kind: Kind,
    /// The key of the package.
    pub(super) package: &'a str,
    /// The layer that holds its Node.js.
    pub(super) layer: Option<&'a str>,
    /// The value of [`LAUNCH`]; none before the first revision.
    pub(super) launch: Option<String>,
    /// The log group.
    pub(super) logs: &'a str,
}

/// Why a function did not take its content.
pub(super) enum Refused {
    /// Lambda does not take what the application is, for this reason.
    Content(String),
    /// Ours.
    Fault(Fault),
}

impl From<Fault> for Refused {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl Function<'_> {
    pub(super) fn fault<E>(&self, doing: &str, error: SdkError<E>) -> Fault
    where
        E: std::error::Error + Send + Sync + 'static,
    {
        let cause = DisplayErrorContext(error).to_string();
        Fault::because(
            format!("the function {} cannot be {doing}", self.name),
            cause,
        )
    }

    /// What was to be removed is gone, also where it was not there.
    fn gone<T, E>(&self, doing: &str, done: Result<T, SdkError<E>>) -> Result<(), Fault>
    where
        E: std::error::Error + ProvideErrorMetadata + Send + Sync + 'static,
    {
        match done {
            Err(error) if !is_missing(&error) => Err(self.fault(doing, error)),
            _ => Ok(()),
        }
    }

    /// Has the function there, without a revision at first.
    pub(super) async fn ensure(&self, content: &Content<'_>) -> Result<(), Refused> {
        if self.state(None).await?.is_none() {
            self.create(content).await?;
        }
        self.settled(None).await?;
        if self.version_of(LIVE).await?.is_none() {
            let version = self.publish("no revision yet").await?;
            self.point(LIVE, &version).await?;
        }
        Ok(())
    }

    async fn create(&self, content: &Content<'_>) -> Result<(), Refused> {
        let code = FunctionCode::builder()
            .s3_bucket(&self.settings.bucket)
            .s3_key(content.package)
            .build();
        let created = self
            .client
            .create_function()
            .function_name(&self.name)
            .description("An application of a Deployment")
            .runtime(Runtime::Providedal2023)
            .handler(HANDLER)
            .architectures(architecture())
            .role(&self.settings.role)
            .code(code)
            .memory_size(memory(content.kind))
            .timeout(TIMEOUT)
            .ephemeral_storage(disk(&self.name)?)
            .set_layers(content.layer.map(|layer| vec![layer.to_owned()]))
            .kms_key_arn(&self.settings.key)
            .logging_config(logging(content.logs))
            .tags("slipway", &self.settings.prefix)
            .tags("slipway-deployment", content.deployment.to_string())
            .send()
            .await;
        match created {
            Ok(_) => Ok(()),
            // Another worker was quicker.
            Err(error) if conflicts(&error) => Ok(()),
            Err(error) => Err(self.refused("made", error)),
        }
    }

    /// Gives the function new code and configuration, and keeps both as a version under an alias.
    pub(super) async fn take(&self, content: &Content<'_>, alias: &str) -> Result<(), Refused> {
        let code = self
            .client
            .update_function_code()
            .function_name(&self.name)
            .architectures(architecture())
            .s3_bucket(&self.settings.bucket)
            .s3_key(content.package)
            .send()
            .await;
        code.map_err(|error| self.refused("given its code", error))?;
        self.settled(None).await?;
        let variables = content
            .launch
            .iter()
            .map(|launch| (LAUNCH.to_owned(), launch.clone()));
        let variables: HashMap<String, String> = variables.collect();
        let environment = Environment::builder()
            .set_variables(Some(variables))
            .build();
        let configured = self
            .client
            .update_function_configuration()
            .function_name(&self.name)
            .handler(HANDLER)
            .role(&self.settings.role)
            .memory_size(memory(content.kind))
            .timeout(TIMEOUT)
            .ephemeral_storage(disk(&self.name)?)
            .set_layers(Some(content.layer.map(str::to_owned).into_iter().collect()))
            .kms_key_arn(&self.settings.key)
            .environment(environment)
            .logging_config(logging(content.logs))
            .send()
            .await;
        configured.map_err(|error| self.refused("configured", error))?;
        self.settled(None).await?;
        let version = self.publish(alias).await?;
        self.point(alias, &version).await?;
        Ok(())
    }

    async fn publish(&self, description: &str) -> Result<String, Fault> {
        let publish = self.client.publish_version().function_name(&self.name);
        let published = publish.description(description).send().await;
        let published = published.map_err(|error| self.fault("published", error))?;
        let version = published.version.unwrap_or_default();
        self.settled(Some(&version)).await?;
        Ok(version)
    }

    /// The version that an alias names.
    pub(super) async fn version_of(&self, alias: &str) -> Result<Option<String>, Fault> {
        let get = self
            .client
            .get_alias()
            .function_name(&self.name)
            .name(alias);
        match get.send().await {
            Ok(answer) => Ok(answer.function_version),
            Err(error) if is_missing(&error) => Ok(None),
            Err(error) => Err(self.fault("looked at", error)),
        }
    }

    /// Points an alias to a version.
    pub(super) async fn point(&self, alias: &str, version: &str) -> Result<(), Fault> {
        let update = self.client.update_alias().function_name(&self.name);
        let updated = update.name(alias).function_version(version).send().await;
        let error = match updated {
            Ok(_) => return Ok(()),
            Err(error) => error,
        };
        if !is_missing(&error) {
            return Err(self.fault("switched", error));
        }
        let create = self.client.create_alias().function_name(&self.name);
        let created = create.name(alias).function_version(version).send().await;
        created
            .map(drop)
            .map_err(|error| self.fault("given an alias", error))
    }

    /// Takes an alias away, and its version with it unless that serves.
    pub(super) async fn drop_alias(&self, alias: &str) -> Result<(), Fault> {
        let Some(version) = self.version_of(alias).await? else {
            return Ok(());
        };
        let delete = self.client.delete_alias().function_name(&self.name);
        let deleted = delete.name(alias).send().await;
        self.gone("given an alias less", deleted)?;
        if self.version_of(LIVE).await?.as_deref() == Some(version.as_str()) {
            return Ok(());
        }
        self.drop_version(&version).await
    }

    async fn drop_version(&self, version: &str) -> Result<(), Fault> {
        let delete = self.client.delete_function().function_name(&self.name);
        let deleted = delete.qualifier(version).send().await;
        self.gone("freed of a version", deleted)
    }

    /// Takes away the aliases that are not to be kept, and every version that has none.
    pub(super) async fn tidy(&self, keeps: impl Fn(&str) -> bool) -> Result<(), Fault> {
        let aliases = self
            .client
            .list_aliases()
            .function_name(&self.name)
            .send()
            .await;
        let aliases = aliases.map_err(|error| self.fault("looked at", error))?;
        let mut used = Vec::new();
        for alias in aliases.aliases.unwrap_or_default() {
            let name = alias.name.unwrap_or_default();
            if name == LIVE || keeps(&name) {
                used.extend(alias.function_version);
            } else {
                self.drop_alias(&name).await?;
            }
        }
        let versions = self
            .client
            .list_versions_by_function()
            .function_name(&self.name);
        let versions = versions
            .send()
            .await
            .map_err(|error| self.fault("looked at", error))?;
        for one in versions.versions.unwrap_or_default() {
            let version = one.version.unwrap_or_default();
            if version != "$LATEST" && !used.contains(&version) {
                self.drop_version(&version).await?;
            }
        }
        Ok(())
    }

    /// Removes the function with all its versions, aliases and its URL.
    pub(super) async fn remove(&self) -> Result<(), Fault> {
        let url = self
            .client
            .delete_function_url_config()
            .function_name(&self.name);
        let url = url.qualifier(LIVE).send().await;
        self.gone("freed of its URL", url)?;
        let deleted = self.client.delete_function().function_name(&self.name);
        let deleted = deleted.send().await;
        self.gone("removed", deleted)
    }

    /// Waits until the function, or a version of it, is as it was told to be.
    async fn settled(&self, version: Option<&str>) -> Result<(), Fault> {
        let mut waited = Duration::ZERO;
        while waited < SETTLES {
            match self.state(version).await? {
                Some((State::Pending, _) | (_, LastUpdateStatus::InProgress)) | None => {}
                Some((State::Failed, _) | (_, LastUpdateStatus::Failed)) => {
                    return Err(Fault::new(format!("Lambda could not update {}", self.name)));
                }
                Some(_) => return Ok(()),
            }
            tokio::time::sleep(LOOK_AGAIN).await;
            waited += LOOK_AGAIN;
        }
        Err(Fault::new(format!("{} did not settle", self.name)))
    }

    async fn state(
        &self,
        version: Option<&str>,
    ) -> Result<Option<(State, LastUpdateStatus)>, Fault> {
        // The one request of its kind that is allowed 100 times a second, and not 15 (AWS Lambda, "Quotas").
        let get = self.client.get_function().function_name(&self.name);
        match get.set_qualifier(version.map(str::to_owned)).send().await {
            Ok(answer) => {
                let function = answer.configuration;
                let state = function.as_ref().and_then(|one| one.state.clone());
                let update = function.and_then(|one| one.last_update_status);
                Ok(Some((
                    state.unwrap_or(State::Active),
                    update.unwrap_or(LastUpdateStatus::Successful),
                )))
            }
            Err(error) if is_missing(&error) => Ok(None),
            Err(error) => Err(self.fault("looked at", error)),
        }
    }

    /// Lambda calls what it does not take an invalid parameter; that is the application's doing where it is about size.
    fn refused<E>(&self, doing: &str, error: SdkError<E>) -> Refused
    where
        E: std::error::Error + ProvideErrorMetadata + Send + Sync + 'static,
    {
        match error
            .as_service_error()
            .and_then(ProvideErrorMetadata::message)
        {
            Some(message) if message.contains("size must be smaller than") => {
                Refused::Content(message.to_owned())
            }
            _ => Refused::Fault(self.fault(doing, error)),
        }
    }
}

fn architecture() -> Architecture {
    match std::env::consts::ARCH {
        "aarch64" => Architecture::Arm64,
        _ => Architecture::X8664,
    }
}

fn memory(kind: Kind) -> i32 {
    match kind {
        Kind::Job => MEMORY_JOB,
        _ => MEMORY,
    }
}

fn disk(name: &str) -> Result<EphemeralStorage, Fault> {
    let disk = EphemeralStorage::builder().size(DISK).build();
    disk.map_err(|error| Fault::because(format!("the function {name} has no disk"), error))
}

fn logging(group: &str) -> LoggingConfig {
    LoggingConfig::builder()
        .log_format(LogFormat::Text)
        .log_group(group)
        .build()
}

fn code_of<E: ProvideErrorMetadata>(error: &SdkError<E>) -> Option<&str> {
    error.as_service_error()?.code()
}

pub(super) fn is_missing<E: ProvideErrorMetadata>(error: &SdkError<E>) -> bool {
    code_of(error) == Some("ResourceNotFoundException")
}

pub(super) fn conflicts<E: ProvideErrorMetadata>(error: &SdkError<E>) -> bool {
    code_of(error) == Some("ResourceConflictException")
}
