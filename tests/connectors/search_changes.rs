//! Search after a change: the next request shows it, in this process and in every other.

use std::sync::Arc;

use catalog::{Catalog, Search, Window};
use domain::connector::ConnectorRecord;
use domain::names::ProjectKey;
use serde_json::json;
use store::{Commit, keys};
use uuid::Uuid;

use crate::house::{Project, in_a_house_of_its_own, in_a_project, in_the_house};

async fn total(shop: &Project, query: &str) -> u64 {
    let page = shop
        .get(&format!("/connectors/search?{query}"))
        .await
        .of_status(200);
    assert_eq!(page["count"], page["results"].as_array().unwrap().len());
    page["total"].as_u64().unwrap()
}

#[test]
fn what_is_published_changed_and_unlisted_shows_in_the_next_request() {
    in_a_project(async |shop| {
        assert_eq!(total(&shop, "text=minimal").await, 0);
        let draft = shop.draft("minimal").await.published().await;
        assert_eq!(total(&shop, "text=minimal").await, 1);
        let rename = json!([{"action": "setName", "name": "Renamed"}]);
        draft.act(rename).await.of_status(201);
        assert_eq!(total(&shop, "text=minimal").await, 1, "not published yet");
        let draft = draft.published().await;
        assert_eq!(total(&shop, "text=minimal").await, 0);
        assert_eq!(total(&shop, "text=renamed").await, 1);
        let unlist = json!([{"action": "unlist"}]);
        draft.act(unlist).await.of_status(201);
        assert_eq!(total(&shop, "").await, 0);
        assert_eq!(total(&shop, &format!("id={}", draft.id)).await, 0);
        shop.get(&format!("/connectors/{}", draft.id))
            .await
            .of_status(200);
        draft.published().await;
        assert_eq!(total(&shop, "").await, 1);
    });
}

#[test]
fn a_project_that_is_added_finds_it_at_once_and_one_that_is_removed_finds_it_no_more() {
    in_the_house(async |house| {
        let (owner, friend) = (house.project().await, house.project().await);
        let draft = owner.draft("minimal").await.published().await;
        assert_eq!(total(&friend, "").await, 0);
        let project = format!("europe-west1.gcp:{}", friend.key);
        for (action, found) in [
            ("addPrivateProject", 1),
            ("removePrivateProject", 0),
            ("addPrivateProject", 1),
        ] {
            let change = json!([{"action": action, "privateProject": project}]);
            draft.act(change).await.of_status(201);
            assert_eq!(total(&friend, "").await, found, "{action}");
            assert_eq!(total(&friend, &format!("id={}", draft.id)).await, found);
        }
        assert_eq!(total(&owner, "private=true").await, 1);
    });
}

#[test]
fn a_deleted_connector_is_gone_at_once() {
    in_a_project(async |shop| {
        let draft = shop.draft("minimal").await.published().await;
        assert_eq!(total(&shop, "").await, 1);
        shop.delete(&draft.path()).await.of_status(200);
        assert_eq!(total(&shop, "").await, 0);
    });
}

#[test]
fn after_a_restart_all_that_was_published_is_found() {
    in_a_house_of_its_own(async |house| {
        let shop = house.project().await;
        let draft = shop.draft("minimal").await.published().await;
        assert_eq!(total(&shop, "text=minimal").await, 1);
        house.restart().await;
        assert_eq!(total(&shop, "text=minimal").await, 1);
        shop.delete(&draft.path()).await.of_status(200);
        assert_eq!(total(&shop, "text=minimal").await, 0);
    });
}

#[test]
fn of_many_changes_at_the_same_moment_every_process_misses_none() {
    in_the_house(async |house| {
        let shop = house.project().await;
        let draft = shop.draft("minimal").await.published().await;
        let store = house.platform().desk.store.clone();
        let id: Uuid = draft.id.parse().unwrap();
        let published: ConnectorRecord = store.get(&keys::connector(id)).await.unwrap().unwrap();
        let other = Arc::new(Catalog::new(store.clone()));
        assert_eq!(seen(&other, &shop.key).await, 1);
        let mut writers = Vec::new();
        for number in 1..=24_u128 {
            let mut copy = published.clone();
            copy.connector.id = Uuid::from_u128(id.as_u128() + number);
            let (store, other, key) = (store.clone(), other.clone(), shop.key.clone());
            writers.push(tokio::spawn(async move {
                store.commit(Commit::new().create(&copy)).await.unwrap();
                let many = seen(&other, &key).await;
                if number.is_multiple_of(2) {
                    store.commit(Commit::new().delete(&copy)).await.unwrap();
                }
                many
            }));
        }
        for writer in writers {
            assert!(writer.await.unwrap() >= 2, "its own was committed before");
        }
        assert_eq!(total(&shop, "limit=500").await, 13);
        assert_eq!(seen(&other, &shop.key).await, 13);
        assert_eq!(seen(&Catalog::new(store), &shop.key).await, 13);
    });
}

#[test]
fn a_catalogue_of_more_than_a_page_of_the_table_is_read_whole_and_shown_in_order() {
    in_the_house(async |house| {
        let shop = house.project().await;
        let draft = shop.draft("minimal").await.published().await;
        let store = house.platform().desk.store.clone();
        let id: Uuid = draft.id.parse().unwrap();
        let published: ConnectorRecord = store.get(&keys::connector(id)).await.unwrap().unwrap();
        let copies = 1..=1100_u128;
        for first in copies.step_by(44) {
            let copies = (first..first + 44).map(|number| {
                let mut copy = published.clone();
                copy.connector.id = Uuid::from_u128(id.as_u128() + number);
                copy.connector.name = format!("copy {number:04}");
                copy
            });
            let commit = copies.fold(Commit::new(), |commit, copy| commit.create(&copy));
            store.commit(commit).await.unwrap();
        }
        assert_eq!(seen(&Catalog::new(store), &shop.key).await, 1101);
        let page = shop
            .get("/connectors/search?text=copy&sort=name+desc&offset=50&limit=500")
            .await
            .of_status(200);
        assert_eq!(page["total"], 1100);
        let results = page["results"].as_array().unwrap().iter();
        let names: Vec<&str> = results.map(|one| one["name"].as_str().unwrap()).collect();
        let expected: Vec<String> = (551..=1050).rev().map(|n| format!("copy {n:04}")).collect();
        assert_eq!(names, expected);
    });
}

/// How many a process of its own shows the Project.
async fn seen(catalog: &Catalog, project: &str) -> usize {
    let search = Search {
        project: ProjectKey::parse(project).unwrap(),
        words: Vec::new(),
        private: None,
        company: None,
        ids: Vec::new(),
        keys: Vec::new(),
        integration_types: Vec::new(),
    };
    let window = Window {
        limit: 500,
        ..Window::default()
    };
    let found = catalog.find(search, window).await.unwrap();
    // Those that were deleted after the question was asked are counted, and not shown.
    assert!(found.results.len() <= found.total);
    found.total
}
