//! Nobody finds what they may not see: the index against the plain rule, over any history of changes.

use catalog::{Index, Search, Window};
use proptest::prelude::*;
use store::Change;
use store::rows::Listing;

use crate::sample::{everything, found, gone, id, index, listing, numbers, project, published};

const PROJECTS: [&str; 4] = ["owner", "friend", "stranger", "fr"];

#[test]
fn a_private_connector_is_found_by_its_projects_only_whatever_is_asked() {
    let secret = Listing {
        private: true,
        certified: false,
        projects: vec![project("owner"), project("friend")],
        ..listing(1, "secret", "")
    };
    let index = index([secret, listing(2, "public", "")]);
    assert_eq!(found(&index, &everything("friend")), [2, 1]);
    for stranger in ["stranger", "frien", "friend2", "Friend"] {
        assert_eq!(found(&index, &everything(stranger)), [2], "{stranger}");
        let named = Search {
            ids: vec![id(1)],
            ..everything(stranger)
        };
        assert_eq!(found(&index, &named), [0; 0], "{stranger}");
    }
    let private = Search {
        private: Some(true),
        ..everything("friend")
    };
    assert_eq!(found(&index, &private), [1]);
}

/// What may become of one of a few Connectors.
fn change() -> impl Strategy<Value = Change> {
    let some = prop::sample::subsequence(PROJECTS.to_vec(), 1..=2);
    (0..6u8, any::<Option<(bool, bool)>>(), some).prop_map(|(number, listed, projects)| {
        let Some((private, certified)) = listed else {
            return gone(number);
        };
        published(Listing {
            private,
            certified,
            projects: projects.into_iter().map(project).collect(),
            ..listing(number, "any", "")
        })
    })
}

/// The plain rule: listed, and certified or for the Project; the newest first.
fn seen(listed: &[Listing], who: &str, private: Option<bool>) -> Vec<u8> {
    let mut seen: Vec<&Listing> = listed
        .iter()
        .filter(|one| one.certified || one.projects.contains(&project(who)))
        .filter(|one| private != Some(true) || one.private)
        .collect();
    seen.sort_by_key(|one| std::cmp::Reverse(one.created_at));
    numbers(&seen.iter().map(|one| one.id).collect::<Vec<_>>())
}

fn agrees(index: &Index, listed: &[Listing]) -> Result<(), TestCaseError> {
    for who in PROJECTS {
        for private in [None, Some(true), Some(false)] {
            let search = Search {
                private,
                ..everything(who)
            };
            let expected = seen(listed, who, private);
            let window = Window {
                limit: 2,
                offset: 1,
                ..Window::default()
            };
            let page = index.search(&search, &window).unwrap();
            prop_assert_eq!(page.total, expected.len());
            let cut: Vec<u8> = expected.iter().copied().skip(1).take(2).collect();
            prop_assert_eq!(numbers(&page.ids), cut);
            prop_assert_eq!(found(index, &search), expected);
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn everybody_finds_what_they_may_see_after_any_changes(
        first in prop::collection::vec(change(), 0..4),
        steps in prop::collection::vec(prop::collection::vec(change(), 1..3), 0..5),
    ) {
        let mut listed: Vec<Listing> = Vec::new();
        let mut become_of = |change: &Change| {
            listed.retain(|one| one.id != change.id);
            listed.extend(change.listing.clone());
            listed.clone()
        };
        let mut now = Vec::new();
        for change in &first {
            now = become_of(change);
        }
        let index = index(now.clone());
        agrees(&index, &now)?;
        for (number, step) in (1..).zip(steps) {
            // One commit names each Connector once; the last word counts.
            let mut step = step;
            step.dedup_by_key(|change| change.id);
            for change in &step {
                now = become_of(change);
            }
            index.apply(&step, number).unwrap();
            agrees(&index, &now)?;
        }
    }
}
