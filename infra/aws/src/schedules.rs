//! The adapter of `Schedules` on EventBridge Scheduler, whose ticks come to the queue of `trigger_job`.

use async_trait::async_trait;
use aws_sdk_scheduler::Client;
use aws_sdk_scheduler::error::DisplayErrorContext;
use aws_sdk_scheduler::types::{FlexibleTimeWindow, FlexibleTimeWindowMode, Target};
use domain::schedule::Schedule;
use hosting::{Fault, Schedules};
use serde_json::json;
use uuid::Uuid;

/// Schedules that stand for one: it can say a day of the month or a weekday, not both (design, "Facts").
const MOST: usize = 2;

/// Schedules of EventBridge.
pub struct SchedulerSchedules {
    /// The client.
    pub client: Client,
    /// What the names of schedules begin with.
    pub prefix: String,
    /// Their group.
    pub group: String,
    /// The ARN of the role with which ticks are sent.
    pub role: String,
    /// The ARN of the queue.
    pub queue: String,
}

impl SchedulerSchedules {
    fn name(&self, application: Uuid, number: usize) -> String {
        format!("{}-{application}-{number}", self.prefix)
    }

    /// What fires. The service puts the time for which the tick was planned in place of the last word.
    fn target(&self, application: Uuid) -> Result<Target, Fault> {
        let tick = json!({
            "type": "tick.v1",
            "application": application,
            "scheduled": "<aws.scheduler.scheduled-time>",
        });
        let target = Target::builder().arn(&self.queue).role_arn(&self.role);
        let built = target.input(tick.to_string()).build();
        built.map_err(|error| Fault::because("a schedule has no target", error))
    }

    async fn put(&self, name: &str, expression: &str, target: Target) -> Result<(), Fault> {
        let fault = |cause| Fault::because(format!("the schedule {name} cannot be set"), cause);
        let window = FlexibleTimeWindow::builder()
            .mode(FlexibleTimeWindowMode::Off)
            .build()
            .map_err(|error| fault(error.to_string()))?;
        let update = self.client.update_schedule().name(name);
        let update = update
            .group_name(&self.group)
            .schedule_expression(expression);
        let updated = update
            .target(target.clone())
            .flexible_time_window(window.clone())
            .send()
            .await;
        let error = match updated {
            Ok(_) => return Ok(()),
            Err(error) => error,
        };
        let service = error.as_service_error();
        if !service.is_some_and(|error| error.is_resource_not_found_exception()) {
            return Err(fault(DisplayErrorContext(error).to_string()));
        }
        let create = self.client.create_schedule().name(name);
        let create = create
            .group_name(&self.group)
            .schedule_expression(expression);
        let created = create.target(target).flexible_time_window(window).send();
        let created = created.await.map(drop);
        created.map_err(|error| fault(DisplayErrorContext(error).to_string()))
    }

    async fn delete(&self, name: &str) -> Result<(), Fault> {
        let delete = self.client.delete_schedule().name(name);
        match delete.group_name(&self.group).send().await {
            Ok(_) => Ok(()),
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(|error| error.is_resource_not_found_exception()) =>
            {
                Ok(())
            }
            Err(error) => {
                let cause = DisplayErrorContext(error).to_string();
                Err(Fault::because(
                    format!("the schedule {name} cannot be removed"),
                    cause,
                ))
            }
        }
    }
}

#[async_trait]
impl Schedules for SchedulerSchedules {
    fn refuses(&self, schedule: &Schedule) -> Option<String> {
        let error = schedule.to_eventbridge().err()?;
        Some(format!("{error}."))
    }

    async fn set(&self, application: Uuid, schedule: &Schedule) -> Result<(), Fault> {
        let expressions = schedule.to_eventbridge();
        let expressions =
            expressions.map_err(|error| Fault::because("a schedule cannot be set", error))?;
        for (number, expression) in expressions.iter().enumerate() {
            let name = self.name(application, number);
            self.put(&name, expression, self.target(application)?)
                .await?;
        }
        for number in expressions.len()..MOST {
            self.delete(&self.name(application, number)).await?;
        }
        Ok(())
    }

    async fn remove(&self, application: Uuid) -> Result<(), Fault> {
        for number in 0..MOST {
            self.delete(&self.name(application, number)).await?;
        }
        Ok(())
    }
}
