//! Listings as short as a test can say them.

use catalog::{Index, Search, Window, words};
use domain::names::ProjectKey;
use domain::time::Timestamp;
use store::Change;
use store::rows::Listing;
use uuid::Uuid;

/// A public Connector, published `number` minutes after the first.
pub(crate) fn listing(number: u8, name: &str, description: &str) -> Listing {
    let minute = jiff::Timestamp::from_second(i64::from(number) * 60).unwrap();
    Listing {
        id: id(number),
        key: None,
        name: name.to_owned(),
        description: (!description.is_empty()).then(|| description.to_owned()),
        company: None,
        integration_types: Vec::new(),
        private: false,
        certified: true,
        projects: vec![project("owner")],
        created_at: Timestamp(minute),
        last_modified_at: Timestamp(minute),
    }
}

pub(crate) fn id(number: u8) -> Uuid {
    Uuid::from_u128(u128::from(number))
}

pub(crate) fn project(name: &str) -> ProjectKey {
    ProjectKey::parse(name).unwrap()
}

/// A search of `project` for everything that it may see.
pub(crate) fn everything(project: &str) -> Search {
    Search {
        project: self::project(project),
        words: Vec::new(),
        private: None,
        company: None,
        ids: Vec::new(),
        keys: Vec::new(),
        integration_types: Vec::new(),
    }
}

/// A search for a text.
pub(crate) fn text(text: &str) -> Search {
    Search {
        words: words(text),
        ..everything("anyone")
    }
}

pub(crate) fn index(listings: impl IntoIterator<Item = Listing>) -> Index {
    Index::build([listings.into_iter().collect()], 0).unwrap()
}

/// What became of a Connector.
pub(crate) fn published(listing: Listing) -> Change {
    Change {
        id: listing.id,
        listing: Some(listing),
    }
}

/// A Connector that is not listed any more.
pub(crate) fn gone(number: u8) -> Change {
    Change {
        id: id(number),
        listing: None,
    }
}

/// The numbers of what is found, in its order; the total is theirs.
pub(crate) fn found(index: &Index, search: &Search) -> Vec<u8> {
    let window = Window {
        limit: 500,
        ..Window::default()
    };
    let hits = index.search(search, &window).unwrap();
    assert_eq!(hits.total, hits.ids.len());
    numbers(&hits.ids)
}

pub(crate) fn numbers(ids: &[Uuid]) -> Vec<u8> {
    let number = |id: &Uuid| u8::try_from(id.as_u128()).unwrap();
    ids.iter().map(number).collect()
}
