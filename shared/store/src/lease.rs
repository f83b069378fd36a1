//! A lease is taken by one only: by a conditional write, on a row of its own.

use std::collections::HashMap;

use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue};
use domain::time::Timestamp;
use uuid::Uuid;

use crate::Store;
use crate::error::StoreError;
use crate::keys;
use crate::row::{key_attributes, number, text};

/// Who holds a run, and until when without a further sign of life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lease {
    /// The run.
    pub run: Uuid,
    /// The process.
    pub process: Uuid,
    /// One taking of the run by the process.
    pub holder: Uuid,
    /// When another may take it.
    pub until: Timestamp,
}

/// What came of taking a lease.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taking {
    /// Somebody else holds it.
    Refused,
    /// It was free, or the taker's own.
    Taken,
    /// Whoever had it before never gave it back.
    Inherited,
}

impl Store {
    /// Takes or renews a lease. `alone` says that no other process can be alive, as on one
    /// machine with a locked data folder: leases of processes before then count for nothing.
    ///
    /// # Errors
    /// The table does not answer.
    pub async fn take_lease(
        &self,
        lease: &Lease,
        now: Timestamp,
        alone: bool,
    ) -> Result<Taking, StoreError> {
        let mut item = key_attributes(&keys::lease(lease.run));
        item.insert("process".to_owned(), text(lease.process.to_string()));
        item.insert("holder".to_owned(), text(lease.holder.to_string()));
        item.insert("until".to_owned(), number(lease.until.millis()));
        let free = "attribute_not_exists(pk) OR #until < :now OR #holder = :holder";
        let condition = if alone {
            format!("{free} OR #process <> :process")
        } else {
            free.to_owned()
        };
        let mut names = names(&["until", "holder"]);
        let mut values = HashMap::from([
            (":now".to_owned(), number(now.millis())),
            (":holder".to_owned(), text(lease.holder.to_string())),
        ]);
        if alone {
            names.insert("#process".to_owned(), "process".to_owned());
            values.insert(":process".to_owned(), text(lease.process.to_string()));
        }
        let put = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(item));
        let answer = put
            .condition_expression(condition)
            .set_expression_attribute_names(Some(names))
            .set_expression_attribute_values(Some(values))
            .return_values(ReturnValue::AllOld)
            .send()
            .await;
        let before = held(answer, "PutItem", |error| {
            error.is_conditional_check_failed_exception()
        })?;
        let holder = text(lease.holder.to_string());
        Ok(match before.map(|answer| answer.attributes) {
            None => Taking::Refused,
            Some(Some(before)) if before.get("holder") != Some(&holder) => Taking::Inherited,
            Some(_) => Taking::Taken,
        })
    }

    /// Gives a lease back; one that another has taken meanwhile stays theirs.
    ///
    /// # Errors
    /// The table does not answer; the lease then ends by itself.
    pub async fn give_lease(&self, lease: &Lease) -> Result<(), StoreError> {
        let delete = self.client.delete_item().table_name(&self.table);
        let answer = delete
            .set_key(Some(key_attributes(&keys::lease(lease.run))))
            .condition_expression("#holder = :holder")
            .set_expression_attribute_names(Some(names(&["holder"])))
            .expression_attribute_values(":holder", text(lease.holder.to_string()))
            .send()
            .await;
        held(answer, "DeleteItem", |error| {
            error.is_conditional_check_failed_exception()
        })
        .map(drop)
    }

    /// Whether somebody who may be alive holds a run.
    ///
    /// # Errors
    /// The table does not answer.
    pub async fn is_held(
        &self,
        run: Uuid,
        process: Uuid,
        now: Timestamp,
        alone: bool,
    ) -> Result<bool, StoreError> {
        let Some(item) = self.item(&keys::lease(run)).await? else {
            return Ok(false);
        };
        let until = item
            .get("until")
            .and_then(|value| value.as_n().ok()?.parse::<i64>().ok());
        let ours = item
            .get("process")
            .and_then(|value: &AttributeValue| value.as_s().ok())
            == Some(&process.to_string());
        Ok(until.is_some_and(|until| until >= now.millis()) && (ours || !alone))
    }
}

fn names(attributes: &[&str]) -> HashMap<String, String> {
    attributes
        .iter()
        .map(|name| (format!("#{name}"), (*name).to_owned()))
        .collect()
}

/// The answer; none where somebody else holds the lease.
fn held<T, E>(
    answer: Result<T, SdkError<E>>,
    operation: &'static str,
    condition_failed: impl Fn(&E) -> bool,
) -> Result<Option<T>, StoreError>
where
    E: std::error::Error + Send + Sync + 'static,
{
    match answer {
        Ok(answer) => Ok(Some(answer)),
        Err(error) if error.as_service_error().is_some_and(condition_failed) => Ok(None),
        Err(error) => Err(StoreError::table(operation, error)),
    }
}
