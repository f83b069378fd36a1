//! Every effect is in the outbox before it is in the queue, so that a crash between the two loses nothing.

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
        for message in self.store.commit(commit).await? {
            if let Err(error) = self.deliver(&message).await {
                tracing::warn!(%error, ?message, "a message stays in the outbox until the next sweep");
            }
        }
        Ok(())
    }

    /// Sends messages that were left in the outbox, and says how many.
    ///
    /// # Errors
    /// The table does not answer.
    pub async fn sweep_outbox(&self, grace: Duration) -> Result<usize, StoreError> {
        let until = self.clock.now().before(grace).to_string();
        let left: Vec<OutboxRow> = self.store.due(lists::OUTBOX, &until, 1000).await?;
        for message in &left {
            if let Err(error) = self.deliver(message).await {
                tracing::warn!(%error, ?message, "a message stays in the outbox until the next sweep");
            }
        }
        Ok(left.len())
    }

    // A message of the far future waits in the outbox: the queue holds one for at most 15 minutes.
    async fn deliver(&self, message: &OutboxRow) -> Result<(), DeliverError> {
        let delay = message.due.since(self.clock.now());
        if delay > limits::QUEUE_DELAY {
            return Ok(());
        }
        self.send(message.message, delay).await?;
        self.store.sent(message).await?;
        Ok(())
    }

    /// Sends a message without the outbox: a hint that something can go on, which the sweep would find out too.
    ///
    /// # Errors
    /// The queue does not answer.
    pub async fn send(&self, message: Message, delay: Duration) -> Result<(), QueueError> {
        let body = serde_json::to_string(&message).expect("messages are plain data");
        self.queue.send(message.queue(), &body, delay).await
    }
}

#[derive(Debug, thiserror::Error)]
enum DeliverError {
    #[error(transparent)]
    Queue(#[from] QueueError),
    #[error(transparent)]
    Store(#[from] StoreError),
}
