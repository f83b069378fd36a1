//! What the unit tests of this crate share: one launch, one point in time.

use domain::names::{ApplicationName, ArtifactHash};
use domain::time::Timestamp;
use secrets::Secret;
use uuid::Uuid;

use crate::{HealthCheck, Idle, Kind, Launch};

pub(crate) fn now() -> Timestamp {
    Timestamp("2026-11-22T16:00:00Z".parse().expect("a time"))
}

/// A service `api` with these standard and secured values.
pub(crate) fn launch(standard: &[(&str, &str)], secured: &[(&str, &str)]) -> Launch {
    let value = |(name, value): &(&str, &str)| ((*name).to_owned(), Secret::new(*value));
    Launch {
        deployment: Uuid::from_u128(0x0000_0000_0000_4000_8000_0000_0000_0001),
        application: Uuid::from_u128(0x0000_0000_0000_4000_8000_0000_0000_0002),
        name: ApplicationName::parse("api").expect("a name"),
        kind: Kind::Service,
        revision: 3,
        artifact: ArtifactHash::parse(&"0".repeat(64)).expect("a hash"),
        environment: standard.iter().chain(secured).map(value).collect(),
        secret_names: secured.iter().map(|(name, _)| (*name).to_owned()).collect(),
        endpoint: Some("/service".to_owned()),
        health: HealthCheck::PortOpens,
        idle: Idle::Runs,
    }
}
