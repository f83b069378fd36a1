//! One set of keys merges key by key: what is not mentioned stays, an empty value removes, and each wrong key is one error.

use std::collections::BTreeMap;

use super::Hidden;
use super::owner::Owner;
use super::values::Pairs;
use crate::configuration::{ConfigurationValue, MASK, SecuredValue};
use crate::error::ApiError;
use crate::limits;
use crate::spec::Configuration;

/// The values that were given for one application, or for all; of a key that stands twice the last one.
#[derive(Default)]
pub(super) struct Given<'a> {
    standard: BTreeMap<&'a str, &'a str>,
    secured: BTreeMap<&'a str, &'a str>,
}

impl<'a> Given<'a> {
    pub(super) fn add(&mut self, standard: &'a [ConfigurationValue], secured: &'a [SecuredValue]) {
        let standard = standard.iter().map(|one| (&*one.key, &*one.value));
        self.standard.extend(standard);
        // Clients that read a Deployment and send it back must not overwrite the secret with its mask.
        let secured = secured.iter().filter(|one| one.value != MASK);
        self.secured
            .extend(secured.map(|one| (&*one.key, &*one.value)));
    }

    /// Whether a key was given, be it in the wrong list: then that is its one error.
    fn names(&self, key: &str) -> bool {
        self.standard.contains_key(key) || self.secured.contains_key(key)
    }
}

/// Lays the given values over the current ones.
pub(super) fn merge(
    owner: Owner<'_>,
    declared: &Configuration,
    current: Pairs,
    given: &Given<'_>,
    errors: &mut Vec<ApiError>,
) -> Pairs {
    let Pairs {
        mut standard,
        mut secured,
    } = current;
    standard.retain(|key, _| declared.standard.iter().any(|one| one.key == *key));
    secured.retain(|key, _| declared.secured.iter().any(|one| one.key == *key));
    for (key, value) in &given.standard {
        let one = declared.standard.iter().find(|one| one.key == *key);
        let required = one.map(|one| one.required);
        match door(owner, "standard", key, value, required) {
            Ok(Some(value)) => drop(standard.insert((*key).to_owned(), value)),
            Ok(None) => drop(standard.remove(*key)),
            Err(error) => errors.push(error),
        }
    }
    for (key, value) in &given.secured {
        let one = declared.secured.iter().find(|one| one.key == *key);
        let required = one.map(|one| one.required);
        match door(owner, "secret", key, value, required) {
            Ok(Some(value)) => drop(secured.insert((*key).to_owned(), Hidden(value))),
            Ok(None) => drop(secured.remove(*key)),
            Err(error) => errors.push(error),
        }
    }
    for one in &declared.standard {
        let needed = one.required && one.default.is_none();
        if needed && !standard.contains_key(&one.key) && !given.names(&one.key) {
            errors.push(owner.missing("standard", &one.key));
        }
    }
    for one in &declared.secured {
        if one.required && !secured.contains_key(&one.key) && !given.names(&one.key) {
            errors.push(owner.missing("secret", &one.key));
        }
    }
    Pairs { standard, secured }
}

/// The value to keep, or none where the key is to be removed; `required` is none for a key that is not declared.
fn door(
    owner: Owner<'_>,
    kind: &str,
    key: &str,
    value: &str,
    required: Option<bool>,
) -> Result<Option<String>, ApiError> {
    match required {
        None => Err(owner.unknown(kind, key)),
        Some(true) if value.is_empty() => Err(owner.empty(kind, key)),
        Some(false) if value.is_empty() => Ok(None),
        Some(_) if value.contains('\0') => Err(owner.unfit(
            key,
            "the value has a NUL character; no environment variable can",
        )),
        Some(_) if value.len() > limits::VALUE_BYTES => Err(owner.unfit(
            key,
            &format!(
                "the value has {} bytes; the most is {}",
                value.len(),
                limits::VALUE_BYTES
            ),
        )),
        Some(_) => Ok(Some(value.to_owned())),
    }
}
