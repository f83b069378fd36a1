//! The adapter of `Topics` for one machine: every event application has its topic at the gateway as long as it is there.

use async_trait::async_trait;
use hosting::{Fault, Topics};
use uuid::Uuid;

/// Topics that follow from their applications.
#[derive(Debug, Clone, Copy)]
pub(crate) struct GatewayTopics;

#[async_trait]
impl Topics for GatewayTopics {
    async fn set(&self, _application: Uuid) -> Result<(), Fault> {
        Ok(())
    }

    async fn remove(&self, _application: Uuid) -> Result<(), Fault> {
        Ok(())
    }
}
