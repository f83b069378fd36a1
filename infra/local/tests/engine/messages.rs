//! Messages through the SQS client. The clock stands still and jumps to what is waited for, so minutes cost nothing.

use std::time::Duration;

use aws_sdk_sqs::Client;
use aws_sdk_sqs::types::{Message, MessageSystemAttributeName};
use tokio::time::Instant;

use super::in_memory;

async fn url(client: &Client, queue: &str) -> String {
    client
        .get_queue_url()
        .queue_name(queue)
        .send()
        .await
        .unwrap()
        .queue_url
        .unwrap()
}

async fn send(client: &Client, queue: &str, body: &str) {
    client
        .send_message()
        .queue_url(queue)
        .message_body(body)
        .send()
        .await
        .unwrap();
}

async fn receive(client: &Client, queue: &str, wait_seconds: i32) -> Option<Message> {
    let received = client
        .receive_message()
        .queue_url(queue)
        .wait_time_seconds(wait_seconds)
        .message_system_attribute_names(MessageSystemAttributeName::ApproximateReceiveCount)
        .send()
        .await
        .unwrap();
    received.messages.unwrap_or_default().pop()
}

fn body(message: Option<Message>) -> Option<String> {
    message?.body
}

#[tokio::test(start_paused = true)]
async fn a_message_is_received_once_and_gone_when_deleted() {
    let (engine, _blobs) = in_memory().await;
    let client = engine.sqs();
    let work = url(&client, "work").await;
    send(&client, &work, "run 1").await;

    let message = receive(&client, &work, 0).await.unwrap();
    assert_eq!(message.body(), Some("run 1"));
    assert_eq!(
        body(receive(&client, &work, 0).await),
        None,
        "hidden while it is worked on"
    );

    client
        .delete_message()
        .queue_url(&work)
        .receipt_handle(message.receipt_handle.unwrap())
        .send()
        .await
        .unwrap();
    tokio::time::advance(Duration::from_secs(31)).await;
    assert_eq!(
        body(receive(&client, &work, 0).await),
        None,
        "deleted for good"
    );
}

#[tokio::test(start_paused = true)]
async fn a_message_that_was_not_deleted_comes_back_when_its_time_is_over() {
    let (engine, _blobs) = in_memory().await;
    let client = engine.sqs();
    let work = url(&client, "work").await;
    send(&client, &work, "run 1").await;
    receive(&client, &work, 0).await.unwrap();

    tokio::time::advance(Duration::from_secs(29)).await;
    assert_eq!(body(receive(&client, &work, 0).await), None);
    tokio::time::advance(Duration::from_secs(2)).await;
    let again = receive(&client, &work, 0).await.unwrap();
    let count = &again.attributes.unwrap()[&MessageSystemAttributeName::ApproximateReceiveCount];
    assert_eq!(count, "2");
}

#[tokio::test(start_paused = true)]
async fn a_worker_can_hide_its_message_for_longer() {
    let (engine, _blobs) = in_memory().await;
    let client = engine.sqs();
    let work = url(&client, "work").await;
    send(&client, &work, "long run").await;
    let message = receive(&client, &work, 0).await.unwrap();
    let longer = client
        .change_message_visibility()
        .queue_url(&work)
        .visibility_timeout(600);
    longer
        .receipt_handle(message.receipt_handle.unwrap())
        .send()
        .await
        .unwrap();

    tokio::time::advance(Duration::from_secs(599)).await;
    assert_eq!(body(receive(&client, &work, 0).await), None);
    tokio::time::advance(Duration::from_secs(2)).await;
    assert_eq!(
        body(receive(&client, &work, 0).await).as_deref(),
        Some("long run")
    );
}

#[tokio::test(start_paused = true)]
async fn a_message_received_too_often_goes_to_the_dead_letters() {
    let (engine, _blobs) = in_memory().await;
    let client = engine.sqs();
    let (work, dead) = (
        url(&client, "work").await,
        url(&client, "work-dead-letters").await,
    );
    send(&client, &work, "poison").await;
    for _ in 0..2 {
        assert_eq!(
            body(receive(&client, &work, 0).await).as_deref(),
            Some("poison")
        );
        tokio::time::advance(Duration::from_secs(31)).await;
    }
    assert_eq!(body(receive(&client, &work, 0).await), None);
    assert_eq!(
        body(receive(&client, &dead, 5).await).as_deref(),
        Some("poison")
    );
}

#[tokio::test(start_paused = true)]
async fn a_waiting_receiver_gets_a_message_the_moment_it_is_sent() {
    let (engine, _blobs) = in_memory().await;
    let client = engine.sqs();
    let work = url(&client, "work").await;
    let started = Instant::now();
    let later = async {
        tokio::time::sleep(Duration::from_secs(3)).await;
        send(&client, &work, "late").await;
    };
    let (received, ()) = tokio::join!(receive(&client, &work, 20), later);
    assert_eq!(body(received).as_deref(), Some("late"));
    assert!(
        started.elapsed() < Duration::from_secs(4),
        "{:?}",
        started.elapsed()
    );
}

#[tokio::test(start_paused = true)]
async fn a_waiting_receiver_goes_away_with_nothing_when_its_wait_is_over() {
    let (engine, _blobs) = in_memory().await;
    let client = engine.sqs();
    let work = url(&client, "work").await;
    let started = Instant::now();
    assert_eq!(body(receive(&client, &work, 20).await), None);
    assert!(started.elapsed() >= Duration::from_secs(20));
}

#[tokio::test]
async fn an_unknown_queue_is_told_apart_from_other_errors() {
    let (engine, _blobs) = in_memory().await;
    let error = engine
        .sqs()
        .get_queue_url()
        .queue_name("nobody")
        .send()
        .await
        .unwrap_err()
        .into_service_error();
    assert!(error.is_queue_does_not_exist(), "{error:?}");
}
