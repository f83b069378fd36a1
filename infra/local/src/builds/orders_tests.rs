//! Orders join, leave and share builds as their runs come and go.

use builder::BuildKind;
use domain::names::{ApplicationName, CommitId, ProjectKey};

use super::*;

const LIMITS: Limits = Limits {
    places: 2,
    per_project: 1,
};

fn hash(number: u8) -> ArtifactHash {
    ArtifactHash::parse(&format!("{number:064x}")).unwrap()
}

/// The order of a run of this Project for the build with this number.
fn order(project: u8, run: u128, build: u8) -> BuildOrder {
    let project = ProjectKey::parse(&format!("shop-{project}")).unwrap();
    BuildOrder {
        run: Uuid::from_u128(run),
        owner: project.clone(),
        project,
        commit: CommitId::parse(&"a".repeat(40)).unwrap(),
        application: ApplicationName::parse("service").unwrap(),
        kind: BuildKind::Dynamic,
        environment: Vec::new(),
        hash: hash(build),
    }
}

fn position(orders: &Orders, run: u128) -> Option<usize> {
    let builds = orders.under_way(Uuid::from_u128(run));
    match builds.first()?.stage {
        BuildStage::Queued { position } => Some(position),
        BuildStage::Running { .. } => Some(0),
    }
}

fn runs(orders: &[BuildOrder]) -> Vec<u128> {
    orders.iter().map(|order| order.run.as_u128()).collect()
}

#[test]
fn a_build_is_done_once_for_all_runs_that_want_it_and_each_is_told_once() {
    let mut orders = Orders::new(LIMITS);
    orders.add(order(1, 10, 1));
    orders.add(order(1, 10, 1));
    orders.add(order(2, 20, 1));
    assert_eq!(orders.begin(), Some(hash(1)));
    assert_eq!(orders.begin(), None);
    orders.ended(&hash(1));
    orders.free(&hash(1));
    assert_eq!(runs(&orders.take(&hash(1)).unwrap()), [10, 20]);
    orders.add(order(3, 30, 1));
    assert_eq!(orders.begin(), None, "it has its result already");
    assert_eq!(runs(&orders.take(&hash(1)).unwrap()), [30]);
    assert_eq!(orders.take(&hash(1)), None);
    orders.add(order(3, 31, 1));
    assert_eq!(orders.begin(), Some(hash(1)));
}

#[test]
fn the_order_of_a_run_that_has_ended_leaves_the_queue() {
    let mut orders = Orders::new(LIMITS);
    for (run, build) in [(10, 1), (11, 2), (12, 3)] {
        orders.add(order(1, run, build));
    }
    assert_eq!(orders.begin(), Some(hash(1)));
    assert_eq!(
        (position(&orders, 11), position(&orders, 12)),
        (Some(1), Some(2))
    );
    orders.withdraw(Uuid::from_u128(11));
    assert_eq!(
        (position(&orders, 11), position(&orders, 12)),
        (None, Some(1))
    );
}

#[test]
fn a_build_that_another_run_wants_stays_in_the_line_of_its_project_only() {
    let mut orders = Orders::new(LIMITS);
    orders.add(order(1, 10, 1));
    assert_eq!(orders.begin(), Some(hash(1)));
    orders.add(order(1, 11, 2));
    orders.add(order(2, 20, 2));
    orders.withdraw(Uuid::from_u128(20));
    assert_eq!(orders.begin(), None, "its Project has its place");
    orders.add(order(2, 21, 2));
    assert_eq!(orders.begin(), Some(hash(2)));
}

#[test]
fn a_running_build_that_nobody_wants_any_more_is_stopped() {
    let mut orders = Orders::new(LIMITS);
    orders.add(order(1, 10, 1));
    orders.add(order(2, 20, 1));
    assert_eq!(orders.begin(), Some(hash(1)));
    let (_, stop) = orders.wanted(&hash(1)).unwrap();
    orders.withdraw(Uuid::from_u128(10));
    assert!(!stop.is_cancelled());
    orders.withdraw(Uuid::from_u128(20));
    assert!(stop.is_cancelled());
    orders.free(&hash(1));
    assert!(orders.wanted(&hash(1)).is_none());
}

#[test]
fn a_build_that_is_ordered_again_while_it_stops_begins_anew() {
    let mut orders = Orders::new(LIMITS);
    orders.add(order(1, 10, 1));
    assert_eq!(orders.begin(), Some(hash(1)));
    orders.withdraw(Uuid::from_u128(10));
    orders.add(order(1, 11, 1));
    assert_eq!(orders.begin(), None);
    orders.free(&hash(1));
    assert_eq!(orders.begin(), Some(hash(1)));
    let (order, stop) = orders.wanted(&hash(1)).unwrap();
    assert_eq!((order.run.as_u128(), stop.is_cancelled()), (11, false));
}

#[test]
fn a_build_that_met_a_fault_gives_up_its_place_until_it_is_tried_again() {
    let mut orders = Orders::new(LIMITS);
    for (run, build) in [(10, 1), (11, 2), (12, 3)] {
        orders.add(order(1, run, build));
    }
    assert_eq!(orders.begin(), Some(hash(1)));
    assert!(orders.pause(&hash(1)));
    orders.free(&hash(1));
    assert_eq!(orders.begin(), Some(hash(2)));
    orders.add_again(&hash(1));
    assert_eq!(
        (position(&orders, 10), position(&orders, 12)),
        (Some(1), Some(2))
    );
    orders.ended(&hash(2));
    orders.free(&hash(2));
    assert_eq!(orders.begin(), Some(hash(1)));
    assert!(orders.pause(&hash(1)));
    assert!(!orders.pause(&hash(1)), "it is tried {TRIES} times");
}
