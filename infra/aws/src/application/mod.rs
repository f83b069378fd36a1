//! The function of an application: it starts the application's process out of its own code, hands it requests, and runs its scripts.
//!
//! The same executable as the platform's functions, under the handler [`HANDLER`]; nothing of the platform is configured here, and its
//! role may write logs only.

mod answer;
mod loaded;
mod process;
mod surroundings;

use std::sync::Arc;

use hosting::{End, ScriptOutcome, StartFailure};
use lambda_runtime::{LambdaEvent, service_fn};
use rustix::process::DumpableBehavior;
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub(crate) use answer::{Context, Http, HttpEvent};
pub use loaded::{LAUNCH, Layout, Loaded, TooLong};
use process::Application;
use surroundings::Surroundings;

/// `Handler` of the functions that applications are.
pub const HANDLER: &str = "application";

/// The folder within the function's code that holds the artifact's tree.
pub(crate) const TREE: &str = "tree";

/// What the platform asks beside requests. Nobody else can: what comes through a function URL is a request.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Order {
    /// Whether the application comes up.
    #[serde(rename = "slipwayCheck")]
    Check {},
    /// To run a script of connect.yaml.
    #[serde(rename = "slipwayScript")]
    Script {
        /// The line for a shell.
        line: String,
    },
}

/// Whether it came up.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Checked {
    /// It did.
    Healthy,
    /// It did not, for this reason.
    Failed {
        /// What failed.
        title: String,
        /// Why, and what to do.
        message: String,
    },
}

/// How a script ended.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Ran {
    end: RanEnd,
    last_lines: Vec<String>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
enum RanEnd {
    Code(i32),
    Signal(i32),
    Seconds(u64),
    Limit(String),
}

impl From<ScriptOutcome> for Ran {
    fn from(outcome: ScriptOutcome) -> Self {
        let end = match outcome.end {
            End::Code(code) => RanEnd::Code(code),
            End::Signal(signal) => RanEnd::Signal(signal),
            End::Time(limit) => RanEnd::Seconds(limit.as_secs()),
            End::Limit(why) => RanEnd::Limit(why),
        };
        Self {
            end,
            last_lines: outcome.last_lines,
        }
    }
}

impl From<Ran> for ScriptOutcome {
    fn from(ran: Ran) -> Self {
        let end = match ran.end {
            RanEnd::Code(code) => End::Code(code),
            RanEnd::Signal(signal) => End::Signal(signal),
            RanEnd::Seconds(limit) => End::Time(std::time::Duration::from_secs(limit)),
            RanEnd::Limit(why) => End::Limit(why),
        };
        Self {
            end,
            last_lines: ran.last_lines,
        }
    }
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Event {
    Order(Order),
    Http(Box<HttpEvent>),
}

/// Serves events for ever.
///
/// # Errors
/// Lambda's runtime API does not answer.
pub async fn run() -> Result<(), lambda_runtime::Error> {
    // The application runs as the same user, and shall not read the role's credentials out of this process.
    rustix::process::set_dumpable_behavior(DumpableBehavior::NotDumpable)?;
    let application = surroundings::loaded()
        .map(|loaded| Arc::new(Application::new(loaded, Surroundings::read())));
    let serve = |event: LambdaEvent<Event>| {
        let application = application.clone();
        async move {
            match application {
                Some(application) => serve(&application, event.payload).await,
                None => Ok(answer::not_deployed()),
            }
        }
    };
    lambda_runtime::run(service_fn(serve)).await
}

async fn serve(application: &Application, event: Event) -> Result<Value, lambda_runtime::Error> {
    Ok(match event {
        Event::Http(event) => answer::answer(application, *event).await,
        Event::Order(Order::Check {}) => serde_json::to_value(check(application).await)?,
        Event::Order(Order::Script { line }) => {
            serde_json::to_value(Ran::from(application.script(&line).await?))?
        }
    })
}

async fn check(application: &Application) -> Checked {
    if !application.loaded.launch.kind.is_dynamic() {
        return Checked::Healthy;
    }
    match application.ready().await {
        Ok(()) => Checked::Healthy,
        Err(StartFailure { title, message, .. }) => Checked::Failed { title, message },
    }
}
