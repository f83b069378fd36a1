//! A list shows its resources as they are: what it shows of each, what it is found by, and their total are written with the resource,
//! by the same transaction.
//!
//! They are rows of the table, not of an index: whoever has created a resource finds it in the list at once. The first pages are one
//! request. What a resource is found by is a row of its own, so much smaller than what is shown that ten thousand of them are
//! looked through in little time.

use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use aws_sdk_dynamodb::types::Select;
use domain::connector::IntegrationType;
use domain::deployment::DeploymentType;
use domain::limits;
use domain::names::Key;
use domain::time::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::Store;
use crate::error::StoreError;
use crate::keys::{self, RowKey};
use crate::read::{at_once, items, read};
use crate::row::{Item, Row, from_item, key_attributes, text};

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

/// A resource's place in a list.
#[derive(Debug, Clone)]
pub struct Listed {
    list: String,
    entry: Entry,
    shown: String,
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

/// What was read of a list.
#[derive(Debug)]
pub struct Part<T> {
    /// How many resources the list has.
    pub total: u64,
    /// What it shows of those that were asked for.
    pub shown: Vec<T>,
    row: Option<Item>,
}

impl<T> Part<T> {
    /// The row that the list belongs to, where it lies in its partition; it was read with the list.
    ///
    /// # Errors
    /// The row cannot be read.
    pub fn belongs_to<R: Row>(&self) -> Result<Option<R>, StoreError> {
        self.row.as_ref().map(from_item).transpose()
    }
}

/// Up to here a part is read from the newest on in one request, with what is left out before it; farther on that is skipped by its
/// entries, which takes two requests more and reads less.
const NEAR: u64 = limits::PAGE_MAX;

/// What may stand behind the newest in a list's partition: the row that it belongs to, the count of that row's uses, and the total.
const BESIDE: u64 = 3;

impl Listed {
    /// `shown` is what the list shows of the resource.
    #[must_use]
    pub fn new(list: String, entry: Entry, shown: &impl Serialize) -> Self {
        let shown = serde_json::to_string(shown).expect("rows are plain data");
        Self { list, entry, shown }
    }

    /// The list.
    pub(crate) fn list(&self) -> &str {
        &self.list
    }

    /// The two items of the table.
    pub(crate) fn items(self) -> [Item; 2] {
        let [found, shown] = self.places();
        let entry = serde_json::to_string(&self.entry).expect("entries are plain data");
        [(found, entry), (shown, self.shown)].map(|(place, data)| {
            let mut item = key_attributes(&place);
            item.insert("data".to_owned(), text(data));
            item
        })
    }

    /// Where they are: never moved, as neither the time nor the id of a resource change.
    pub(crate) fn places(&self) -> [RowKey; 2] {
        [keys::ENTRIES, keys::LISTED].map(|kind| self.entry.place(&self.list, kind))
    }
}

impl Entry {
    fn place(&self, list: &str, kind: &str) -> RowKey {
        keys::in_list(list, format!("{kind}{}#{}", self.created_at, self.id))
    }
}

impl Store {
    /// A part of a list.
    ///
    /// # Errors
    /// The table does not answer, or what is shown cannot be read.
    pub async fn part<T: DeserializeOwned>(
        &self,
        list: &str,
        cut: Cut,
    ) -> Result<Part<T>, StoreError> {
        let end = cut.offset.saturating_add(cut.limit);
        if cut.newest_first && end <= NEAR {
            self.near(list, cut.offset, end).await
        } else {
            self.far(list, cut).await
        }
    }

    /// The newest of a list up to the end of a part, of which those before it are left out here.
    async fn near<T: DeserializeOwned>(
        &self,
        list: &str,
        offset: u64,
        end: u64,
    ) -> Result<Part<T>, StoreError> {
        let query = self.query(keys::PARTITION, list).consistent_read(true);
        let query = query
            .scan_index_forward(false)
            .set_key_condition_expression(Some("#list = :list AND #sort > :listed".to_owned()))
            .expression_attribute_names("#sort", keys::SORT)
            .expression_attribute_values(":listed", text(keys::LISTED));
        let (mut total, mut row, mut newest) = (None, None, Vec::new());
        for item in items(&query, end + BESIDE).await? {
            match RowKey::of(&item).map(|key| key.sort).as_deref() {
                Some(keys::TOTAL) => total = Some(item),
                Some(keys::ROW) => row = Some(item),
                Some(sort) if sort.starts_with(keys::LISTED) => newest.push(item),
                _ => {}
            }
        }
        let ours = offset as usize..(end as usize).min(newest.len());
        let shown = newest.get(ours).unwrap_or_default().iter();
        let shown = shown.map(from_item).collect::<Result<_, _>>()?;
        Ok(Part {
            total: count(total.as_ref()),
            shown,
            row,
        })
    }

    async fn far<T: DeserializeOwned>(&self, list: &str, cut: Cut) -> Result<Part<T>, StoreError> {
        let beside = [keys::TOTAL, keys::ROW].map(|sort| keys::in_list(list, sort));
        let mut found = self.found(beside.iter()).await?;
        let [total, row] = beside.map(|key| found.remove(&key));
        let total = count(total.as_ref());
        let end = cut.offset.saturating_add(cut.limit).min(total);
        let shown = if cut.offset < end {
            self.skipping(list, total, end, cut).await?
        } else {
            Vec::new()
        };
        Ok(Part { total, shown, row })
    }

    /// A part that ends at `end` of `total`, read from the nearer end of the list.
    async fn skipping<T: DeserializeOwned>(
        &self,
        list: &str,
        total: u64,
        end: u64,
        cut: Cut,
    ) -> Result<Vec<T>, StoreError> {
        let from_the_end = total - end < cut.offset;
        let skip = if from_the_end {
            total - end
        } else {
            cut.offset
        };
        let forward = cut.newest_first == from_the_end;
        let entries = self.all_of(list, keys::ENTRIES).scan_index_forward(forward);
        // Entries may have gone since they were counted.
        let Some(start) = skipped(&entries, skip).await? else {
            return Ok(Vec::new());
        };
        let query = self.all_of(list, keys::LISTED).scan_index_forward(forward);
        let start = start.map(|entry| {
            let sort = entry.sort.replacen(keys::ENTRIES, keys::LISTED, 1);
            key_attributes(&keys::in_list(list, sort))
        });
        let query = query.set_exclusive_start_key(start);
        let mut shown = read(&query, end - cut.offset).await?;
        if from_the_end {
            shown.reverse();
        }
        Ok(shown)
    }

    /// All entries of a list, oldest first.
    ///
    /// # Errors
    /// The table does not answer, or an entry cannot be read.
    pub async fn entries(&self, list: &str) -> Result<Vec<Entry>, StoreError> {
        read(&self.all_of(list, keys::ENTRIES), u64::MAX).await
    }

    /// What a list shows of some of its entries, in their order; what has gone meanwhile is left out.
    ///
    /// # Errors
    /// The table does not answer, or what is shown cannot be read.
    pub async fn shown<T: DeserializeOwned>(
        &self,
        list: &str,
        total: u64,
        entries: &[Entry],
    ) -> Result<Part<T>, StoreError> {
        let row = keys::in_list(list, keys::ROW);
        let places: Vec<RowKey> = entries
            .iter()
            .map(|entry| entry.place(list, keys::LISTED))
            .collect();
        let mut found = self.found([&row].into_iter().chain(&places)).await?;
        let row = found.remove(&row);
        let shown = places.iter().filter_map(|place| found.get(place));
        Ok(Part {
            total,
            shown: shown.map(from_item).collect::<Result<_, _>>()?,
            row,
        })
    }

    fn all_of(&self, list: &str, kind: &str) -> QueryFluentBuilder {
        self.query(keys::PARTITION, list)
            .consistent_read(true)
            .set_key_condition_expression(Some(
                "#list = :list AND begins_with(#sort, :kind)".to_owned(),
            ))
            .expression_attribute_names("#sort", keys::SORT)
            .expression_attribute_values(":kind", text(kind))
    }
}

fn count(total: Option<&Item>) -> u64 {
    let total = total.and_then(|item| item.get("entries")?.as_n().ok()?.parse().ok());
    total.unwrap_or(0)
}

/// Leaves out entries without having them sent, and gives the last of them; none where there are not so many.
async fn skipped(
    query: &QueryFluentBuilder,
    mut skip: u64,
) -> Result<Option<Option<RowKey>>, StoreError> {
    let mut start = None;
    while skip > 0 {
        let query = query.clone().select(Select::Count).limit(at_once(skip));
        let answer = query.set_exclusive_start_key(start).send().await;
        let answer = answer.map_err(|error| StoreError::table("Query", error))?;
        skip = skip.saturating_sub(u64::try_from(answer.count).unwrap_or(0));
        start = answer.last_evaluated_key;
        if start.is_none() {
            return Ok(None);
        }
    }
    Ok(Some(start.as_ref().and_then(RowKey::of)))
}
