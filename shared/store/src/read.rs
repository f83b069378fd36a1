//! Reads are consistent where a row is named, and go over one partition of an index where rows are listed; nothing ever scans.

use std::collections::HashMap;
use std::time::Duration;

use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use aws_sdk_dynamodb::types::KeysAndAttributes;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use crate::error::StoreError;
use crate::keys::{self, RowKey};
use crate::row::{Row, from_item, key_attributes, text};
use crate::{Store, row::Item};

/// The most that BatchGetItem takes (DynamoDB's limit).
const BATCH: usize = 100;
/// It leaves out rows when it is asked for too much: they are asked for again after a pause that doubles, 10 ms to 1.3 s.
const ROUNDS: u32 = 8;
const PAUSE: Duration = Duration::from_millis(10);
/// How many items one request asks for at most: the smallest have about 250 bytes, and an answer ends at 1 MB. Without a limit the
/// embedded engine would load the whole rest of a list for every answer.
const AT_ONCE: u64 = 4000;

impl Store {
    /// The row, or none.
    ///
    /// # Errors
    /// The table does not answer, or the row cannot be read.
    pub async fn get<R: Row>(&self, key: &RowKey) -> Result<Option<R>, StoreError> {
        self.item(key)
            .await?
            .map(|item| from_item(&item))
            .transpose()
    }

    /// The id that a key is reserved for, or none.
    ///
    /// # Errors
    /// The table does not answer, or the row cannot be read.
    pub async fn reserved(&self, key: &RowKey) -> Result<Option<Uuid>, StoreError> {
        let Some(item) = self.item(key).await? else {
            return Ok(None);
        };
        let id = item.get("id").and_then(|value| value.as_s().ok());
        id.and_then(|id| id.parse().ok())
            .map(Some)
            .ok_or_else(|| StoreError::Damaged {
                key: key.to_string(),
                cause: "the reservation names no id".to_owned(),
            })
    }

    /// How many Deployments count on a draft.
    ///
    /// # Errors
    /// The table does not answer.
    pub async fn uses(&self, staged: Uuid) -> Result<u64, StoreError> {
        let item = self.item(&keys::uses(staged)).await?;
        let count = item.and_then(|item| item.get("uses")?.as_n().ok()?.parse().ok());
        Ok(count.unwrap_or(0))
    }

    pub(crate) async fn item(&self, key: &RowKey) -> Result<Option<Item>, StoreError> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.table)
            .set_key(Some(key_attributes(key)))
            .consistent_read(true)
            .send()
            .await
            .map_err(|error| StoreError::table("GetItem", error))?;
        Ok(answer.item)
    }

    /// The rows of the keys, which must differ, in the order of the keys; a row that is not there is left out.
    ///
    /// # Errors
    /// The table does not answer, or a row cannot be read.
    pub async fn get_all<R: Row>(&self, keys: &[RowKey]) -> Result<Vec<R>, StoreError> {
        let found = self.found(keys.iter()).await?;
        rows(keys, &found)
    }

    /// Two rows of one request.
    ///
    /// # Errors
    /// The table does not answer, or a row cannot be read.
    pub async fn get_both<A: Row, B: Row>(
        &self,
        a: &RowKey,
        b: &RowKey,
    ) -> Result<(Option<A>, Option<B>), StoreError> {
        let found = self.found([a, b].into_iter()).await?;
        let a = found.get(a).map(from_item).transpose()?;
        Ok((a, found.get(b).map(from_item).transpose()?))
    }

    /// A Deployment's row and its revisions, the oldest first.
    ///
    /// # Errors
    /// The table does not answer, or a row cannot be read.
    pub async fn with_revisions<D: Row, R: Row>(
        &self,
        deployment: &RowKey,
    ) -> Result<(Option<D>, Vec<R>), StoreError> {
        let query = self
            .query(keys::PARTITION, &deployment.partition)
            .consistent_read(true)
            .set_key_condition_expression(Some(
                "#list = :list AND #sort BETWEEN :revisions AND :row".to_owned(),
            ))
            .expression_attribute_names("#sort", keys::SORT)
            .expression_attribute_values(":revisions", text(keys::REVISIONS))
            .expression_attribute_values(":row", text(&deployment.sort));
        let mut items = items(&query, u64::MAX).await?;
        let is_row = |item: &mut Item| RowKey::of(item).as_ref() == Some(deployment);
        let row = items.pop_if(is_row).as_ref().map(from_item).transpose()?;
        let revisions = items.iter().map(from_item).collect::<Result<_, _>>()?;
        Ok((row, revisions))
    }

    /// All rows of a partition of the table, in order.
    ///
    /// # Errors
    /// The table does not answer, or a row cannot be read.
    pub async fn partition<R: Row>(&self, partition: &str) -> Result<Vec<R>, StoreError> {
        let query = self.query(keys::PARTITION, partition).consistent_read(true);
        read(&query, u64::MAX).await
    }

    /// All rows that [`keys::LISTS`] has in a list, in order.
    ///
    /// # Errors
    /// The table does not answer, or a row cannot be read.
    pub async fn list<R: Row>(&self, list: &str) -> Result<Vec<R>, StoreError> {
        let query = self.query(&format!("{}pk", keys::LISTS), list);
        read(&query.index_name(keys::LISTS), u64::MAX).await
    }

    /// Where the rows of such a list are, in its order, without reading them whole.
    ///
    /// # Errors
    /// The table does not answer, or a row has no place.
    pub async fn places(&self, list: &str) -> Result<Vec<RowKey>, StoreError> {
        let query = self
            .query(&format!("{}pk", keys::LISTS), list)
            .index_name(keys::LISTS)
            .projection_expression("#partition, #sort")
            .expression_attribute_names("#partition", keys::PARTITION)
            .expression_attribute_names("#sort", keys::SORT);
        let items = items(&query, u64::MAX).await?;
        Ok(items.iter().filter_map(RowKey::of).collect())
    }

    /// The first rows that [`keys::QUEUES`] has in a list, whose order is at most `until`.
    ///
    /// # Errors
    /// The table does not answer, or a row cannot be read.
    pub async fn due<R: Row>(
        &self,
        list: &str,
        until: &str,
        most: u64,
    ) -> Result<Vec<R>, StoreError> {
        let query = self
            .client
            .query()
            .table_name(&self.table)
            .index_name(keys::QUEUES)
            .key_condition_expression("#list = :list AND #order <= :until")
            .expression_attribute_names("#list", format!("{}pk", keys::QUEUES))
            .expression_attribute_names("#order", format!("{}sk", keys::QUEUES))
            .expression_attribute_values(":list", text(list))
            .expression_attribute_values(":until", text(until));
        read(&query, most).await
    }

    pub(crate) async fn found<'a>(
        &self,
        keys: impl Iterator<Item = &'a RowKey>,
    ) -> Result<HashMap<RowKey, Item>, StoreError> {
        let keys: Vec<Item> = keys.map(key_attributes).collect();
        let mut found = HashMap::new();
        for batch in keys.chunks(BATCH) {
            let mut left = batch.to_vec();
            for round in 0..ROUNDS {
                let (items, unread) = self.batch(&left).await?;
                found.extend(
                    items
                        .into_iter()
                        .filter_map(|item| Some((RowKey::of(&item)?, item))),
                );
                left = unread;
                if left.is_empty() {
                    break;
                }
                tokio::time::sleep(PAUSE * (1 << round)).await;
            }
            if !left.is_empty() {
                return Err(StoreError::Table {
                    operation: "BatchGetItem",
                    cause: format!("{} rows were left out, again and again", left.len()),
                });
            }
        }
        Ok(found)
    }

    /// The rows of at most [`BATCH`] keys, in no order, and the keys that the table had no time for.
    async fn batch(&self, keys: &[Item]) -> Result<(Vec<Item>, Vec<Item>), StoreError> {
        let wanted = KeysAndAttributes::builder()
            .set_keys(Some(keys.to_vec()))
            .consistent_read(true)
            .build()
            .expect("it has keys");
        let answer = self
            .client
            .batch_get_item()
            .request_items(&self.table, wanted)
            .send()
            .await
            .map_err(|error| StoreError::table("BatchGetItem", error))?;
        let items = answer.responses.and_then(|mut all| all.remove(&self.table));
        let unread = answer
            .unprocessed_keys
            .and_then(|mut all| all.remove(&self.table));
        Ok((
            items.unwrap_or_default(),
            unread.map(|left| left.keys).unwrap_or_default(),
        ))
    }

    pub(crate) fn query(&self, attribute: &str, value: &str) -> QueryFluentBuilder {
        self.client
            .query()
            .table_name(&self.table)
            .key_condition_expression("#list = :list")
            .expression_attribute_names("#list", attribute)
            .expression_attribute_values(":list", text(value))
    }
}

/// The first items that a query finds.
pub(crate) async fn items(query: &QueryFluentBuilder, most: u64) -> Result<Vec<Item>, StoreError> {
    let mut items = Vec::new();
    let mut start = query.get_exclusive_start_key().clone();
    loop {
        let page = query.clone().limit(at_once(most - items.len() as u64));
        let answer = page.set_exclusive_start_key(start).send().await;
        let mut answer = answer.map_err(|error| StoreError::table("Query", error))?;
        items.append(answer.items.get_or_insert_default());
        start = answer.last_evaluated_key;
        if start.is_none() || items.len() as u64 == most {
            return Ok(items);
        }
    }
}

/// What the first of them say.
pub(crate) async fn read<T: DeserializeOwned>(
    query: &QueryFluentBuilder,
    most: u64,
) -> Result<Vec<T>, StoreError> {
    items(query, most).await?.iter().map(from_item).collect()
}

/// The limit of a request for so many items.
pub(crate) fn at_once(items: u64) -> i32 {
    i32::try_from(items.min(AT_ONCE)).expect("a few thousand fit")
}

/// The rows of the keys among what was found.
pub(crate) fn rows<R: Row>(
    keys: &[RowKey],
    found: &HashMap<RowKey, Item>,
) -> Result<Vec<R>, StoreError> {
    let found = keys.iter().filter_map(|key| found.get(key));
    found.map(from_item).collect()
}
