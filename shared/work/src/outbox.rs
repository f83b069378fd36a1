//! Every effect is in the outbox before it is in the queue, so that a crash between the two loses nothing.

use std::collections::BTreeMap;
use std::time::Duration;

use domain::limits;
use queue::{Queue, QueueError};
use store::keys::lists;
use store::rows::{Message, OutboxRow};
use store::{Commit, CommitError, Store, StoreError};
use uuid::Uuid;

use crate::clock::{Clock, Ids};

/// Where work is put and taken: rows, queues, the time and who we are.
#[derive(Debug, Clone)]
pub struct Desk {
    /// The rows.
    pub store: Store,
    /// The queues.
    pub queue: Queue,
    /// The time.
    pub clock: Clock,
    /// New ids.
    pub ids: Ids,
    /// This process.
    pub process: Uuid,
    /// Whether no other process can be alive, as on one machine with a locked data folder.
    pub alone: bool,
}

impl Desk {
    /// A message for the outbox, due after `delay`.
    #[must_use]
    pub fn message(&self, message: Message, delay: Duration) -> OutboxRow {
        OutboxRow {
            id: self.ids.next(),
            message,
            due: self.clock.now().after(delay),
        }
    }

    /// Commits, and sends what the commit put into the outbox.
    ///
    /// # Errors
    /// Those of [`Store::commit`]. A message that could not be sent is no error: the sweep sends it.
    pub async fn commit(&self, commit: Commit) -> Result<(), CommitError> {
        let messages = self.store.commit(commit).await?;
        self.deliver(&messages).await;
        Ok(())
    }

    /// Sends messages that were left in the outbox, and says how many.
    ///
    /// # Errors
    /// The table does not answer.
    pub async fn sweep_outbox(&self, grace: Duration) -> Result<usize, StoreError> {
        let until = self.clock.now().before(grace).to_string();
        let left: Vec<OutboxRow> = self.store.due(lists::OUTBOX, &until, 1000).await?;
        self.deliver(&left).await;
        Ok(left.len())
    }

    /// Sends messages, and takes them out of the outbox. One of the far future waits there: the queue holds a message for at most 15 minutes.
    async fn deliver(&self, messages: &[OutboxRow]) {
        let now = self.clock.now();
        let mut queues: BTreeMap<&str, Vec<&OutboxRow>> = BTreeMap::new();
        for message in messages {
            if message.due.since(now) <= limits::QUEUE_DELAY {
                queues
                    .entry(message.message.queue())
                    .or_default()
                    .push(message);
            }
        }
        let mut sent = Vec::new();
        for (queue, messages) in queues {
            for batch in messages.chunks(queue::BATCH) {
                let bodies = batch
                    .iter()
                    .map(|row| (body(row.message), row.due.since(now)));
                match self
                    .queue
                    .send_all(queue, &bodies.collect::<Vec<_>>())
                    .await
                {
                    Ok(taken) => sent.extend(
                        batch
                            .iter()
                            .zip(taken)
                            .filter(|(_, taken)| *taken)
                            .map(|(row, _)| *row),
                    ),
                    Err(error) => {
                        tracing::warn!(%error, "messages stay in the outbox until the next sweep")
                    }
                }
            }
        }
        for rows in sent.chunks(store::TRANSACTION) {
            if let Err(error) = self.store.sent(rows).await {
                tracing::warn!(%error, "messages were sent and stay in the outbox: they are sent again");
            }
        }
    }

    /// Sends a message without the outbox: a hint that something can go on, which the sweep would find out too.
    ///
    /// # Errors
    /// The queue does not answer.
    pub async fn send(&self, message: Message, delay: Duration) -> Result<(), QueueError> {
        self.queue
            .send(message.queue(), &body(message), delay)
            .await
    }
}

fn body(message: Message) -> String {
    serde_json::to_string(&message).expect("messages are plain data")
}
