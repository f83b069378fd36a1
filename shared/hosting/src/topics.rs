//! The port `Topics`: an event application has its topic before its postDeploy script subscribes it, until it is removed.

use async_trait::async_trait;
use uuid::Uuid;

use crate::port::Fault;

/// Where events are published.
#[async_trait]
pub trait Topics: Send + Sync {
    /// Has the topic of an event application there. Idempotent.
    ///
    /// # Errors
    /// Only ours.
    async fn set(&self, application: Uuid) -> Result<(), Fault>;

    /// Removes a topic, if there is one.
    ///
    /// # Errors
    /// Only ours.
    async fn remove(&self, application: Uuid) -> Result<(), Fault>;
}
