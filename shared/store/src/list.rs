//! A list says of each resource only what it is found by there; its entries and their count are written with the resource, by the
//! same transaction.
//!
//! Entries are rows of the table, not of an index: whoever has created a resource finds it in the list at once, and an entry is so
//! much smaller than its resource that ten thousand of them are looked through in little time.

use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use aws_sdk_dynamodb::types::Select;
use domain::connector::IntegrationType;
use domain::deployment::DeploymentType;
use domain::names::Key;
use domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::Store;
use crate::error::StoreError;
use crate::keys::{self, RowKey};
use crate::row::{Item, from_item, key_attributes, text};

/// What a list knows of a resource.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    /// The resource.
    pub id: Uuid,
    /// When it was created.
    pub created_at: Timestamp,
    /// The last change.
    pub last_modified_at: Timestamp,
    /// Its name, or its Connector's.
    pub name: String,
    /// Its key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<Key>,
    /// Whether a draft is private.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub private: Option<bool>,
    /// What it integrates.
    pub integration_types: Vec<IntegrationType>,
    /// The type of a Deployment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deployment_type: Option<DeploymentType>,
}

/// A part of a list in the order of creation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cut {
    /// From the newest to the oldest, or the other way round.
    pub newest_first: bool,
    /// How many entries are left out before.
    pub offset: u64,
    /// How many are taken at most.
    pub limit: u64,
}

/// How many entries one request asks for at most: they have about 250 bytes, and an answer ends at 1 MB. Without a limit the embedded
/// engine would load the whole rest of a list for every answer.
const AT_ONCE: u64 = 4000;

impl Entry {
    /// Where it stands in its list: never moved, as neither its time nor its id change.
    pub(crate) fn place(&self, list: &str) -> RowKey {
        keys::entry(list, self.created_at, self.id)
    }

    /// The entry as an item of the table.
    pub(crate) fn item(&self, list: &str) -> Item {
        let mut item = key_attributes(&self.place(list));
        let data = serde_json::to_string(self).expect("entries are plain data");
        item.insert("data".to_owned(), text(data));
        item
    }
}

impl Store {
    /// How many entries a list has.
    ///
    /// # Errors
    /// The table does not answer.
    pub async fn total(&self, list: &str) -> Result<u64, StoreError> {
        let item = self.item(&keys::total(list)).await?;
        let total = item.and_then(|item| item.get("entries")?.as_n().ok()?.parse().ok());
        Ok(total.unwrap_or(0))
    }

    /// A part of a list that has `total` entries, read from its nearer end.
    ///
    /// # Errors
    /// The table does not answer, or an entry cannot be read.
    pub async fn cut(&self, list: &str, total: u64, cut: Cut) -> Result<Vec<Entry>, StoreError> {
        let end = cut.offset.saturating_add(cut.limit).min(total);
        if cut.offset >= end {
            return Ok(Vec::new());
        }
        let from_the_end = total - end < cut.offset;
        let skip = if from_the_end {
            total - end
        } else {
            cut.offset
        };
        let query = self
            .entries_of(list)
            .scan_index_forward(cut.newest_first == from_the_end);
        let mut entries = match skipped(&query, skip).await? {
            Start::Here(start) => {
                taken(query.set_exclusive_start_key(start), end - cut.offset).await?
            }
            // Entries went since they were counted.
            Start::Beyond => Vec::new(),
        };
        if from_the_end {
            entries.reverse();
        }
        Ok(entries)
    }

    /// All entries of a list, oldest first.
    ///
    /// # Errors
    /// The table does not answer, or an entry cannot be read.
    pub async fn entries(&self, list: &str) -> Result<Vec<Entry>, StoreError> {
        taken(self.entries_of(list), u64::MAX).await
    }

    fn entries_of(&self, list: &str) -> QueryFluentBuilder {
        self.query(keys::PARTITION, list).consistent_read(true)
    }
}

/// Where reading goes on.
enum Start {
    /// After this key, or at the beginning.
    Here(Option<Item>),
    /// After the last entry: there is nothing.
    Beyond,
}

/// Leaves out entries without having them sent.
async fn skipped(query: &QueryFluentBuilder, mut skip: u64) -> Result<Start, StoreError> {
    let mut start = None;
    while skip > 0 {
        let query = query.clone().select(Select::Count).limit(at_once(skip));
        let answer = query.set_exclusive_start_key(start).send().await;
        let answer = answer.map_err(|error| StoreError::table("Query", error))?;
        skip = skip.saturating_sub(u64::try_from(answer.count).unwrap_or(0));
        start = answer.last_evaluated_key;
        if start.is_none() {
            return Ok(Start::Beyond);
        }
    }
    Ok(Start::Here(start))
}

/// The next entries, at most so many.
async fn taken(query: QueryFluentBuilder, most: u64) -> Result<Vec<Entry>, StoreError> {
    let query = query
        .projection_expression("#data")
        .expression_attribute_names("#data", "data");
    let mut start = query.get_exclusive_start_key().clone();
    let mut entries = Vec::new();
    loop {
        let left = most - entries.len() as u64;
        let page = query.clone().limit(at_once(left));
        let answer = page.set_exclusive_start_key(start).send().await;
        let answer = answer.map_err(|error| StoreError::table("Query", error))?;
        for item in answer.items() {
            entries.push(from_item(item)?);
        }
        start = answer.last_evaluated_key;
        if start.is_none() || entries.len() as u64 == most {
            return Ok(entries);
        }
    }
}

fn at_once(entries: u64) -> i32 {
    i32::try_from(entries.min(AT_ONCE)).expect("a few thousand fit")
}
