//! While a Deployment changes, its service is called without a pause: every call must be answered, first by the old revision and then by
//! the new one.

use std::time::Duration;

use anyhow::bail;
use http::{Method, StatusCode};
use reqwest::RequestBuilder;
use serde_json::Value;
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;

use super::api::{Api, send};
use super::deployment::Deployment;
use super::service;
use super::story::Done;

// Hundreds of calls in a second, and still time for the machine to start the new revision.
const PAUSE: Duration = Duration::from_millis(5);

/// What the caller saw.
#[derive(Default)]
struct Seen {
    calls: u32,
    failures: Vec<String>,
    new: bool,
}

/// Calls the service while `work` goes on, and until the new revision answers.
pub(super) async fn during(
    api: &Api,
    deployment: &Deployment,
    greetings: [&'static str; 2],
    work: impl Future<Output = Done<()>>,
) -> Done<()> {
    let request = api.visit(Method::GET, &service::url(deployment)?);
    let stop = CancellationToken::new();
    let caller = AbortOnDropHandle::new(tokio::spawn(call(request, greetings, stop.clone())));
    let ((), mut told) = work.await?;
    stop.cancel();
    let seen = caller.await?;
    if let Some(first) = seen.failures.first() {
        bail!(
            "{} of {} calls of the service failed meanwhile, the first: {first}",
            seen.failures.len(),
            seen.calls
        );
    }
    if !seen.new {
        bail!(
            "the Deployment is `Deployed`, and the service still answers the greeting `{}`",
            greetings[0]
        );
    }
    told.push(format!(
        "{} calls of the service meanwhile, none failed",
        seen.calls
    ));
    Ok(((), told))
}

async fn call(request: RequestBuilder, greetings: [&str; 2], stop: CancellationToken) -> Seen {
    let mut seen = Seen::default();
    loop {
        // Looked at before the call: the last one begins after the work is done, and must see the new revision.
        let last = stop.is_cancelled();
        let Some(again) = request.try_clone() else {
            return seen;
        };
        let answer = match send(again).await {
            Ok(answer) => answer
                .expect(StatusCode::OK)
                .map_err(|error| error.to_string()),
            Err(error) => Err(format!("{error:#}")),
        };
        seen.take(answer, greetings);
        if last {
            return seen;
        }
        tokio::time::sleep(PAUSE).await;
    }
}

impl Seen {
    fn take(&mut self, answer: Result<Value, String>, [old, new]: [&str; 2]) {
        self.calls += 1;
        match answer {
            Err(failure) => self.failures.push(failure),
            Ok(body) if body["greeting"] == new => self.new = true,
            Ok(body) if body["greeting"] == old && !self.new => {}
            Ok(body) if body["greeting"] == old => {
                self.failures.push(format!(
                    "the old revision answered after the new one: {body}"
                ));
            }
            Ok(body) => self
                .failures
                .push(format!("neither revision answers so: {body}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn seen(greetings: &[&str]) -> Seen {
        let mut seen = Seen::default();
        for greeting in greetings {
            seen.take(Ok(json!({"greeting": greeting})), ["old", "new"]);
        }
        seen
    }

    #[test]
    fn the_new_revision_follows_the_old_one_and_never_the_other_way_round() {
        assert!(seen(&["old", "old"]).failures.is_empty());
        assert!(!seen(&["old", "old"]).new);
        assert!(seen(&["old", "new", "new"]).failures.is_empty());
        assert!(seen(&["old", "new"]).new);
        insta::assert_snapshot!(seen(&["old", "new", "old", "x"]).failures.join("\n"), @r#"
        the old revision answered after the new one: {"greeting":"old"}
        neither revision answers so: {"greeting":"x"}
        "#);
    }
}
