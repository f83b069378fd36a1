//! Every row is one JSON document with a key, a version and its places in the indexes.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use domain::time::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::catalogue::Change;
use crate::error::StoreError;
use crate::keys::{self, RowKey};
use crate::list::Listed;

/// The places of a row in the indexes: partition and order.
#[derive(Debug, Clone, Default)]
pub struct Index {
    /// In [`keys::LISTS`].
    pub list: Option<(String, String)>,
    /// In [`keys::QUEUES`].
    pub queue: Option<(String, String)>,
    /// When DynamoDB may remove the row.
    pub expires: Option<Timestamp>,
}

/// What can be a row.
pub trait Row: Serialize + DeserializeOwned {
    /// Where it is.
    fn key(&self) -> RowKey;
    /// Its version; a write succeeds only on the version before.
    fn version(&self) -> u64;
    /// Where the indexes list it.
    fn index(&self) -> Index;
    /// Its place in the list that shows it to its owner. A row of a list is written by [`crate::Commit`] only.
    fn listed(&self) -> Option<Listed> {
        None
    }
    /// What writing it means to search; nothing for rows that search never finds. A commit takes care of it by itself.
    fn change(&self) -> Option<Change> {
        None
    }
}

pub(crate) type Item = HashMap<String, AttributeValue>;

pub(crate) fn text(value: impl Into<String>) -> AttributeValue {
    AttributeValue::S(value.into())
}

pub(crate) fn number(value: impl ToString) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

pub(crate) fn key_attributes(key: &RowKey) -> Item {
    HashMap::from([
        (keys::PARTITION.to_owned(), text(&key.partition)),
        (keys::SORT.to_owned(), text(&key.sort)),
    ])
}

impl RowKey {
    /// The key of an item; none where it was read without one.
    pub(crate) fn of(item: &Item) -> Option<Self> {
        let part = |name: &str| Some(item.get(name)?.as_s().ok()?.clone());
        Some(Self {
            partition: part(keys::PARTITION)?,
            sort: part(keys::SORT)?,
        })
    }
}

pub(crate) fn to_item<R: Row>(row: &R) -> Item {
    let mut item = key_attributes(&row.key());
    let data = serde_json::to_string(row).expect("rows are plain data");
    item.insert("version".to_owned(), number(row.version()));
    item.insert("data".to_owned(), text(data));
    let index = row.index();
    for (name, place) in [(keys::LISTS, index.list), (keys::QUEUES, index.queue)] {
        if let Some((partition, sort)) = place {
            item.insert(format!("{name}pk"), text(partition));
            item.insert(format!("{name}sk"), text(sort));
        }
    }
    if let Some(time) = index.expires {
        item.insert(keys::EXPIRES.to_owned(), number(time.millis() / 1000));
    }
    item
}

pub(crate) fn from_item<T: DeserializeOwned>(item: &Item) -> Result<T, StoreError> {
    let field = |name: &str| item.get(name).and_then(|value| value.as_s().ok());
    let data = field("data").map_or("", String::as_str);
    serde_json::from_str(data).map_err(|error| StoreError::Damaged {
        key: format!(
            "{}/{}",
            field(keys::PARTITION).map_or("?", String::as_str),
            field(keys::SORT).map_or("?", String::as_str)
        ),
        cause: error.to_string(),
    })
}
