//! A page of an owner's list, in the order of creation or found and sorted by the entries of the list.

use std::cmp::Ordering;

use domain::names::Key;
use serde::Serialize;
use serde::de::DeserializeOwned;
use store::{Cut, Entry, Part, Store, StoreError};
use web::{Answer, Paging, SortField};

/// What of a list is asked for.
pub(crate) struct Wanted<'a> {
    /// The list (`store::keys::lists`).
    pub(crate) list: String,
    /// The part of it, and its order.
    pub(crate) paging: Paging,
    /// Which entries; all of them where there is no filter.
    pub(crate) filter: Option<&'a (dyn Fn(&Entry) -> bool + Sync)>,
}

/// The page, and how many there are in all.
pub(crate) async fn part<R: DeserializeOwned>(
    store: &Store,
    wanted: &Wanted<'_>,
) -> Result<Part<R>, StoreError> {
    let paging = &wanted.paging;
    if let (Some(newest_first), None) = (paging.newest_first(), wanted.filter) {
        let cut = Cut {
            newest_first,
            offset: paging.offset(),
            limit: paging.limit(),
        };
        return store.part(&wanted.list, cut).await;
    }
    let mut entries = store.entries(&wanted.list).await?;
    entries.retain(|entry| wanted.filter.is_none_or(|filter| filter(entry)));
    let total = entries.len() as u64;
    entries.sort_unstable_by(|a, b| paging.order(|by| compare(a, b, by), a.id.cmp(&b.id)));
    let entries = paging.cut(entries);
    store.shown(&wanted.list, total, &entries).await
}

/// Answers with the page; `show` says how the wire shows a resource.
pub(crate) async fn page<R: DeserializeOwned, T: Serialize>(
    store: &Store,
    wanted: Wanted<'_>,
    show: impl Fn(R) -> T,
) -> Answer {
    let part = part(store, &wanted).await?;
    let results = part.shown.into_iter().map(show).collect();
    web::ok(&wanted.paging.filled(part.total, results))
}

fn compare(a: &Entry, b: &Entry, by: SortField) -> Ordering {
    fn key(entry: &Entry) -> Option<&str> {
        entry.key.as_ref().map(Key::as_str)
    }
    match by {
        SortField::CreatedAt => a.created_at.cmp(&b.created_at),
        SortField::LastModifiedAt => a.last_modified_at.cmp(&b.last_modified_at),
        SortField::Name => a.name.cmp(&b.name),
        SortField::Key => key(a).cmp(&key(b)),
    }
}

#[cfg(test)]
mod tests {
    use domain::time::Timestamp;
    use uuid::Uuid;
    use web::Query;

    use super::*;

    fn entry(id: u128, name: &str, second: u32) -> Entry {
        let time = format!("2026-11-22T16:00:{second:02}Z");
        let time = Timestamp(time.parse().expect("a time"));
        Entry {
            id: Uuid::from_u128(id),
            created_at: time,
            last_modified_at: time,
            name: name.to_owned(),
            key: None,
            private: None,
            integration_types: Vec::new(),
            deployment_type: None,
        }
    }

    fn sorted(query: &str) -> Vec<u128> {
        let paging = Paging::of(&Query::of(query).expect("UTF-8")).expect("a good query");
        let mut entries = [
            entry(3, "beta", 1),
            entry(1, "beta", 2),
            entry(4, "alpha", 2),
            entry(2, "beta", 2),
        ];
        entries.sort_unstable_by(|a, b| paging.order(|by| compare(a, b, by), a.id.cmp(&b.id)));
        entries.iter().map(|entry| entry.id.as_u128()).collect()
    }

    #[test]
    fn what_is_alike_stands_in_the_order_of_ids_in_the_direction_of_the_last_field() {
        assert_eq!(sorted(""), [4, 2, 1, 3]);
        assert_eq!(sorted("sort=createdAt"), [3, 1, 2, 4]);
        assert_eq!(sorted("sort=name"), [4, 1, 2, 3]);
        assert_eq!(sorted("sort=name&sort=createdAt+desc"), [4, 2, 1, 3]);
        assert_eq!(sorted("sort=key"), [1, 2, 3, 4]);
    }
}
