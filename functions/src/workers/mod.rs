//! Workers: each takes the messages of one queue, does the slow thing outside, and commits what came of it at the version that it read.

pub mod build_ended;
mod builds;
mod checked;
pub mod crash_loop;
pub mod deliver_event;
pub mod deploy;
mod drive;
mod end;
mod fetch;
mod launches;
pub(crate) mod pending;
mod pipeline;
mod places;
pub mod preview;
pub mod publish;
pub(crate) mod report;
pub mod restore;
mod schedules;
mod sites;
pub mod trigger_job;
pub mod undeploy;
mod undo;
mod verdict;

pub(crate) use drive::expire;
