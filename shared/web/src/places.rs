//! Places that a caller may hold at the same time, such as reads that wait.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

type Held<K> = Mutex<HashMap<K, usize>>;

/// The places that each caller holds.
#[derive(Debug)]
pub struct Places<K> {
    most: usize,
    held: Arc<Held<K>>,
}

/// A place, which is free again when this is dropped.
#[derive(Debug)]
pub struct Place<K: Eq + Hash> {
    held: Arc<Held<K>>,
    caller: K,
}

impl<K: Eq + Hash + Clone> Places<K> {
    /// Free places, so many for each caller.
    #[must_use]
    pub fn new(most: usize) -> Self {
        Self {
            most,
            held: Arc::default(),
        }
    }

    /// Takes a place; `None` if the caller holds all of its own.
    #[must_use]
    pub fn take(&self, caller: &K) -> Option<Place<K>> {
        let mut held = lock(&self.held);
        let count = held.get(caller).copied().unwrap_or_default();
        if count >= self.most {
            return None;
        }
        held.insert(caller.clone(), count + 1);
        Some(Place {
            held: self.held.clone(),
            caller: caller.clone(),
        })
    }
}

impl<K: Eq + Hash> Drop for Place<K> {
    fn drop(&mut self) {
        let mut held = lock(&self.held);
        if let Some(count) = held.get_mut(&self.caller) {
            *count -= 1;
            if *count == 0 {
                held.remove(&self.caller);
            }
        }
    }
}

fn lock<K>(held: &Held<K>) -> MutexGuard<'_, HashMap<K, usize>> {
    held.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_caller_who_holds_all_places_keeps_nobody_else_out() {
        let places = Places::new(2);
        let first = places.take(&"shop");
        let _second = places.take(&"shop").unwrap();
        assert!(places.take(&"shop").is_none());
        assert!(places.take(&"other").is_some());
        drop(first);
        assert!(places.take(&"shop").is_some());
    }

    #[test]
    fn nothing_is_kept_of_callers_without_a_place() {
        let places = Places::new(1);
        drop(places.take(&"shop"));
        assert!(lock(&places.held).is_empty());
    }
}
