//! The way to AWS: clients out of the environment that Lambda gives a function, the adapters of the ports, and what runs in the functions
//! of applications and in builds.

pub mod application;
pub mod builds;
mod environment;
mod executable;
mod hosting;
mod key_wrap;
mod regions;
mod schedules;
mod topics;

pub use environment::{Environment, Missing, handler};
pub use executable::Executable;
pub use hosting::{LambdaHosting, Settings};
pub use key_wrap::KmsKey;
pub use regions::{InvalidRegions, regions_of};
pub use schedules::SchedulerSchedules;
pub use topics::SnsTopics;
