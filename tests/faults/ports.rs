//! Decorators of the ports, which ask the injector before each call.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use domain::schedule::Schedule;
use hosting::{
    CallError, Fault, Hosting, Launch, LogError, LogPage, LogQuery, Place, Schedules,
    ScriptOutcome, StartError, Topics,
};
use slipway::up::Ports;
use uuid::Uuid;

use super::injector::Injector;

struct Faulty<T: ?Sized>(Arc<T>, Injector);

/// Puts the decorators around the ports of a platform.
pub(super) fn faulty(injector: &Injector) -> Ports {
    let injector = injector.clone();
    Ports::new(move |platform| {
        platform.hosting = Arc::new(Faulty(platform.hosting.clone(), injector.clone()));
        platform.schedules = Arc::new(Faulty(platform.schedules.clone(), injector.clone()));
        platform.topics = Arc::new(Faulty(platform.topics.clone(), injector.clone()));
    })
}

#[async_trait]
impl Hosting for Faulty<dyn Hosting> {
    async fn address(&self, place: &Place) -> Result<Option<String>, Fault> {
        self.1
            .call(place.deployment, format!("address {}", place.name))
            .await?;
        self.0.address(place).await
    }

    async fn start(&self, launch: &Launch) -> Result<(), StartError> {
        let name = format!("start {} {}", launch.name, launch.revision);
        self.1.call(launch.deployment, name).await?;
        self.0.start(launch).await
    }

    async fn resume(&self, launch: &Launch) -> Result<(), StartError> {
        let name = format!("resume {} {}", launch.name, launch.revision);
        self.1.call(launch.deployment, name).await?;
        self.0.resume(launch).await
    }

    async fn run_script(&self, launch: &Launch, script: &str) -> Result<ScriptOutcome, Fault> {
        self.1
            .call(launch.deployment, format!("script {script}"))
            .await?;
        self.0.run_script(launch, script).await
    }

    async fn switch(&self, deployment: Uuid, revision: u64) -> Result<(), Fault> {
        self.1
            .call(deployment, format!("switch {revision}"))
            .await?;
        self.0.switch(deployment, revision).await?;
        if revision > 1 {
            self.1.switched();
        }
        Ok(())
    }

    async fn retire(&self, deployment: Uuid, revision: u64) -> Result<(), Fault> {
        self.1
            .call(deployment, format!("retire {revision}"))
            .await?;
        self.0.retire(deployment, revision).await
    }

    async fn stop(&self, deployment: Uuid, revision: u64) -> Result<(), Fault> {
        self.1.call(deployment, format!("stop {revision}")).await?;
        self.0.stop(deployment, revision).await
    }

    async fn remove(&self, deployment: Uuid) -> Result<(), Fault> {
        self.1.call(deployment, "remove".to_owned()).await?;
        self.0.remove(deployment).await
    }

    async fn call(
        &self,
        application: Uuid,
        request: http::Request<Bytes>,
        limit: Duration,
    ) -> Result<http::Response<Bytes>, CallError> {
        self.0.call(application, request, limit).await
    }

    async fn logs(&self, query: &LogQuery) -> Result<LogPage, LogError> {
        self.0.logs(query).await
    }
}

#[async_trait]
impl Schedules for Faulty<dyn Schedules> {
    fn refuses(&self, schedule: &Schedule) -> Option<String> {
        self.0.refuses(schedule)
    }

    async fn set(&self, application: Uuid, schedule: &Schedule) -> Result<(), Fault> {
        self.1
            .call(application, format!("schedule {schedule:?}"))
            .await?;
        self.0.set(application, schedule).await
    }

    async fn remove(&self, application: Uuid) -> Result<(), Fault> {
        self.1
            .call(application, format!("no schedule {application}"))
            .await?;
        self.0.remove(application).await
    }
}

#[async_trait]
impl Topics for Faulty<dyn Topics> {
    async fn set(&self, application: Uuid) -> Result<(), Fault> {
        self.1
            .call(application, format!("topic {application}"))
            .await?;
        self.0.set(application).await
    }

    async fn remove(&self, application: Uuid) -> Result<(), Fault> {
        self.1
            .call(application, format!("no topic {application}"))
            .await?;
        self.0.remove(application).await
    }
}
