//! One attempt to read a repository ends at its deadline, at its last byte or when nobody waits for it any more, whichever comes
//! first, and remembers the first reason why it failed.

use std::io;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::runtime::Handle;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::error::Failure;
use crate::limits::{GitLimits, LISTING_BYTES};
use crate::refusal::Exceeded;
use crate::unreachable::Unreachable;

/// Shared by the blocking job and whoever waits for it.
#[derive(Debug)]
pub(crate) struct Attempt {
    pub(crate) limits: GitLimits,
    pub(crate) runtime: Handle,
    deadline: Instant,
    ended: CancellationToken,
    interrupt: AtomicBool,
    may_receive: AtomicU64,
    received: AtomicU64,
    first: Mutex<Option<Failure>>,
}

impl Attempt {
    /// Starts the clock. Until [`Attempt::expect_pack`] the server may send only a listing.
    pub(crate) fn start(limits: GitLimits) -> Arc<Self> {
        Arc::new(Self {
            deadline: Instant::now() + limits.time,
            runtime: Handle::current(),
            ended: CancellationToken::new(),
            interrupt: AtomicBool::new(false),
            may_receive: AtomicU64::new(LISTING_BYTES.min(limits.received_bytes)),
            received: AtomicU64::new(0),
            first: Mutex::new(None),
            limits,
        })
    }

    /// Waits on the blocking thread, but no longer than the attempt lasts.
    pub(crate) fn wait<F: Future>(&self, future: F) -> io::Result<F::Output> {
        let outcome = self.runtime.block_on(async {
            tokio::select! {
                // First, as timers panic while a runtime shuts down, which ends every attempt before.
                biased;
                () = self.ended.cancelled() => None,
                outcome = tokio::time::timeout_at(self.deadline, future) => outcome.ok(),
            }
        });
        outcome.ok_or_else(|| {
            self.note(Unreachable::TimedOut(self.limits.time));
            io::Error::from(io::ErrorKind::TimedOut)
        })
    }

    /// For loops that only compute: fails when the time is over.
    pub(crate) fn check(&self) -> Result<(), Failure> {
        if self.interrupt.load(Ordering::Relaxed) || Instant::now() > self.deadline {
            return Err(Unreachable::TimedOut(self.limits.time).into());
        }
        Ok(())
    }

    /// Counts what the server sent.
    pub(crate) fn receive(&self, bytes: usize) -> io::Result<()> {
        let received = self.received.fetch_add(bytes as u64, Ordering::Relaxed) + bytes as u64;
        let limit = self.may_receive.load(Ordering::Relaxed);
        if received > limit {
            self.note(Exceeded::Received(limit));
            return Err(io::Error::from(io::ErrorKind::FileTooLarge));
        }
        Ok(())
    }

    /// From here on the server may send as much as the limits say.
    pub(crate) fn expect_pack(&self) {
        self.may_receive
            .store(self.limits.received_bytes, Ordering::Relaxed);
    }

    /// How many bytes came so far.
    pub(crate) fn received(&self) -> u64 {
        self.received.load(Ordering::Relaxed)
    }

    /// Tells everything that works on this attempt to stop.
    pub(crate) fn end(&self) {
        self.interrupt.store(true, Ordering::Relaxed);
        self.ended.cancel();
    }

    /// The flag that gitoxide's loops look at.
    pub(crate) fn interrupt(&self) -> &AtomicBool {
        &self.interrupt
    }

    /// Remembers why the attempt fails, unless something before did: gitoxide's errors do not carry our reasons.
    pub(crate) fn note(&self, failure: impl Into<Failure>) {
        let mut first = self.first.lock().unwrap_or_else(PoisonError::into_inner);
        first.get_or_insert(failure.into());
    }

    /// The noted reason, or else `otherwise`.
    pub(crate) fn failure(&self, otherwise: impl FnOnce() -> Failure) -> Failure {
        let mut first = self.first.lock().unwrap_or_else(PoisonError::into_inner);
        first.take().unwrap_or_else(otherwise)
    }
}

/// Ends the attempt when whoever waits for it goes away.
pub(crate) struct EndOnDrop(pub(crate) Arc<Attempt>);

impl Drop for EndOnDrop {
    fn drop(&mut self) {
        self.0.end();
    }
}
