//! The port `Schedules`: a job ticks by the schedule that was set last, and never after it was removed. A deploy run sets the schedules
//! of its revision just before the switch, and sets them back if the revision does not serve.

use async_trait::async_trait;
use domain::schedule::Schedule;
use uuid::Uuid;

use crate::port::Fault;

/// Where the ticks of jobs come from.
#[async_trait]
pub trait Schedules: Send + Sync {
    /// Why a schedule cannot be set here, as a sentence for its author; none where it can.
    fn refuses(&self, _schedule: &Schedule) -> Option<String> {
        None
    }

    /// Sets the schedule of a job application, or changes it. Idempotent.
    ///
    /// # Errors
    /// Only ours.
    async fn set(&self, application: Uuid, schedule: &Schedule) -> Result<(), Fault>;

    /// Removes a schedule, if there is one.
    ///
    /// # Errors
    /// Only ours.
    async fn remove(&self, application: Uuid) -> Result<(), Fault>;
}
