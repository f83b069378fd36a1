//! Logs that are followed: every entry is sent once, as soon as it is there, until the Deployment is gone or the answer has its age.

use std::sync::Arc;
use std::time::Duration;

use domain::deployment::DeploymentRecord;
use domain::names::ProjectKey;
use futures_util::stream::{self, BoxStream, StreamExt};
use hosting::{LogEntry, LogError, LogQuery};
use store::keys;
use tokio::time::Instant;
use web::Place;
use work::Fault;

use crate::platform::Platform;

/// New entries are looked for this often: nobody who reads along notices, and a hundred readers cost little.
const LOOK_AGAIN: Duration = Duration::from_millis(250);
/// The same for a host that sends whole answers: CloudWatch takes five such questions a second of the whole account (its quotas).
const LOOK_AGAIN_WHOLE: Duration = Duration::from_secs(2);
/// Whether the Deployment is still there is looked for less often.
const STILL_DEPLOYED: Duration = Duration::from_secs(2);
/// A comment is sent after this time without entries, as proxies end a connection on which nothing comes.
const SIGN_OF_LIFE: Duration = Duration::from_secs(15);
/// An answer ends after this, so that its reader shows a token again.
const AGE: Duration = Duration::from_secs(60 * 60);
/// A host that sends whole answers waits this long for the first entry: API Gateway gives up after 30 s.
const WHOLE_ANSWER: Duration = Duration::from_secs(20);
/// The last event.
const END: &str = "event: end\ndata: {\"reason\":\"The Deployment is gone.\"}\n\n";
/// Milliseconds until a reader whose answer ended comes again.
const RETRY: u32 = 500;

/// Somebody who reads along.
pub(super) struct Follower {
    platform: Arc<Platform>,
    query: LogQuery,
    ends: Instant,
    deployed: bool,
    over: bool,
    _place: Place<ProjectKey>,
}

impl Follower {
    pub(super) fn new(platform: Arc<Platform>, query: LogQuery, place: Place<ProjectKey>) -> Self {
        Self {
            platform,
            query,
            ends: Instant::now() + AGE,
            deployed: true,
            over: false,
            _place: place,
        }
    }

    /// The first event, which tells the place from which a reader goes on that is cut off before anything comes.
    pub(super) async fn greet(&mut self) -> Result<String, LogError> {
        let entries = self.entries().await?;
        Ok(format!("retry: {RETRY}\n{}", self.told(&entries)))
    }

    /// What comes after the greeting, for a host that sends it bit by bit.
    pub(super) fn events(self) -> BoxStream<'static, String> {
        stream::unfold(self, async |mut follower| {
            let text = follower.next(SIGN_OF_LIFE).await?;
            Some((text, follower))
        })
        .boxed()
    }

    /// The same for a host that sends whole answers.
    pub(super) async fn first(&mut self) -> String {
        self.next(WHOLE_ANSWER).await.unwrap_or_default()
    }

    /// The next events, or a sign of life; none at the end.
    async fn next(&mut self, patience: Duration) -> Option<String> {
        if self.over {
            return None;
        }
        let begun = Instant::now();
        let mut seen = begun;
        while begun.elapsed() < patience {
            if self.ends < Instant::now() {
                return None;
            }
            if seen.elapsed() >= STILL_DEPLOYED {
                seen = Instant::now();
                self.deployed = !matches!(self.is_deployed().await, Ok(false));
            }
            match self.entries().await {
                Ok(entries) if !entries.is_empty() => return Some(self.told(&entries)),
                // Only now: what the applications wrote before they were removed has been sent.
                Ok(_) if !self.deployed => {
                    self.over = true;
                    return Some(END.to_owned());
                }
                Ok(_) => {}
                Err(error) => {
                    tracing::error!(%error, deployment = %self.query.deployment, "logs can no longer be followed");
                    return None;
                }
            }
            let again = if self.platform.streams {
                LOOK_AGAIN
            } else {
                LOOK_AGAIN_WHOLE
            };
            tokio::time::sleep(again).await;
        }
        Some(": nothing new\n\n".to_owned())
    }

    /// What there is from the place on, which moves behind it.
    async fn entries(&mut self) -> Result<Vec<LogEntry>, LogError> {
        let page = self.platform.hosting.logs(&self.query).await?;
        self.query.page = Some(page.end);
        Ok(page.data)
    }

    /// One event for each entry. The place stands in the last one: who is cut off within them gets them all again.
    fn told(&self, entries: &[LogEntry]) -> String {
        let id = self.query.page.as_deref().unwrap_or_default();
        let Some((last, before)) = entries.split_last() else {
            return format!("id: {id}\n\n");
        };
        let data = |entry: &LogEntry| {
            let json = serde_json::to_string(entry).unwrap_or_default();
            format!("data: {json}\n\n")
        };
        let before: String = before.iter().map(data).collect();
        format!("{before}id: {id}\n{}", data(last))
    }

    async fn is_deployed(&self) -> Result<bool, Fault> {
        let key = keys::deployment(self.query.deployment);
        let record: Option<DeploymentRecord> = self.platform.desk.store.get(&key).await?;
        Ok(record.is_some())
    }
}
