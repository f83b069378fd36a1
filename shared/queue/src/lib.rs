//! Messages on SQS: sent, received, and taken off only when the work is done.

use std::collections::HashMap;
use std::time::Duration;

use aws_sdk_sqs::Client;
use aws_sdk_sqs::error::{DisplayErrorContext, SdkError};
use aws_sdk_sqs::types::SendMessageBatchRequestEntry;

/// The queue did not answer.
#[derive(Debug, thiserror::Error)]
#[error("the queue {queue} refused {operation}: {cause}")]
pub struct QueueError {
    queue: String,
    operation: &'static str,
    cause: String,
}

/// A message as it was received.
#[derive(Debug, Clone)]
pub struct Received {
    /// The message's id.
    pub id: String,
    /// What was sent.
    pub body: String,
    /// Takes it off the queue.
    pub receipt: String,
}

/// The queues by name.
#[derive(Debug, Clone)]
pub struct Queue {
    client: Client,
    urls: HashMap<String, String>,
}

// SQS waits at most 20 s for a message and delays one at most 15 minutes (quotas of Amazon SQS).
const LONGEST_POLL: Duration = Duration::from_secs(20);
const LONGEST_DELAY: Duration = Duration::from_secs(15 * 60);

/// Messages of one request (quota of Amazon SQS).
pub const BATCH: usize = 10;

impl Queue {
    /// The queues, with their URLs by name.
    #[must_use]
    pub fn new(client: Client, urls: HashMap<String, String>) -> Self {
        Self { client, urls }
    }

    fn url(&self, queue: &str) -> Result<&str, QueueError> {
        self.urls
            .get(queue)
            .map(String::as_str)
            .ok_or_else(|| QueueError {
                queue: queue.to_owned(),
                operation: "every operation",
                cause: "no URL is configured for it".to_owned(),
            })
    }

    /// Sends a message, to be received after `delay` (at most 15 minutes).
    ///
    /// # Errors
    /// The queue does not answer.
    pub async fn send(&self, queue: &str, body: &str, delay: Duration) -> Result<(), QueueError> {
        self.client
            .send_message()
            .queue_url(self.url(queue)?)
            .message_body(body)
            .delay_seconds(seconds(delay))
            .send()
            .await
            .map(drop)
            .map_err(|error| fault(queue, "SendMessage", error))
    }

    /// Sends up to [`BATCH`] messages, each to be received after its delay; for each, whether the queue has it.
    ///
    /// # Errors
    /// The queue does not answer.
    pub async fn send_all(
        &self,
        queue: &str,
        messages: &[(String, Duration)],
    ) -> Result<Vec<bool>, QueueError> {
        let mut request = self.client.send_message_batch().queue_url(self.url(queue)?);
        for (number, (body, delay)) in messages.iter().enumerate() {
            let entry = SendMessageBatchRequestEntry::builder()
                .id(number.to_string())
                .message_body(body)
                .delay_seconds(seconds(*delay));
            request = request.entries(entry.build().expect("id and body are set above"));
        }
        let answer = request.send().await;
        let answer = answer.map_err(|error| fault(queue, "SendMessageBatch", error))?;
        let mut taken = vec![false; messages.len()];
        for sent in answer.successful() {
            if let Some(one) = sent
                .id()
                .parse()
                .ok()
                .and_then(|number: usize| taken.get_mut(number))
            {
                *one = true;
            }
        }
        Ok(taken)
    }

    /// Waits up to `wait` (at most 20 s) for messages, at most `most` of them (up to 10).
    ///
    /// # Errors
    /// The queue does not answer.
    pub async fn receive(
        &self,
        queue: &str,
        most: u8,
        wait: Duration,
    ) -> Result<Vec<Received>, QueueError> {
        let answer = self
            .client
            .receive_message()
            .queue_url(self.url(queue)?)
            .max_number_of_messages(i32::from(most))
            .wait_time_seconds(i32::try_from(wait.min(LONGEST_POLL).as_secs()).unwrap_or(0))
            .send()
            .await
            .map_err(|error| fault(queue, "ReceiveMessage", error))?;
        let messages = answer.messages.unwrap_or_default();
        let received = messages.into_iter().map(|message| Received {
            id: message.message_id.unwrap_or_default(),
            body: message.body.unwrap_or_default(),
            receipt: message.receipt_handle.unwrap_or_default(),
        });
        Ok(received.collect())
    }

    /// Takes a message off the queue.
    ///
    /// # Errors
    /// The queue does not answer; the message then comes again.
    pub async fn done(&self, queue: &str, receipt: &str) -> Result<(), QueueError> {
        self.client
            .delete_message()
            .queue_url(self.url(queue)?)
            .receipt_handle(receipt)
            .send()
            .await
            .map(drop)
            .map_err(|error| fault(queue, "DeleteMessage", error))
    }

    /// Lets a message come again after `delay`.
    ///
    /// # Errors
    /// The queue does not answer; the message then comes again after its visibility timeout.
    pub async fn retry(
        &self,
        queue: &str,
        receipt: &str,
        delay: Duration,
    ) -> Result<(), QueueError> {
        self.client
            .change_message_visibility()
            .queue_url(self.url(queue)?)
            .receipt_handle(receipt)
            .visibility_timeout(i32::try_from(delay.as_secs()).unwrap_or(i32::MAX))
            .send()
            .await
            .map(drop)
            .map_err(|error| fault(queue, "ChangeMessageVisibility", error))
    }
}

/// Whole seconds, rounded up: what is due later must not come before.
fn seconds(delay: Duration) -> i32 {
    let seconds = delay.min(LONGEST_DELAY).as_millis().div_ceil(1000);
    i32::try_from(seconds).unwrap_or(0)
}

fn fault<E>(queue: &str, operation: &'static str, error: SdkError<E>) -> QueueError
where
    E: std::error::Error + Send + Sync + 'static,
{
    QueueError {
        queue: queue.to_owned(),
        operation,
        cause: DisplayErrorContext(error).to_string(),
    }
}
