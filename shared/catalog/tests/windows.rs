//! Filters, orders, pages and changes.

use catalog::{Index, Search, SortField, Window};
use domain::connector::IntegrationType;
use domain::names::Key;
use store::rows::Listing;

use crate::sample::{everything, found, gone, id, index, listing, numbers, published, text};

fn three() -> Index {
    index([
        Listing {
            key: Some(Key::parse("b-key").unwrap()),
            company: Some("Example Ltd".to_owned()),
            integration_types: vec![IntegrationType::Tax, IntegrationType::Erp],
            ..listing(1, "beta", "")
        },
        Listing {
            key: Some(Key::parse("a-key").unwrap()),
            company: Some("Example Ltd, Berlin".to_owned()),
            integration_types: vec![IntegrationType::Email],
            ..listing(2, "alpha", "")
        },
        listing(3, "alpha", ""),
    ])
}

fn window(index: &Index, sort: &[(SortField, bool)], offset: usize, limit: usize) -> Vec<u8> {
    let window = Window {
        offset,
        limit,
        sort: sort.to_vec(),
    };
    let hits = index.search(&everything("anyone"), &window).unwrap();
    assert_eq!(hits.total, 3, "a window does not change the total");
    numbers(&hits.ids)
}

#[test]
fn each_filter_narrows_and_all_hold_together() {
    let index = three();
    let all = everything("anyone");
    let types = |kinds: &[IntegrationType]| Search {
        integration_types: kinds.to_vec(),
        ..all.clone()
    };
    assert_eq!(found(&index, &types(&[IntegrationType::Tax])), [1]);
    let either = types(&[IntegrationType::Email, IntegrationType::Erp]);
    assert_eq!(found(&index, &either), [2, 1]);
    let ids = Search {
        ids: vec![id(3), id(1), id(9)],
        ..all.clone()
    };
    assert_eq!(found(&index, &ids), [3, 1]);
    let company = Search {
        company: Some("Example Ltd".to_owned()),
        ..all.clone()
    };
    assert_eq!(found(&index, &company), [1]);
    let keys = ["a-key", "b-key", "c-key"].map(|key| Key::parse(key).unwrap());
    let keys = Search {
        keys: keys.to_vec(),
        ..all
    };
    assert_eq!(found(&index, &keys), [2, 1]);
    let both = Search {
        integration_types: vec![IntegrationType::Tax],
        ids: vec![id(2)],
        ..keys
    };
    assert_eq!(found(&index, &both), [0; 0]);
}

#[test]
fn the_order_is_what_is_asked_for_and_else_the_newest_first() {
    use SortField::{CreatedAt, Key, LastModifiedAt, Name};
    let index = three();
    assert_eq!(window(&index, &[], 0, 9), [3, 2, 1]);
    assert_eq!(window(&index, &[(CreatedAt, false)], 0, 9), [1, 2, 3]);
    assert_eq!(window(&index, &[(LastModifiedAt, true)], 0, 9), [3, 2, 1]);
    let name = [(Name, false), (CreatedAt, false)];
    assert_eq!(window(&index, &name, 0, 9), [2, 3, 1]);
    assert_eq!(window(&index, &[(Name, true)], 0, 9), [1, 3, 2]);
    assert_eq!(window(&index, &[(Key, false)], 0, 9), [3, 2, 1]);
    assert_eq!(window(&index, &[(Key, true)], 0, 9), [1, 2, 3]);
    let again = [
        (Name, false),
        (Name, true),
        (Name, true),
        (Name, true),
        (Key, true),
        (CreatedAt, true),
    ];
    assert_eq!(window(&index, &again, 0, 9), [2, 3, 1]);
}

#[test]
fn a_given_order_goes_before_the_rank() {
    let index = index([listing(1, "tax", ""), listing(2, "taxes", "")]);
    assert_eq!(found(&index, &text("tax")), [1, 2]);
    let window = Window {
        limit: 9,
        sort: vec![(SortField::CreatedAt, true)],
        ..Window::default()
    };
    let hits = index.search(&text("tax"), &window).unwrap();
    assert_eq!(numbers(&hits.ids), [2, 1]);
}

#[test]
fn pages_follow_each_other_and_a_page_may_be_empty() {
    let index = three();
    assert_eq!(window(&index, &[], 0, 2), [3, 2]);
    assert_eq!(window(&index, &[], 2, 2), [1]);
    assert_eq!(window(&index, &[], 10_000, 2), [0; 0]);
    assert_eq!(window(&index, &[], 0, 0), [0; 0]);
}

#[test]
fn an_index_of_nothing_finds_nothing_and_takes_what_comes() {
    let index = index([]);
    assert_eq!(found(&index, &text("tax")), [0; 0]);
    index.apply(&[published(listing(1, "tax", ""))], 1).unwrap();
    assert_eq!(found(&index, &text("tax")), [1]);
    index.apply(&[gone(1)], 2).unwrap();
    assert_eq!(found(&index, &everything("owner")), [0; 0]);
}

#[test]
fn a_change_that_comes_too_late_does_not_bring_back_what_was() {
    let index = index([listing(1, "old", "")]);
    index.apply(&[published(listing(1, "new", ""))], 7).unwrap();
    index.apply(&[published(listing(1, "old", ""))], 6).unwrap();
    assert_eq!(found(&index, &text("new")), [1]);
    assert_eq!(found(&index, &text("old")), [0; 0]);
    assert_eq!(index.seen(), 7);
}
