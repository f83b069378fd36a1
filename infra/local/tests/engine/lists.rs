//! An owner's list on the engine's table: what it shows and counts, whatever part is asked for.

use domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use slipway::engine::Engine;
use store::keys::{self, RowKey};
use store::{Commit, CommitError, Cut, Entry, Index, Listed, Refusal, Row, Store};
use tempfile::TempDir;
use uuid::Uuid;

use super::in_memory;

const LIST: &str = "THINGS-OF#shop";

/// A resource whose number is also its time, two of them to a second.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Thing {
    number: u32,
    version: u64,
    name: String,
}

impl Thing {
    fn new(number: u32) -> Self {
        Self {
            number,
            version: 1,
            name: format!("thing {number}"),
        }
    }

    fn id(&self) -> Uuid {
        Uuid::from_u128(self.number.into())
    }
}

impl Row for Thing {
    fn key(&self) -> RowKey {
        keys::staged(self.id())
    }

    fn version(&self) -> u64 {
        self.version
    }

    fn index(&self) -> Index {
        Index::default()
    }

    fn listed(&self) -> Option<Listed> {
        let time = format!(
            "2026-11-22T16:{:02}:{:02}Z",
            self.number / 120,
            self.number / 2 % 60
        );
        let time = Timestamp(time.parse().unwrap());
        let entry = Entry {
            id: self.id(),
            created_at: time,
            last_modified_at: time,
            name: self.name.clone(),
            key: None,
            private: None,
            integration_types: Vec::new(),
            deployment_type: None,
        };
        Some(Listed::new(LIST.to_owned(), entry, self))
    }
}

async fn store() -> (Store, Engine, TempDir) {
    let (engine, blobs) = in_memory().await;
    (Store::new(engine.dynamodb(), "rows"), engine, blobs)
}

async fn create(store: &Store, thing: &Thing) {
    store.commit(Commit::new().create(thing)).await.unwrap();
}

/// The numbers in a part of the list, which has the total that was counted.
async fn part(store: &Store, newest_first: bool, offset: u64, limit: u64) -> Vec<u128> {
    let cut = Cut {
        newest_first,
        offset,
        limit,
    };
    let part = store.part::<Thing>(LIST, cut).await.unwrap();
    part.shown.iter().map(|it| it.number.into()).collect()
}

async fn total(store: &Store) -> u64 {
    let none = Cut {
        newest_first: true,
        offset: 0,
        limit: 0,
    };
    store.part::<Thing>(LIST, none).await.unwrap().total
}

#[tokio::test]
async fn every_part_of_a_list_is_the_part_that_was_asked_for() {
    let (store, ..) = store().await;
    // Not in the order of their times.
    for number in [3, 0, 6, 1, 5, 2, 4] {
        create(&store, &Thing::new(number)).await;
    }
    for newest_first in [true, false] {
        let mut all: Vec<u128> = (0..7).collect();
        if newest_first {
            all.reverse();
        }
        for offset in 0..9 {
            for limit in 0..9 {
                let expected: Vec<u128> = all.iter().skip(offset).take(limit).copied().collect();
                let found = part(&store, newest_first, offset as u64, limit as u64).await;
                assert_eq!(found, expected, "{limit} from {offset} on");
            }
        }
    }
}

/// The first pages are read with all that is before them; those behind are counted off.
#[tokio::test]
async fn parts_far_back_are_right_from_either_end() {
    let (store, ..) = store().await;
    for number in 0..510 {
        create(&store, &Thing::new(number)).await;
    }
    let newest: Vec<u128> = (0..510).rev().collect();
    for (offset, limit) in [
        (0, 500),
        (0, 501),
        (300, 250),
        (480, 20),
        (499, 5),
        (509, 5),
        (510, 5),
    ] {
        let expected: Vec<u128> = newest.iter().skip(offset).take(limit).copied().collect();
        let found = part(&store, true, offset as u64, limit as u64).await;
        assert_eq!(found, expected, "{limit} from {offset} on");
    }
}

#[tokio::test]
async fn parts_are_right_where_the_table_answers_in_pieces() {
    let (store, ..) = store().await;
    // Each answer of the table ends after 1 MB, which is ten of these.
    for number in 0..40 {
        let name = "n".repeat(100_000);
        create(
            &store,
            &Thing {
                name,
                ..Thing::new(number)
            },
        )
        .await;
    }
    let newest: Vec<u128> = (0..40).rev().collect();
    for (offset, limit) in [(0, 40), (15, 3), (18, 22), (25, 2), (39, 5)] {
        let expected: Vec<u128> = newest.iter().skip(offset).take(limit).copied().collect();
        assert_eq!(
            part(&store, true, offset as u64, limit as u64).await,
            expected
        );
    }
    assert_eq!(store.entries(LIST).await.unwrap().len(), 40);
}

#[tokio::test]
async fn a_list_counts_what_comes_and_goes_and_nothing_that_was_refused() {
    let (store, ..) = store().await;
    let things: Vec<Thing> = (0..4).map(Thing::new).collect();
    for thing in &things {
        create(&store, thing).await;
    }
    let again = store.commit(Commit::new().create(&things[0])).await;
    assert!(matches!(again, Err(CommitError::Refused(Refusal::Version))));
    let outdated = Thing {
        version: 7,
        ..things[1].clone()
    };
    let refused = store.commit(Commit::new().delete(&outdated)).await;
    assert!(matches!(
        refused,
        Err(CommitError::Refused(Refusal::Version))
    ));
    assert_eq!(total(&store).await, 4);
    store
        .commit(Commit::new().delete(&things[2]))
        .await
        .unwrap();
    assert_eq!(total(&store).await, 3);
    assert_eq!(part(&store, true, 0, 10).await, [3, 1, 0]);
}

#[tokio::test]
async fn a_change_is_seen_in_the_list_and_moves_nothing() {
    let (store, ..) = store().await;
    for number in 0..3 {
        create(&store, &Thing::new(number)).await;
    }
    let changed = Thing {
        version: 2,
        name: "other".to_owned(),
        ..Thing::new(1)
    };
    store.commit(Commit::new().update(&changed)).await.unwrap();
    let entries = store.entries(LIST).await.unwrap();
    let names: Vec<&str> = entries.iter().map(|entry| entry.name.as_str()).collect();
    assert_eq!(names, ["thing 0", "other", "thing 2"]);
    assert_eq!(total(&store).await, 3);
}

#[tokio::test]
async fn creations_at_the_same_time_are_all_counted() {
    let (store, ..) = store().await;
    let creations = (0..16).map(|number| {
        let store = store.clone();
        tokio::spawn(async move { create(&store, &Thing::new(number)).await })
    });
    for creation in creations.collect::<Vec<_>>() {
        creation.await.unwrap();
    }
    assert_eq!(total(&store).await, 16);
    assert_eq!(store.entries(LIST).await.unwrap().len(), 16);
}
