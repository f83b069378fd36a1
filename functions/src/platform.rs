//! What every function is given: the desk, the blobs, and the engine's adapters.

use std::path::PathBuf;
use std::sync::Arc;

use blobs::Blobs;
use builder::BuildEngine;
use catalog::Catalog;
use hosting::{Hosting, Schedules, Topic};
use secrets::KeyWrap;
use source::Git;
use uuid::Uuid;
use work::Desk;

use crate::auth::SigningKeys;
use crate::manners::Manners;
use crate::standards::Standards;

/// The platform as a function sees it.
pub struct Platform {
    /// Rows, queues, clock and ids.
    pub desk: Desk,
    /// Search over the published Connectors among the rows.
    pub catalog: Catalog,
    /// Sources, artifacts, reports.
    pub blobs: Blobs,
    /// Repositories.
    pub git: Git,
    /// Wraps the keys that seal secrets.
    pub keys: Arc<dyn KeyWrap>,
    /// Builds.
    pub builds: Arc<dyn BuildEngine>,
    /// Runs applications.
    pub hosting: Arc<dyn Hosting>,
    /// Ticks of jobs.
    pub schedules: Arc<dyn Schedules>,
    /// The keys that sign tokens.
    pub signing: SigningKeys,
    /// What connectors are held to.
    pub standards: Standards,
    /// Rate limits, and who may read answers.
    pub manners: Manners,
    /// Where applications answer.
    pub addresses: Addresses,
    /// Whether an answer can be sent bit by bit: API Gateway takes whole answers only.
    pub streams: bool,
    /// A folder for what a function needs while it runs; on AWS, /tmp.
    pub scratch: PathBuf,
}

/// Where applications answer and events are published.
#[derive(Debug, Clone)]
pub struct Addresses {
    /// Scheme, host and port of the gateway, without a slash at the end.
    pub base: String,
}

/// The project of every topic of the embedded engine, as Pub/Sub names one.
pub const TOPIC_PROJECT: &str = "slipway";

impl Addresses {
    /// The public URL of a service, event or job application, without its endpoint.
    #[must_use]
    pub fn service(&self, application: Uuid) -> String {
        format!("{}/apps/{application}", self.base)
    }

    /// The public URL of static files: a host of their own, so that their absolute paths hold.
    #[must_use]
    pub fn site(&self, application: Uuid) -> String {
        let (scheme, host) = self.base.split_once("://").unwrap_or(("http", &self.base));
        let port = host.rsplit_once(':').map_or("", |(_, port)| port);
        let colon = if port.is_empty() { "" } else { ":" };
        format!("{scheme}://{application}.localhost{colon}{port}/")
    }

    /// The topic of an event application.
    #[must_use]
    pub fn topic(application: Uuid) -> Topic {
        Topic::PubSub {
            project: TOPIC_PROJECT.to_owned(),
            name: application.to_string(),
        }
    }
}
