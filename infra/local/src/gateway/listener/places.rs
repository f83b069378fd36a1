//! The connections that are open: who gets a place, who loses it to another, and who has had it for too long without using it.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio_util::sync::CancellationToken;

use super::limits::ConnectionLimits;

/// Time for which a connection of the reserve keeps its place while other peers open new ones, so that its request can arrive.
const RESERVED_AT_LEAST: Duration = Duration::from_secs(1);

/// Peer that one limit applies to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Peer(IpAddr);

impl Peer {
    /// A network of IPv6 is one peer: whoever has one address of it has all of them.
    fn of(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V6(address) => {
                let network = address.to_bits() & !u128::from(u64::MAX);
                Self(Ipv6Addr::from_bits(network).into())
            }
            address => Self(address),
        }
    }
}

/// The connections of one listener.
pub(super) struct Places {
    limits: ConnectionLimits,
    open: Mutex<Open>,
}

#[derive(Default)]
struct Open {
    next: u64,
    connections: HashMap<u64, Arc<Connection>>,
    /// How many of them each peer has, without those of the reserve.
    of_peer: HashMap<Peer, usize>,
    /// How many connections of the reserve each peer has.
    reserved_of_peer: HashMap<Peer, usize>,
    /// How many of them are of the reserve.
    reserved: usize,
}

/// A connection as its limits see it.
struct Connection {
    peer: Peer,
    reserved: bool,
    close: CancellationToken,
    state: Mutex<State>,
}

struct State {
    phase: Phase,
    since: Instant,
    /// Since when the caller has taken no byte of what is to be written.
    unwritten: Option<Instant>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// It was opened, or the first byte of a request has come, and its head is not whole.
    Head,
    /// The answer is complete, but not yet written.
    Unflushed,
    /// Its last request was answered.
    Idle,
    /// A request is being read or answered.
    Request,
    /// It is to be closed.
    Closed,
}

impl Places {
    pub(super) fn new(limits: ConnectionLimits) -> Self {
        Self {
            limits,
            open: Mutex::default(),
        }
    }

    pub(super) fn limits(&self) -> &ConnectionLimits {
        &self.limits
    }

    /// Gives a new connection a place, for which another one that waits may lose its own; `None` if there is no place.
    pub(super) fn take(self: &Arc<Self>, address: IpAddr, now: Instant) -> Option<Place> {
        let peer = Peer::of(address);
        let mut open = lock(&self.open);
        let has = |open: &Open, peer| open.of_peer.get(&peer).copied().unwrap_or_default();
        let full = if has(&open, peer) >= self.limits.per_peer {
            !open.evict(Some(peer), now)
        } else if open.connections.len() - open.reserved >= self.limits.all {
            let most = open.of_peer.iter().max_by_key(|(_, count)| **count);
            let most = most.map(|(peer, _)| *peer);
            // Where the peer with most connections uses all of them, any other that waits does.
            !(open.evict(most, now) || open.evict(None, now))
        } else {
            false
        };
        if full && !open.has_reserve(peer, &self.limits, now) {
            return None;
        }
        let number = open.next;
        open.next += 1;
        let connection = Arc::new(Connection {
            peer,
            reserved: full,
            close: CancellationToken::new(),
            state: Mutex::new(State {
                phase: Phase::Head,
                since: now,
                unwritten: None,
            }),
        });
        if full {
            open.reserved += 1;
            *open.reserved_of_peer.entry(peer).or_default() += 1;
        } else {
            *open.of_peer.entry(peer).or_default() += 1;
        }
        open.connections.insert(number, connection.clone());
        Some(Place {
            places: self.clone(),
            number,
            connection,
        })
    }

    /// Closes the connections that have passed one of their time limits.
    pub(super) fn close_overdue(&self, now: Instant) {
        let limits = &self.limits;
        let overdue = |connection: &Connection| {
            let state = lock(&connection.state);
            let waited = now.saturating_duration_since(state.since);
            let unwritten = state
                .unwritten
                .is_some_and(|since| now.saturating_duration_since(since) >= limits.write);
            unwritten
                || match state.phase {
                    Phase::Head => waited >= limits.head,
                    Phase::Idle => waited >= limits.idle,
                    Phase::Request | Phase::Unflushed | Phase::Closed => false,
                }
        };
        let mut open = lock(&self.open);
        let overdue: Vec<u64> = open
            .connections
            .iter()
            .filter(|(_, connection)| overdue(connection))
            .map(|(number, _)| *number)
            .collect();
        for number in overdue {
            open.close(number);
        }
    }

    /// Closes connections that wait, to free descriptors.
    pub(super) fn make_room(&self, now: Instant) {
        lock(&self.open).evict(None, now);
    }
}

impl Open {
    /// Closes the connections of this peer, or of any, that have waited longest for a request; false if none waits. It closes more than one
    /// where there are many, so that a flood of new ones does not look at all of them each time.
    fn evict(&mut self, peer: Option<Peer>, now: Instant) -> bool {
        self.evict_where(now, |connection| {
            !connection.reserved && peer.is_none_or(|peer| connection.peer == peer)
        })
    }

    /// Returns true if this peer may have a further connection of the reserve, for which one that waits may lose its place: a connection
    /// of the peer itself if it has its share of the reserve, else one of the peer that has most of it.
    fn has_reserve(&mut self, peer: Peer, limits: &ConnectionLimits, now: Instant) -> bool {
        let share = limits.reserve_per_peer();
        if self.reserved_of(peer) >= share {
            return self.evict_where(now, |connection| {
                connection.reserved && connection.peer == peer
            });
        }
        if self.reserved < limits.reserve {
            return true;
        }
        let candidates = self.connections.values().filter(|connection| {
            connection.reserved
                && connection.waits_since().is_some_and(|since| {
                    // A peer that has its share is not protected: it would keep the reserve full with new connections.
                    connection.peer == peer
                        || self.reserved_of(connection.peer) >= share
                        || now.saturating_duration_since(since) >= RESERVED_AT_LEAST
                })
        });
        let most = candidates
            .map(|connection| connection.peer)
            .max_by_key(|peer| self.reserved_of(*peer));
        most.is_some_and(|most| {
            self.evict_where(now, |connection| {
                connection.reserved && connection.peer == most
            })
        })
    }

    fn reserved_of(&self, peer: Peer) -> usize {
        self.reserved_of_peer
            .get(&peer)
            .copied()
            .unwrap_or_default()
    }

    fn evict_where(&mut self, now: Instant, of: impl Fn(&Connection) -> bool) -> bool {
        let mut waiting: Vec<(Instant, u64)> = self
            .connections
            .iter()
            .filter(|(_, connection)| of(connection))
            .filter_map(|(number, connection)| Some((connection.waits_since()?, *number)))
            .collect();
        let most = (waiting.len() / 64).max(1);
        waiting.sort_unstable_by_key(|(since, _)| now.saturating_duration_since(*since));
        let longest: Vec<u64> = waiting
            .iter()
            .rev()
            .take(most)
            .map(|(_, number)| *number)
            .collect();
        longest.iter().filter(|number| self.close(**number)).count() > 0
    }

    /// Takes a connection out and has it closed. Its place is free from now on: its descriptor will be the next moment.
    fn close(&mut self, number: u64) -> bool {
        let Some(connection) = self.connections.remove(&number) else {
            return false;
        };
        lock(&connection.state).phase = Phase::Closed;
        connection.close.cancel();
        let of_peer = if connection.reserved {
            self.reserved -= 1;
            &mut self.reserved_of_peer
        } else {
            &mut self.of_peer
        };
        if let Some(count) = of_peer.get_mut(&connection.peer) {
            *count -= 1;
            if *count == 0 {
                of_peer.remove(&connection.peer);
            }
        }
        true
    }
}

impl Connection {
    fn waits_since(&self) -> Option<Instant> {
        let state = lock(&self.state);
        let waits = matches!(state.phase, Phase::Head | Phase::Idle) && state.unwritten.is_none();
        waits.then_some(state.since)
    }
}

/// The place of a connection, which is free again when this is dropped.
pub(super) struct Place {
    places: Arc<Places>,
    number: u64,
    connection: Arc<Connection>,
}

impl Place {
    pub(super) fn limits(&self) -> &ConnectionLimits {
        &self.places.limits
    }

    /// True if only `/health` and the operator are answered here.
    pub(super) fn is_reserved(&self) -> bool {
        self.connection.reserved
    }

    /// Returns once the connection is to be closed.
    pub(super) async fn closed(&self) {
        self.connection.close.cancelled().await;
    }

    /// Bytes have come.
    pub(super) fn has_read(&self) {
        let mut state = lock(&self.connection.state);
        if state.phase == Phase::Idle {
            state.phase = Phase::Head;
            state.since = Instant::now();
        }
    }

    /// The caller took bytes, or did not.
    pub(super) fn has_written(&self, written: bool) {
        let mut state = lock(&self.connection.state);
        if written {
            state.unwritten = None;
        } else {
            state.unwritten.get_or_insert_with(Instant::now);
        }
    }

    /// Everything that was to be written is written. A connection whose last answer is complete waits for a request from now on.
    pub(super) fn has_flushed(&self) {
        let mut state = lock(&self.connection.state);
        if state.phase == Phase::Unflushed {
            state.phase = Phase::Idle;
            state.since = Instant::now();
        }
    }

    /// The head of a request has come. It is under way until what this returns is dropped.
    pub(super) fn begin(self: &Arc<Self>) -> UnderWay {
        self.enter(Phase::Request);
        UnderWay(self.clone())
    }

    fn enter(&self, phase: Phase) {
        let mut state = lock(&self.connection.state);
        if state.phase != Phase::Closed {
            state.phase = phase;
            state.since = Instant::now();
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        lock(&self.places.open).close(self.number);
    }
}

/// A request that is being read or answered.
pub(super) struct UnderWay(Arc<Place>);

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.enter(Phase::Unflushed);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
#[path = "places_tests.rs"]
mod tests;
