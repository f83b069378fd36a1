//! What a layout names is there after this, and what was there before stays as it was.

use std::fs;
use std::path::Path;

use aws_sdk_sqs::types::QueueAttributeName::{RedrivePolicy, VisibilityTimeout};
use dynoxide::DynoxideError;
use serde_json::{Value, json};

use super::rows::Rows;
use super::{EngineError, IndexLayout, QueueLayout, TableLayout, messages};

/// Creates the table, or makes sure that the table found is this one.
pub(super) fn table(rows: &Rows, layout: &TableLayout) -> Result<(), EngineError> {
    let name = json!({ "TableName": layout.name });
    let found = match run(rows, "DescribeTable", &name) {
        Ok(found) => found["Table"].clone(),
        Err(DynoxideError::ResourceNotFoundException(_)) => return create_table(rows, layout),
        Err(error) => return Err(rows.failure("describe the table", error)),
    };
    match difference(&found, layout) {
        None => expire(rows, layout),
        Some(difference) => Err(EngineError::OtherLayout {
            file: rows
                .folder()
                .map(|folder| folder.rows())
                .unwrap_or_default(),
            difference,
        }),
    }
}

/// Creates the queues, each after the queue of its dead letters.
pub(super) async fn queues(
    sqs: &aws_sdk_sqs::Client,
    queues: &[QueueLayout],
) -> Result<(), EngineError> {
    for queue in queues {
        let dead = queue.dead_letters();
        let redrive = json!({ "deadLetterTargetArn": messages::arn(&dead), "maxReceiveCount": queue.max_receives });
        let fault = |error| EngineError::fault(format!("create the queue {}", queue.name), error);
        sqs.create_queue()
            .queue_name(dead)
            .send()
            .await
            .map_err(|error| fault(Box::new(error)))?;
        sqs.create_queue()
            .queue_name(&queue.name)
            .attributes(VisibilityTimeout, queue.visibility_seconds.to_string())
            .attributes(RedrivePolicy, redrive.to_string())
            .send()
            .await
            .map_err(|error| fault(Box::new(error)))?;
    }
    Ok(())
}

/// Creates the buckets: to s3s-fs each is a folder.
pub(super) fn buckets(root: &Path, buckets: &[String]) -> Result<(), EngineError> {
    fs::create_dir_all(root).map_err(|source| EngineError::Unusable {
        path: root.to_owned(),
        source,
    })?;
    for bucket in buckets {
        let path = root.join(bucket);
        fs::create_dir_all(&path).map_err(|source| EngineError::Unusable { path, source })?;
    }
    Ok(())
}

fn create_table(rows: &Rows, layout: &TableLayout) -> Result<(), EngineError> {
    let mut attributes = vec![&layout.partition_key, &layout.sort_key];
    attributes.extend(
        layout
            .indexes
            .iter()
            .flat_map(|index| [&index.partition_key, &index.sort_key]),
    );
    let mut request = json!({
        "TableName": layout.name,
        "BillingMode": "PAY_PER_REQUEST",
        "KeySchema": keys(&layout.partition_key, &layout.sort_key),
        "AttributeDefinitions": attributes
            .iter()
            .map(|name| json!({ "AttributeName": name, "AttributeType": "S" }))
            .collect::<Vec<_>>(),
    });
    // DynamoDB refuses an empty list of indexes.
    if !layout.indexes.is_empty() {
        request["GlobalSecondaryIndexes"] = layout.indexes.iter().map(index).collect();
    }
    run(rows, "CreateTable", &request).map_err(|error| rows.failure("create the table", error))?;
    expire(rows, layout)
}

fn index(layout: &IndexLayout) -> Value {
    json!({
        "IndexName": layout.name,
        "KeySchema": keys(&layout.partition_key, &layout.sort_key),
        "Projection": { "ProjectionType": "ALL" },
    })
}

/// Switches the time to live on, unless it is on: a process may have ended between the table and this.
fn expire(rows: &Rows, layout: &TableLayout) -> Result<(), EngineError> {
    let failure = |error| rows.failure("set the time to live", error);
    let found = run(
        rows,
        "DescribeTimeToLive",
        &json!({ "TableName": layout.name }),
    )
    .map_err(failure)?;
    if found["TimeToLiveDescription"]["TimeToLiveStatus"] == "ENABLED" {
        return Ok(());
    }
    let request = json!({
        "TableName": layout.name,
        "TimeToLiveSpecification": { "AttributeName": layout.expires_at, "Enabled": true },
    });
    run(rows, "UpdateTimeToLive", &request)
        .map(drop)
        .map_err(failure)
}

/// What of the layout the table found does not have.
fn difference(found: &Value, layout: &TableLayout) -> Option<String> {
    if found["KeySchema"] != keys(&layout.partition_key, &layout.sort_key) {
        return Some(format!("the key of table {} differs", layout.name));
    }
    let indexes = found["GlobalSecondaryIndexes"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    layout
        .indexes
        .iter()
        .find(|index| {
            !indexes.iter().any(|found| {
                found["IndexName"] == *index.name
                    && found["KeySchema"] == keys(&index.partition_key, &index.sort_key)
            })
        })
        .map(|index| format!("table {} lacks the index {}", layout.name, index.name))
}

fn keys(partition: &str, sort: &str) -> Value {
    json!([
        { "AttributeName": partition, "KeyType": "HASH" },
        { "AttributeName": sort, "KeyType": "RANGE" },
    ])
}

fn run(rows: &Rows, operation: &str, request: &Value) -> Result<Value, DynoxideError> {
    let answer = rows.run(operation, request.to_string().as_bytes())?;
    serde_json::from_slice(&answer)
        .map_err(|error| DynoxideError::InternalServerError(error.to_string()))
}
