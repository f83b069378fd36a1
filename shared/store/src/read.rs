//! Reads are consistent where a row is named, and go over one partition of an index where rows are listed; nothing ever scans.

use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use uuid::Uuid;

use crate::error::StoreError;
use crate::keys::{self, RowKey};
use crate::row::{Row, from_item, key_attributes, text};
use crate::{Store, row::Item};

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

    /// All rows of a partition of the table, in order.
    ///
    /// # Errors
    /// The table does not answer, or a row cannot be read.
    pub async fn partition<R: Row>(&self, partition: &str) -> Result<Vec<R>, StoreError> {
        let query = self.query(keys::PARTITION, partition).consistent_read(true);
        collect(query, usize::MAX).await
    }

    /// All rows that [`keys::LISTS`] has in a list, in order.
    ///
    /// # Errors
    /// The table does not answer, or a row cannot be read.
    pub async fn list<R: Row>(&self, list: &str) -> Result<Vec<R>, StoreError> {
        let query = self.query(&format!("{}pk", keys::LISTS), list);
        collect(query.index_name(keys::LISTS), usize::MAX).await
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
        let (mut places, mut start) = (Vec::new(), None);
        loop {
            let answer = query.clone().set_exclusive_start_key(start).send().await;
            let answer = answer.map_err(|error| StoreError::table("Query", error))?;
            places.extend(answer.items().iter().filter_map(RowKey::of));
            start = answer.last_evaluated_key;
            if start.is_none() {
                return Ok(places);
            }
        }
    }

    /// The first rows that [`keys::QUEUES`] has in a list, whose order is at most `until`.
    ///
    /// # Errors
    /// The table does not answer, or a row cannot be read.
    pub async fn due<R: Row>(
        &self,
        list: &str,
        until: &str,
        most: usize,
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
        collect(query, most).await
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

async fn collect<R: Row>(query: QueryFluentBuilder, most: usize) -> Result<Vec<R>, StoreError> {
    let mut rows = Vec::new();
    let mut start = None;
    loop {
        let answer = query
            .clone()
            .set_exclusive_start_key(start)
            .send()
            .await
            .map_err(|error| StoreError::table("Query", error))?;
        for item in answer.items() {
            rows.push(from_item(item)?);
            if rows.len() == most {
                return Ok(rows);
            }
        }
        start = answer.last_evaluated_key;
        if start.is_none() {
            return Ok(rows);
        }
    }
}
