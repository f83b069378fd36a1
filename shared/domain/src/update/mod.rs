//! Update actions: all or nothing, in order, one version step (contract, sections 3.4 and 16).

pub mod connector_staged;

use serde::de::{Deserialize, Deserializer, Error};

use crate::limits;

/// Reads the actions of an update, as many as the contract allows, so that no handler sees more.
pub(crate) fn actions<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    let actions = Vec::deserialize(deserializer)?;
    if actions.len() <= limits::ACTIONS {
        return Ok(actions);
    }
    Err(D::Error::custom(format!(
        "an update has at most {} actions, and this one has {}: send them in several updates",
        limits::ACTIONS,
        actions.len()
    )))
}
