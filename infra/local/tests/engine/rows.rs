//! Rows through the DynamoDB client: conditions, transactions, indexes, expiry.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::ProvideErrorMetadata;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{AttributeValue, Put, TransactWriteItem, Update};

use super::in_memory;

fn s(text: impl Into<String>) -> AttributeValue {
    AttributeValue::S(text.into())
}

async fn put(client: &Client, pk: &str, version: u64) {
    client
        .put_item()
        .table_name("rows")
        .item("pk", s(pk))
        .item("sk", s("row"))
        .item("version", AttributeValue::N(version.to_string()))
        .send()
        .await
        .unwrap();
}

async fn version(client: &Client, pk: &str) -> Option<String> {
    let found = client
        .get_item()
        .table_name("rows")
        .key("pk", s(pk))
        .key("sk", s("row"))
        .send()
        .await
        .unwrap();
    found.item?.get("version")?.as_n().ok().cloned()
}

/// Sets the version of `pk` to `to` if it is `from`.
fn raise(pk: &str, from: u64, to: u64) -> TransactWriteItem {
    let update = Update::builder()
        .table_name("rows")
        .key("pk", s(pk))
        .key("sk", s("row"))
        .update_expression("SET version = :to")
        .condition_expression("version = :from")
        .expression_attribute_values(":to", AttributeValue::N(to.to_string()))
        .expression_attribute_values(":from", AttributeValue::N(from.to_string()))
        .build()
        .unwrap();
    TransactWriteItem::builder().update(update).build()
}

#[tokio::test]
async fn a_row_that_was_put_is_got() {
    let (engine, _blobs) = in_memory().await;
    let client = engine.dynamodb();
    assert_eq!(version(&client, "a").await, None);
    put(&client, "a", 7).await;
    assert_eq!(version(&client, "a").await.as_deref(), Some("7"));
}

#[tokio::test]
async fn a_second_create_of_the_same_key_fails_as_a_condition() {
    let (engine, _blobs) = in_memory().await;
    let create = || {
        engine
            .dynamodb()
            .put_item()
            .table_name("rows")
            .item("pk", s("a"))
            .item("sk", s("row"))
            .condition_expression("attribute_not_exists(pk)")
            .send()
    };
    create().await.unwrap();
    let error = create().await.unwrap_err().into_service_error();
    assert!(error.is_conditional_check_failed_exception(), "{error:?}");
}

#[tokio::test]
async fn a_transaction_with_one_failed_condition_changes_nothing_and_names_it() {
    let (engine, _blobs) = in_memory().await;
    let client = engine.dynamodb();
    put(&client, "a", 1).await;
    put(&client, "b", 5).await;

    let outcome = client
        .transact_write_items()
        .transact_items(raise("a", 1, 2))
        .transact_items(raise("b", 4, 6))
        .send()
        .await;

    let TransactWriteItemsError::TransactionCanceledException(cancelled) =
        outcome.unwrap_err().into_service_error()
    else {
        panic!("not a cancelled transaction");
    };
    let codes: Vec<_> = cancelled
        .cancellation_reasons()
        .iter()
        .map(|reason| reason.code().unwrap_or(""))
        .collect();
    assert_eq!(codes, ["None", "ConditionalCheckFailed"]);
    assert_eq!(version(&client, "a").await.as_deref(), Some("1"));
}

#[tokio::test]
async fn of_many_writers_at_one_version_one_succeeds() {
    let (engine, _blobs) = in_memory().await;
    let client = engine.dynamodb();
    put(&client, "a", 1).await;
    let writers: Vec<_> = (0..16)
        .map(|_| {
            tokio::spawn(
                client
                    .transact_write_items()
                    .transact_items(raise("a", 1, 2))
                    .send(),
            )
        })
        .collect();
    let mut succeeded = 0;
    for writer in writers {
        succeeded += usize::from(writer.await.unwrap().is_ok());
    }
    assert_eq!(succeeded, 1);
}

#[tokio::test]
async fn an_index_is_read_page_by_page_in_the_order_of_its_sort_key() {
    let (engine, _blobs) = in_memory().await;
    let client = engine.dynamodb();
    for n in [3, 1, 5, 2, 4] {
        let put = Put::builder()
            .table_name("rows")
            .item("pk", s(format!("row{n}")))
            .item("sk", s("row"))
            .item("gsi1pk", s("owner"))
            .item("gsi1sk", s(format!("{n:03}")))
            .item("body", s(format!("number {n}")))
            .build()
            .unwrap();
        client
            .transact_write_items()
            .transact_items(TransactWriteItem::builder().put(put).build())
            .send()
            .await
            .unwrap();
    }
    let mut pages = client
        .query()
        .table_name("rows")
        .index_name("gsi1")
        .key_condition_expression("gsi1pk = :owner")
        .expression_attribute_values(":owner", s("owner"))
        .limit(2)
        .into_paginator()
        .send();
    let mut seen = Vec::new();
    while let Some(page) = pages.next().await {
        seen.push(
            page.unwrap()
                .items()
                .iter()
                .map(|item| item["body"].as_s().unwrap().clone())
                .collect::<Vec<_>>(),
        );
    }
    assert_eq!(
        seen,
        [
            vec!["number 1", "number 2"],
            vec!["number 3", "number 4"],
            vec!["number 5"]
        ]
    );
}

#[tokio::test]
async fn a_sweep_takes_the_rows_whose_time_is_over_and_no_others() {
    let (engine, _blobs) = in_memory().await;
    let client = engine.dynamodb();
    for (pk, expires) in [("past", "1000000000"), ("future", "99999999999")] {
        client
            .put_item()
            .table_name("rows")
            .item("pk", s(pk))
            .item("sk", s("row"))
            .item("version", AttributeValue::N("1".into()))
            .item("expires_at", AttributeValue::N(expires.into()))
            .send()
            .await
            .unwrap();
    }
    assert_eq!(engine.sweep_expired().await.unwrap(), 1);
    assert_eq!(version(&client, "past").await, None);
    assert_eq!(version(&client, "future").await.as_deref(), Some("1"));
}

#[tokio::test]
async fn two_engines_in_memory_do_not_see_each_other() {
    let (one, _blobs) = in_memory().await;
    let (other, _blobs) = in_memory().await;
    put(&one.dynamodb(), "a", 1).await;
    assert_eq!(version(&other.dynamodb(), "a").await, None);
}

#[tokio::test]
async fn an_empty_set_is_refused_as_dynamodb_refuses_it() {
    let (engine, _blobs) = in_memory().await;
    let put = engine
        .dynamodb()
        .put_item()
        .table_name("rows")
        .item("pk", s("a"))
        .item("sk", s("row"));
    let error = put
        .item("tags", AttributeValue::Ss(Vec::new()))
        .send()
        .await
        .unwrap_err()
        .into_service_error();
    assert_eq!(error.code(), Some("ValidationException"));
}
