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
    OfGateway {
        /// The domain below which each application has a host of its own. Without one, sites are below `localhost`, and services are at
        /// paths of the gateway, as programs may not resolve names below `localhost`.
        domain: Option<String>,
    },
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
        let ApplicationAddresses::OfGateway { domain } = &self.applications else {
            return None;
        };
        match (Kind::of(kind), domain) {
            (Kind::Event | Kind::Job, _) => None,
            (Kind::Service, None) => Some(format!("{}/apps/{application}", self.base)),
            (Kind::Service, Some(domain)) => Some(self.origin(application, domain)),
            (Kind::Static { .. }, domain) => {
                let domain = domain.as_deref().unwrap_or("localhost");
                Some(self.origin(application, domain) + "/")
            }
        }
    }

    /// Returns the origin of an application's host, with the scheme and the port of the gateway.
    fn origin(&self, application: Uuid, domain: &str) -> String {
        let (scheme, host) = self.base.split_once("://").unwrap_or(("http", &self.base));
        let port = host.rsplit_once(':').map_or("", |(_, port)| port);
        let colon = if port.is_empty() { "" } else { ":" };
        format!("{scheme}://{application}.{domain}{colon}{port}")
    }

    /// The topic of an event application.
    #[must_use]
    pub fn topic(&self, application: Uuid) -> Topic {
        match &self.applications {
            ApplicationAddresses::OfGateway { .. } => Topic::PubSub {
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
            ApplicationAddresses::OfGateway { .. } => None,
            ApplicationAddresses::OfHosting { topics } => topic.strip_prefix(topics)?.parse().ok(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(base: &str, domain: Option<&str>) -> String {
        let addresses = Addresses {
            base: base.to_owned(),
            applications: ApplicationAddresses::OfGateway {
                domain: domain.map(str::to_owned),
            },
        };
        let kinds = [
            ApplicationType::Service,
            ApplicationType::Assets,
            ApplicationType::Event,
            ApplicationType::Job,
        ];
        let of = |kind| addresses.of(kind, Uuid::nil());
        let urls = kinds.map(|kind| of(kind).unwrap_or("none".to_owned()));
        urls.join(" ").replace(&Uuid::nil().to_string(), "ID")
    }

    #[test]
    fn a_service_has_a_host_of_its_own_where_the_operator_has_a_domain_for_them() {
        insta::assert_snapshot!(told("http://127.0.0.1:8787", None), @"http://127.0.0.1:8787/apps/ID http://ID.localhost:8787/ none none");
        insta::assert_snapshot!(told("https://connect.example.com", Some("apps.example.com")), @"https://ID.apps.example.com https://ID.apps.example.com/ none none");
        insta::assert_snapshot!(told("http://127.0.0.1:8787", Some("apps.example.com")), @"http://ID.apps.example.com:8787 http://ID.apps.example.com:8787/ none none");
    }
}
