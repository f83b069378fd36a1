//! What AWS has no adapter for yet fails as a fault that says so: applications, builds and schedules run on the embedded engine only.

use std::time::Duration;

use async_trait::async_trait;
use builder::{BuildEngine, BuildOrder, OrderError};
use bytes::Bytes;
use domain::schedule::Schedule;
use hosting::{
    CallError, Fault, Hosting, Launch, LogError, LogPage, LogQuery, Schedules, ScriptOutcome,
    StartError,
};
use uuid::Uuid;

const WHAT: &str = "this version runs applications on the embedded engine only, not on AWS";

/// Stands where an adapter of AWS will.
#[derive(Debug, Clone, Copy)]
pub struct Absent;

#[async_trait]
impl BuildEngine for Absent {
    async fn order(&self, _order: BuildOrder) -> Result<(), OrderError> {
        Err(OrderError(WHAT.to_owned()))
    }
}

#[async_trait]
impl Schedules for Absent {
    async fn set(&self, _application: Uuid, _schedule: &Schedule) -> Result<(), Fault> {
        Err(Fault::new(WHAT))
    }

    async fn remove(&self, _application: Uuid) -> Result<(), Fault> {
        Err(Fault::new(WHAT))
    }
}

#[async_trait]
impl Hosting for Absent {
    async fn start(&self, _launch: &Launch) -> Result<(), StartError> {
        Err(Fault::new(WHAT).into())
    }

    async fn run_script(&self, _launch: &Launch, _script: &str) -> Result<ScriptOutcome, Fault> {
        Err(Fault::new(WHAT))
    }

    async fn switch(&self, _deployment: Uuid, _revision: u64) -> Result<(), Fault> {
        Err(Fault::new(WHAT))
    }

    async fn stop(&self, _deployment: Uuid, _revision: u64) -> Result<(), Fault> {
        Err(Fault::new(WHAT))
    }

    async fn remove(&self, _deployment: Uuid) -> Result<(), Fault> {
        Err(Fault::new(WHAT))
    }

    async fn call(
        &self,
        _application: Uuid,
        _request: http::Request<Bytes>,
        _limit: Duration,
    ) -> Result<http::Response<Bytes>, CallError> {
        Err(CallError::NotFound)
    }

    async fn logs(&self, _query: &LogQuery) -> Result<LogPage, LogError> {
        Err(Fault::new(WHAT).into())
    }
}
