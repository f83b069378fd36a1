//! Every change of what search may find has a number, and the numbers are in the order in which the changes took effect: whoever has seen
//! number *n* misses nothing by reading on from *n*.
//!
//! A commit that writes or removes a Connector reads the count of changes, and within its own transaction sets the count to the next number
//! on the condition that it still is what was read, and writes the change under that number. Two commits thus can never
//! have the same number, nor take effect in the other order than their numbers; the one that comes second is tried again with a new number.
//! (Numbers that are only added up, or times, would let a reader see number 8 before 7 is written, and never look for 7 again.)
//! Count, changes and listings are rows of the table itself, read consistently, and not of an index, which follows later.
//!
//! A change names ids only: what has become of a Connector is in its listing, and a Connector that is not listed any more has none. No
//! tombstone can be missing, and reading a change twice does no harm. Changes are kept: one is a hundred bytes for each publication.

use std::marker::PhantomData;

use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use aws_sdk_dynamodb::types::{Delete, Put, TransactWriteItem, Update};
use uuid::Uuid;

use crate::error::StoreError;
use crate::keys::{self, RowKey};
use crate::read::rows;
use crate::row::{Item, Row, from_item, key_attributes, number, text, to_item};
use crate::rows::{ChangeRow, Listing};
use crate::{Refusal, Store};

/// Rows of a page. DynamoDB ends a page at 1 MB by itself; the embedded engine does so too, but only after it has read all that follows.
const PAGE: i32 = 1000;

/// What a commit means to search.
#[derive(Debug, Clone)]
pub struct Change {
    /// The Connector.
    pub id: Uuid,
    /// What search knows of it from now on; none: search does not find it any more.
    pub listing: Option<Listing>,
}

/// The writes of the changes, as number `seen` + 1.
pub(crate) fn writes(
    changes: &[Change],
    seen: u64,
    table: &str,
) -> Vec<(TransactWriteItem, Refusal)> {
    let put = |item: Item| {
        let put = Put::builder().table_name(table).set_item(Some(item));
        let put = put.build().expect("it has a table and an item");
        TransactWriteItem::builder().put(put).build()
    };
    let delete = |key: &RowKey| {
        let delete = Delete::builder()
            .table_name(table)
            .set_key(Some(key_attributes(key)));
        let delete = delete.build().expect("it has a table and a key");
        TransactWriteItem::builder().delete(delete).build()
    };
    let listings = changes.iter().map(|change| match &change.listing {
        Some(listing) => put(to_item(listing)),
        None => delete(&keys::listing(change.id)),
    });
    let change = ChangeRow {
        number: seen + 1,
        ids: changes.iter().map(|change| change.id).collect(),
    };
    let count = Update::builder()
        .table_name(table)
        .set_key(Some(key_attributes(&keys::catalogue_changes())))
        .update_expression("SET changes = :next")
        .condition_expression(if seen == 0 {
            "attribute_not_exists(changes)"
        } else {
            "changes = :seen"
        })
        .expression_attribute_values(":next", number(seen + 1));
    let count = if seen == 0 {
        count
    } else {
        count.expression_attribute_values(":seen", number(seen))
    };
    let count = count.build().expect("it has a table, a key and a change");
    let count = TransactWriteItem::builder().update(count).build();
    listings
        .chain([put(to_item(&change)), count])
        .map(|write| (write, Refusal::Catalogue))
        .collect()
}

impl Store {
    /// The number of the last change of the catalogue; 0 before the first.
    ///
    /// # Errors
    /// The table does not answer.
    pub async fn catalogue_changes(&self) -> Result<u64, StoreError> {
        Ok(changes(self.item(&keys::catalogue_changes()).await?))
    }

    /// The Connectors that changed after the change `seen`, each once, and the number of the last of these changes.
    ///
    /// # Errors
    /// The table does not answer, or a row cannot be read.
    pub async fn catalogue_since(&self, seen: u64) -> Result<(Vec<Uuid>, u64), StoreError> {
        let after = keys::catalogue_change(seen);
        let query = self
            .client
            .query()
            .table_name(&self.table)
            .key_condition_expression("#partition = :partition AND #sort > :seen")
            .expression_attribute_names("#partition", keys::PARTITION)
            .expression_attribute_names("#sort", keys::SORT)
            .expression_attribute_values(":partition", text(&after.partition))
            .expression_attribute_values(":seen", text(&after.sort))
            .consistent_read(true);
        let (mut ids, mut last) = (Vec::new(), seen);
        let mut pages = Pages::<ChangeRow>::of(query);
        while let Some(page) = pages.next().await? {
            for change in page {
                last = change.number;
                ids.extend(change.ids);
            }
        }
        ids.sort_unstable();
        ids.dedup();
        Ok((ids, last))
    }

    /// Everything that search may find, page by page.
    #[must_use]
    pub fn catalogue(&self) -> Pages<Listing> {
        let query = self.query(keys::PARTITION, keys::CATALOGUE);
        Pages::of(query.consistent_read(true))
    }

    /// [`Store::get_all`], and the number of the last change of the catalogue, which is read with them.
    ///
    /// # Errors
    /// The table does not answer, or a row cannot be read.
    pub async fn get_all_and_changes<R: Row>(
        &self,
        keys: &[RowKey],
    ) -> Result<(Vec<R>, u64), StoreError> {
        let count = keys::catalogue_changes();
        let mut found = self.found([&count].into_iter().chain(keys)).await?;
        let changes = changes(found.remove(&count));
        Ok((rows(keys, &found)?, changes))
    }
}

fn changes(count: Option<Item>) -> u64 {
    let changes = count.and_then(|item| item.get("changes")?.as_n().ok()?.parse().ok());
    changes.unwrap_or(0)
}

/// Rows page by page, so that only one page is in memory.
#[derive(Debug)]
pub struct Pages<R> {
    query: Option<QueryFluentBuilder>,
    row: PhantomData<R>,
}

impl<R: Row> Pages<R> {
    fn of(query: QueryFluentBuilder) -> Self {
        Self {
            query: Some(query.limit(PAGE)),
            row: PhantomData,
        }
    }

    /// The next page, which may be empty; none after the last.
    ///
    /// # Errors
    /// The table does not answer, or a row cannot be read.
    pub async fn next(&mut self) -> Result<Option<Vec<R>>, StoreError> {
        let Some(query) = self.query.take() else {
            return Ok(None);
        };
        let answer = query
            .clone()
            .send()
            .await
            .map_err(|error| StoreError::table("Query", error))?;
        let rows: Result<Vec<R>, StoreError> = answer.items().iter().map(from_item).collect();
        self.query = answer
            .last_evaluated_key
            .map(|last| query.set_exclusive_start_key(Some(last)));
        rows.map(Some)
    }
}
