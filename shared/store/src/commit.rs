//! A commit is one transaction: all of it at the versions that were read, or nothing; every effect is in the outbox with it.

use std::time::Duration;

use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{ConditionCheck, Delete, Put, TransactWriteItem, Update};
use domain::names::Key;
use domain::time::Timestamp;
use uuid::Uuid;

use crate::Store;
use crate::catalogue::{self, Change};
use crate::error::StoreError;
use crate::keys::{self, RowKey};
use crate::list::Listed;
use crate::row::{Row, key_attributes, number, text, to_item};
use crate::rows::OutboxRow;

/// How often a commit takes a new number in the catalogue: of several commits at a time at least one gets through in each round.
const CATALOGUE_ATTEMPTS: u32 = 50;

/// What a write found that the reader had not seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// Another write came first.
    Version,
    /// The key is taken.
    Key(Key),
    /// Deployments count on the draft, or the draft is gone.
    Uses,
    /// Other changes of the catalogue came first, again and again.
    Catalogue,
}

/// Why a commit wrote nothing.
#[derive(Debug, thiserror::Error)]
pub enum CommitError {
    /// A condition did not hold.
    #[error("nothing was written, as the rows had changed: {0:?}")]
    Refused(Refusal),
    /// The table did not answer: whether it was written is known only by reading again.
    #[error(transparent)]
    Fault(#[from] StoreError),
}

/// DynamoDB cancels a transaction that meets another on one of its rows, and nothing is written: it is sent again after a pause that
/// doubles, 10 ms to 160 ms.
const CONFLICT: &str = "TransactionConflict";
const CONFLICTS: u32 = 5;
const CONFLICT_PAUSE: Duration = Duration::from_millis(10);

/// Writes of a transaction at most (quota of Amazon DynamoDB).
pub const TRANSACTION: usize = 100;

/// The writes of one transaction.
#[derive(Debug, Default)]
pub struct Commit {
    writes: Vec<(TransactWriteItem, Refusal)>,
    outbox: Vec<OutboxRow>,
    changes: Vec<Change>,
    /// The rows that are written, without those of lists and counts.
    rows: Vec<RowKey>,
}

impl Commit {
    /// No write yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    fn push(mut self, write: TransactWriteItem, refusal: Refusal) -> Self {
        self.writes.push((write, refusal));
        self
    }

    fn changed(mut self, change: Option<Change>) -> Self {
        self.changes.extend(change);
        self
    }

    fn of_row(mut self, row: &impl Row) -> Self {
        self.rows.push(row.key());
        self
    }

    /// Writes a row that must not exist, and its entry in its list.
    #[must_use]
    pub fn create<R: Row>(self, row: &R) -> Self {
        let put = put(row).condition_expression("attribute_not_exists(pk)");
        self.push(put_item(put), Refusal::Version)
            .changed(row.change())
            .of_row(row)
            .enter(row)
            .count_entries(row, 1)
    }

    /// Writes a row of no list that must not exist, or must be one whose time has passed and that is not removed yet.
    #[must_use]
    pub fn create_until<R: Row>(self, row: &R, now: Timestamp) -> Self {
        let put = put(row)
            .condition_expression("attribute_not_exists(pk) OR #expires <= :now")
            .expression_attribute_names("#expires", keys::EXPIRES)
            .expression_attribute_values(":now", number(now.millis() / 1000));
        self.push(put_item(put), Refusal::Version)
    }

    /// Writes a row over the version before its own, and its entry in its list.
    #[must_use]
    pub fn update<R: Row>(self, row: &R) -> Self {
        let put = put(row)
            .condition_expression("#version = :before")
            .expression_attribute_names("#version", "version")
            .expression_attribute_values(":before", number(row.version() - 1));
        self.push(put_item(put), Refusal::Version)
            .changed(row.change())
            .of_row(row)
            .enter(row)
    }

    /// Writes a row of no list, whatever was there.
    #[must_use]
    pub fn put<R: Row>(self, row: &R) -> Self {
        debug_assert!(row.listed().is_none(), "a list counts what comes and goes");
        self.push(put_item(put(row)), Refusal::Version)
            .changed(row.change())
            .of_row(row)
    }

    /// Removes a row at the version at which it was read, and its entry from its list.
    #[must_use]
    pub fn delete<R: Row>(self, row: &R) -> Self {
        let delete = delete(&row.key())
            .condition_expression("#version = :read")
            .expression_attribute_names("#version", "version")
            .expression_attribute_values(":read", number(row.version()));
        let change = row.change().map(|change| Change {
            listing: None,
            ..change
        });
        self.push(delete_item(delete), Refusal::Version)
            .changed(change)
            .of_row(row)
            .leave(row)
            .count_entries(row, -1)
    }

    fn enter<R: Row>(self, row: &R) -> Self {
        let items = row.listed().into_iter().flat_map(Listed::items);
        items.fold(self, |commit, item| {
            let put = Put::builder().set_item(Some(item));
            commit.push(put_item(put), Refusal::Version)
        })
    }

    fn leave<R: Row>(self, row: &R) -> Self {
        let listed = row.listed();
        let places = listed.iter().flat_map(Listed::places);
        places.fold(self, |commit, place| commit.remove(&place))
    }

    fn count_entries<R: Row>(self, row: &R, by: i64) -> Self {
        let Some(listed) = row.listed() else {
            return self;
        };
        let total = keys::in_list(listed.list(), keys::TOTAL);
        self.add(&total, "ADD entries :by", by, Refusal::Version)
    }

    fn add(self, key: &RowKey, expression: &str, by: i64, refusal: Refusal) -> Self {
        let update = Update::builder()
            .set_key(Some(key_attributes(key)))
            .update_expression(expression)
            .expression_attribute_values(":by", number(by))
            .table_name("");
        let update = TransactWriteItem::builder().update(expect(update.build()));
        self.push(update.build(), refusal)
    }

    /// Removes a row, whether it is there or not.
    #[must_use]
    pub fn remove(self, key: &RowKey) -> Self {
        self.push(delete_item(delete(key)), Refusal::Version)
    }

    /// Reserves a key for an id.
    #[must_use]
    pub fn reserve(self, place: &RowKey, key: &Key, id: Uuid) -> Self {
        let mut item = key_attributes(place);
        item.insert("id".to_owned(), text(id.to_string()));
        let put = Put::builder()
            .set_item(Some(item))
            .condition_expression("attribute_not_exists(pk)");
        self.push(put_item(put), Refusal::Key(key.clone()))
    }

    /// Counts one more Deployment of a draft that must exist.
    #[must_use]
    pub fn use_staged(self, staged: Uuid) -> Self {
        let check = ConditionCheck::builder()
            .set_key(Some(key_attributes(&keys::staged(staged))))
            .condition_expression("attribute_exists(pk)");
        let commit = self.push(
            TransactWriteItem::builder()
                .condition_check(expect(check.table_name("").build()))
                .build(),
            Refusal::Uses,
        );
        commit.count_uses(staged, 1)
    }

    /// Counts one Deployment of a draft less.
    #[must_use]
    pub fn release_staged(self, staged: Uuid) -> Self {
        self.count_uses(staged, -1)
    }

    fn count_uses(self, staged: Uuid, by: i64) -> Self {
        self.add(&keys::uses(staged), "ADD uses :by", by, Refusal::Uses)
    }

    /// Removes the count of a draft that no Deployment uses.
    #[must_use]
    pub fn unused(self, staged: Uuid) -> Self {
        let delete = delete(&keys::uses(staged))
            .condition_expression("attribute_not_exists(uses) OR uses <= :none")
            .expression_attribute_values(":none", number(0));
        self.push(delete_item(delete), Refusal::Uses)
    }

    /// Writes a message into the outbox; it is sent once the transaction holds.
    #[must_use]
    pub fn send(mut self, message: OutboxRow) -> Self {
        self.outbox.push(message.clone());
        self.put(&message)
    }
}

// The table's name is set when the commit runs: a commit does not know its store.
fn put<R: Row>(row: &R) -> aws_sdk_dynamodb::types::builders::PutBuilder {
    Put::builder().set_item(Some(to_item(row)))
}

fn put_item(put: aws_sdk_dynamodb::types::builders::PutBuilder) -> TransactWriteItem {
    TransactWriteItem::builder()
        .put(expect(put.table_name("").build()))
        .build()
}

fn delete(key: &RowKey) -> aws_sdk_dynamodb::types::builders::DeleteBuilder {
    Delete::builder().set_key(Some(key_attributes(key)))
}

fn delete_item(delete: aws_sdk_dynamodb::types::builders::DeleteBuilder) -> TransactWriteItem {
    TransactWriteItem::builder()
        .delete(expect(delete.table_name("").build()))
        .build()
}

fn expect<T, E: std::fmt::Debug>(built: Result<T, E>) -> T {
    built.expect("all required members are set above")
}

fn on_table(mut write: TransactWriteItem, table: &str) -> TransactWriteItem {
    if let Some(put) = &mut write.put {
        table.clone_into(&mut put.table_name);
    }
    if let Some(delete) = &mut write.delete {
        table.clone_into(&mut delete.table_name);
    }
    if let Some(update) = &mut write.update {
        table.clone_into(&mut update.table_name);
    }
    if let Some(check) = &mut write.condition_check {
        table.clone_into(&mut check.table_name);
    }
    write
}

impl Store {
    /// Writes all of it or nothing, and returns the messages that are to be sent. Search learns of every Connector in it. Readers of
    /// [`Store::changes`] are told whatever came of it: after a fault, only those who read again know.
    ///
    /// # Errors
    /// [`CommitError::Refused`] where a condition did not hold: read again. [`CommitError::Fault`] where the table did not answer.
    pub async fn commit(&self, mut commit: Commit) -> Result<Vec<OutboxRow>, CommitError> {
        let rows = std::mem::take(&mut commit.rows);
        let written = self.write(commit).await;
        self.changes.tell(&rows);
        written
    }

    async fn write(&self, commit: Commit) -> Result<Vec<OutboxRow>, CommitError> {
        let writes: Vec<_> = commit
            .writes
            .into_iter()
            .map(|(write, refusal)| (on_table(write, &self.table), refusal))
            .collect();
        if commit.changes.is_empty() {
            self.transact(writes).await?;
            return Ok(commit.outbox);
        }
        for _ in 0..CATALOGUE_ATTEMPTS {
            let seen = self.catalogue_changes().await?;
            let mut writes = writes.clone();
            writes.extend(catalogue::writes(&commit.changes, seen, &self.table));
            match self.transact(writes).await {
                Err(CommitError::Refused(Refusal::Catalogue)) => {}
                Err(error) => return Err(error),
                Ok(()) => return Ok(commit.outbox),
            }
        }
        Err(CommitError::Refused(Refusal::Catalogue))
    }

    async fn transact(&self, writes: Vec<(TransactWriteItem, Refusal)>) -> Result<(), CommitError> {
        let (writes, refusals): (Vec<_>, Vec<_>) = writes.into_iter().unzip();
        let request = self
            .client
            .transact_write_items()
            .set_transact_items(Some(writes));
        let mut sent = request.clone().send().await;
        for round in 0..CONFLICTS {
            if !sent.as_ref().is_err_and(is_conflict) {
                break;
            }
            tokio::time::sleep(CONFLICT_PAUSE * (1 << round)).await;
            sent = request.clone().send().await;
        }
        sent.map(drop).map_err(|error| {
            refused(&error, &refusals)
                .unwrap_or_else(|| StoreError::table("TransactWriteItems", error).into())
        })
    }

    /// Takes messages out of the outbox, once they were sent: at least one, and at most [`TRANSACTION`].
    ///
    /// # Errors
    /// The table does not answer; the messages are then sent again, which does no harm.
    pub async fn sent(&self, messages: &[&OutboxRow]) -> Result<(), CommitError> {
        let messages = messages.iter();
        let removed = messages.fold(Commit::new(), |commit, row| commit.remove(&row.key()));
        self.commit(removed).await.map(drop)
    }

    /// Removes a row, whether it is there or not.
    ///
    /// # Errors
    /// The table does not answer.
    pub async fn remove(&self, key: &RowKey) -> Result<(), StoreError> {
        let delete = self.client.delete_item().table_name(&self.table);
        let answer = delete.set_key(Some(key_attributes(key))).send().await;
        answer
            .map(drop)
            .map_err(|error| StoreError::table("DeleteItem", error))
    }
}

/// The codes with which a transaction was cancelled, one for each write; none where it ended otherwise.
fn reasons(error: &SdkError<TransactWriteItemsError>) -> Option<Vec<&str>> {
    match error.as_service_error()? {
        TransactWriteItemsError::TransactionCanceledException(cancelled) => {
            let reasons = cancelled.cancellation_reasons().iter();
            Some(
                reasons
                    .map(|reason| reason.code().unwrap_or_default())
                    .collect(),
            )
        }
        _ => None,
    }
}

/// Whether another transaction was writing the same rows, such as a list's count, and nothing else was in the way.
fn is_conflict(error: &SdkError<TransactWriteItemsError>) -> bool {
    reasons(error).is_some_and(|codes| {
        let harmless = |code: &&str| matches!(*code, "None" | CONFLICT);
        codes.contains(&CONFLICT) && codes.iter().all(harmless)
    })
}

fn refused(error: &SdkError<TransactWriteItemsError>, refusals: &[Refusal]) -> Option<CommitError> {
    let codes = reasons(error)?;
    if let Some(index) = codes
        .iter()
        .position(|code| *code == "ConditionalCheckFailed")
    {
        return refusals.get(index).cloned().map(CommitError::Refused);
    }
    // The catalogue's writes come last: where its count is the first that is taken, nothing else was in the way.
    let first = codes.iter().position(|code| *code == CONFLICT)?;
    let catalogue = refusals.get(first) == Some(&Refusal::Catalogue);
    Some(CommitError::Refused(if catalogue {
        Refusal::Catalogue
    } else {
        Refusal::Version
    }))
}
