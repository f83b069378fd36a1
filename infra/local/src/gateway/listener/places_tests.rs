//! Places with small limits, at times that the tests choose.

use std::time::Duration;

use super::*;

const PROXY: &str = "127.0.0.1";
const ATTACKER: &str = "203.0.113.9";

fn places(all: usize, per_peer: usize) -> Arc<Places> {
    let limits = ConnectionLimits {
        all,
        per_peer,
        reserve: 1,
        ..ConnectionLimits::of_process()
    };
    Arc::new(Places::new(limits))
}

fn take(places: &Arc<Places>, peer: &str, now: Instant) -> Option<Arc<Place>> {
    places.take(peer.parse().unwrap(), now).map(Arc::new)
}

fn is_closed(place: &Place) -> bool {
    place.connection.close.is_cancelled()
}

#[test]
fn a_peer_over_its_limit_loses_the_connection_that_waited_longest() {
    let (places, now) = (places(10, 2), Instant::now());
    let later = now + Duration::from_secs(1);
    let first = take(&places, ATTACKER, now).unwrap();
    let second = take(&places, ATTACKER, later).unwrap();
    let other = take(&places, PROXY, now).unwrap();
    let third = take(&places, ATTACKER, later).unwrap();
    assert!(is_closed(&first) && !is_closed(&second));
    assert!(!third.is_reserved() && !is_closed(&other));
}

#[test]
fn whoever_has_few_connections_gets_the_place_of_whoever_has_most() {
    let (places, now) = (places(4, 4), Instant::now());
    let old = take(&places, PROXY, now).unwrap();
    let later = now + Duration::from_secs(1);
    let many: Vec<_> = (0..3)
        .map(|_| take(&places, ATTACKER, later).unwrap())
        .collect();
    let new = take(&places, PROXY, later).unwrap();
    assert!(!is_closed(&old) && !new.is_reserved());
    assert_eq!(many.iter().filter(|place| is_closed(place)).count(), 1);
}

#[test]
fn where_every_connection_is_used_only_the_reserve_is_left() {
    let (places, now) = (places(2, 2), Instant::now());
    let used: Vec<_> = (0..2)
        .map(|_| take(&places, ATTACKER, now).unwrap())
        .collect();
    let _requests: Vec<_> = used.iter().map(Place::begin).collect();
    let reserved = take(&places, PROXY, now).unwrap();
    assert!(reserved.is_reserved());
    let next = take(&places, PROXY, now).unwrap();
    assert!(is_closed(&reserved) && next.is_reserved());
    let request = next.begin();
    assert!(take(&places, PROXY, now).is_none());
    drop((request, next));
    assert!(take(&places, PROXY, now).unwrap().is_reserved());
    drop(used);
}

const SHOP: &str = "198.51.100.7";

/// Places whose only ordinary one is used, with a reserve of 8.
fn reserve(now: Instant) -> (Arc<Places>, Arc<Place>, UnderWay) {
    let limits = ConnectionLimits {
        all: 1,
        per_peer: 1,
        reserve: 8,
        ..ConnectionLimits::of_process()
    };
    let places = Arc::new(Places::new(limits));
    let used = take(&places, ATTACKER, now).unwrap();
    let request = used.begin();
    (places, used, request)
}

#[test]
fn one_peer_gets_a_quarter_of_the_reserve() {
    let now = Instant::now();
    let (places, _used, _request) = reserve(now);
    let held: Vec<_> = (0..2)
        .map(|_| take(&places, ATTACKER, now).unwrap())
        .collect();
    let requests: Vec<_> = held.iter().map(Place::begin).collect();
    assert!(take(&places, ATTACKER, now).is_none());
    assert!(take(&places, SHOP, now).unwrap().is_reserved());
    drop(requests);
}

#[test]
fn a_flood_of_connections_closes_no_others_of_the_reserve() {
    let now = Instant::now();
    let (places, _used, _request) = reserve(now);
    let health = take(&places, SHOP, now).unwrap();
    let mut held = Vec::new();
    let mut flood = |peers: std::ops::Range<u8>| {
        for peer in (0..10).flat_map(|_| peers.clone()) {
            held.extend(take(&places, &format!("203.0.113.{peer}"), now));
        }
    };
    flood(10..14);
    assert!(health.is_reserved() && !is_closed(&health));
    // A peer that comes later gets the place of one that has its share.
    let later = take(&places, "198.51.100.8", now).unwrap();
    assert!(later.is_reserved());
    flood(10..30);
    assert!(!is_closed(&health) && !is_closed(&later));
}

#[test]
fn a_connection_of_the_reserve_keeps_its_place_for_a_second() {
    let now = Instant::now();
    let (places, _used, _request) = reserve(now);
    let one_each: Vec<_> = (10..18)
        .map(|peer| take(&places, &format!("203.0.113.{peer}"), now).unwrap())
        .collect();
    assert!(take(&places, SHOP, now).is_none());
    assert!(!one_each.iter().any(|place| is_closed(place)));
    let later = now + Duration::from_secs(1);
    assert!(take(&places, SHOP, later).unwrap().is_reserved());
}

#[test]
fn an_answer_that_is_not_written_yet_is_not_cut_for_another_connection() {
    let (places, now) = (places(1, 1), Instant::now());
    let answered = take(&places, PROXY, now).unwrap();
    drop(answered.begin());
    assert!(take(&places, PROXY, now).unwrap().is_reserved());
    assert!(!is_closed(&answered));
    answered.has_flushed();
    // What is written of a further answer counts too.
    answered.has_written(false);
    assert!(take(&places, PROXY, now).unwrap().is_reserved());
    answered.has_written(true);
    assert!(!take(&places, PROXY, now).unwrap().is_reserved());
    assert!(is_closed(&answered));
}

#[test]
fn a_place_is_free_again_when_its_connection_ends() {
    let (places, now) = (places(1, 1), Instant::now());
    for _ in 0..3 {
        let place = take(&places, ATTACKER, now).unwrap();
        let _request = place.begin();
        assert!(!place.is_reserved());
    }
    assert!(lock(&places.open).of_peer.is_empty());
}

#[test]
fn each_phase_has_its_own_time_limit() {
    let (places, now) = (places(10, 10), Instant::now());
    let after = |seconds| Instant::now() + Duration::from_secs(seconds);
    let opened = take(&places, PROXY, now).unwrap();
    let idle = take(&places, PROXY, now).unwrap();
    drop(idle.begin());
    idle.has_flushed();
    let used = take(&places, PROXY, now).unwrap();
    let _request = used.begin();
    places.close_overdue(after(11));
    assert!(is_closed(&opened) && !is_closed(&idle));
    places.close_overdue(after(80));
    assert!(is_closed(&idle) && !is_closed(&used));
    used.has_written(false);
    places.close_overdue(after(50));
    assert!(!is_closed(&used));
    used.has_written(true);
    used.has_written(false);
    places.close_overdue(after(61));
    assert!(is_closed(&used));
}

#[test]
fn all_addresses_of_a_network_of_ipv6_are_one_peer() {
    let peer = |address: &str| Peer::of(address.parse().unwrap());
    assert_eq!(peer("2001:db8::1"), peer("2001:db8::ffff:2"));
    assert_ne!(peer("2001:db8::1"), peer("2001:db8:0:1::1"));
    assert_eq!(peer("::ffff:203.0.113.9"), peer(ATTACKER));
}
