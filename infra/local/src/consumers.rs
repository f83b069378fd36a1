//! Consumers do for one machine what SQS event sources do for Lambda: they receive messages, hand them to the worker of the queue's name,
//! and take them off when it is done.

use std::sync::Arc;
use std::time::Duration;

use aws_lambda_events::sqs::{SqsEvent, SqsMessage};
use functions::Platform;
use functions::catalogue::{WORKERS, Worker};
use queue::Received;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::stalls;

/// A message whose worker met a fault comes again after this.
const RETRY: Duration = Duration::from_secs(2);
const POLL: Duration = Duration::from_secs(20);

/// Consumes every queue until it is told to stop. What is under way then has ended when this returns, and goes on at the next start.
pub(crate) async fn consume(platform: Arc<Platform>, stop: CancellationToken) {
    let mut queues = JoinSet::new();
    for worker in WORKERS {
        let (platform, stop) = (platform.clone(), stop.clone());
        queues.spawn(async move {
            let mut under_way = JoinSet::new();
            stop.run_until_cancelled(queue(platform, worker, &mut under_way))
                .await;
            under_way.shutdown().await;
        });
    }
    while queues.join_next().await.is_some() {}
}

async fn queue(platform: Arc<Platform>, worker: &'static Worker, under_way: &mut JoinSet<()>) {
    let places = Arc::new(Semaphore::new(worker.at_a_time));
    loop {
        while under_way.try_join_next().is_some() {}
        let mut free: Vec<_> = places.clone().acquire_owned().await.into_iter().collect();
        while free.len() < queue::BATCH
            && let Ok(place) = places.clone().try_acquire_owned()
        {
            free.push(place);
        }
        let most = u8::try_from(free.len()).unwrap_or(1);
        match platform.desk.queue.receive(worker.name, most, POLL).await {
            Ok(messages) => {
                for message in messages {
                    let (platform, place) = (platform.clone(), free.pop());
                    under_way.spawn(async move {
                        let _place = place;
                        let work = work(platform, worker, message);
                        stalls::named(worker.name, work).await;
                    });
                }
            }
            Err(error) => {
                tracing::error!(%error, "a queue cannot be read; it is tried again");
                tokio::time::sleep(RETRY).await;
            }
        }
    }
}

async fn work(platform: Arc<Platform>, worker: &'static Worker, message: Received) {
    let mut event = SqsEvent::default();
    event.records.push(record(&message));
    let queue = platform.desk.queue.clone();
    let failed = functions::consume(platform, worker, event)
        .await
        .batch_item_failures;
    let told = if failed.is_empty() {
        queue.done(worker.name, &message.receipt).await
    } else {
        queue.retry(worker.name, &message.receipt, RETRY).await
    };
    if let Err(error) = told {
        tracing::warn!(%error, "a message comes again after its visibility timeout");
    }
}

fn record(message: &Received) -> SqsMessage {
    let mut record = SqsMessage::default();
    record.message_id = Some(message.id.clone());
    record.body = Some(message.body.clone());
    record
}
