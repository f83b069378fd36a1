//! What every function is given: the desk, the blobs, and the engine's adapters.

use std::path::PathBuf;
use std::sync::Arc;

use blobs::Blobs;
use builder::BuildEngine;
use catalog::Catalog;
use domain::names::Region;
use domain::spec::ApplicationType;
use hosting::{Hosting, Kind, Schedules, Topic, Topics};
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
    /// Topics of event applications.
    pub topics: Arc<dyn Topics>,
    /// The keys that sign tokens.
    pub signing: SigningKeys,
    /// What connectors are held to.
    pub standards: Standards,
    /// Rate limits, and who may read answers.
    pub manners: Manners,
    /// Where applications answer.
    pub addresses: Addresses,
    /// The Regions in which this installation runs applications; none: it takes every name, as they all run here.
    pub regions: Option<Vec<Region>>,
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
    /// Those of the applications.
    pub applications: ApplicationAddresses,
}

/// Where applications get their addresses and topics from.
#[derive(Debug, Clone)]
pub enum ApplicationAddresses {
    /// They follow from the gateway's, which may be another one after a restart.
    OfGateway,
    /// The hosting gives each its own once, and its Deployment keeps it.
    OfHosting {
        /// What stands before an application's id in the ARN of its topic, up to and with what begins the topic's name.
        topics: String,
    },
}

/// The project of every topic of the embedded engine, as Pub/Sub names one.
pub const TOPIC_PROJECT: &str = "slipway";

impl Addresses {
    /// The public URL of an application, of a service without its endpoint; none where its Deployment keeps it, or nobody may call it.
    #[must_use]
    pub fn of(&self, kind: ApplicationType, application: Uuid) -> Option<String> {
        match (&self.applications, Kind::of(kind)) {
            (ApplicationAddresses::OfHosting { .. }, _) | (_, Kind::Event | Kind::Job) => None,
            (_, Kind::Service) => Some(format!("{}/apps/{application}", self.base)),
            (_, Kind::Static { .. }) => Some(self.site(application)),
        }
    }

    /// Static files have a host of their own, so that their absolute paths hold.
    fn site(&self, application: Uuid) -> String {
        let (scheme, host) = self.base.split_once("://").unwrap_or(("http", &self.base));
        let port = host.rsplit_once(':').map_or("", |(_, port)| port);
        let colon = if port.is_empty() { "" } else { ":" };
        format!("{scheme}://{application}.localhost{colon}{port}/")
    }

    /// The topic of an event application.
    #[must_use]
    pub fn topic(&self, application: Uuid) -> Topic {
        match &self.applications {
            ApplicationAddresses::OfGateway => Topic::PubSub {
                project: TOPIC_PROJECT.to_owned(),
                name: application.to_string(),
            },
            ApplicationAddresses::OfHosting { topics } => Topic::Sns {
                arn: format!("{topics}{application}"),
            },
        }
    }

    /// The application of a topic's ARN.
    #[must_use]
    pub fn application_of(&self, topic: &str) -> Option<Uuid> {
        match &self.applications {
            ApplicationAddresses::OfGateway => None,
            ApplicationAddresses::OfHosting { topics } => topic.strip_prefix(topics)?.parse().ok(),
        }
    }
}
