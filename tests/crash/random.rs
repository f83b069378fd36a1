//! Moments come from a seed that is printed, so that a failed run can be told from another; the machine's own timing stays its own.

use std::time::Duration;

const SEED: u64 = 2_902_614_902;

/// SplitMix64: small, and the same on every machine.
pub(super) struct Random(u64);

impl Random {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `limit`.
    pub(super) fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }

    /// A time below `limit`.
    pub(super) fn within(&mut self, limit: Duration) -> Duration {
        let limit = u64::try_from(limit.as_micros()).unwrap_or(u64::MAX).max(1);
        Duration::from_micros(self.below(limit))
    }
}

/// `CRASH_KILLS` and `CRASH_SEED` of the environment: how often to kill, and the seed; the same one by default, as a test
/// must not pass today and fail tomorrow. Longer runs try others.
#[expect(
    clippy::disallowed_methods,
    reason = "the one place of these tests that reads the environment"
)]
pub(super) fn settings(default_kills: u32) -> (u32, u64) {
    let read = |name| std::env::var(name).ok()?.parse::<u64>().ok();
    let kills = read("CRASH_KILLS")
        .and_then(|kills| kills.try_into().ok())
        .unwrap_or(default_kills);
    let seed = read("CRASH_SEED").unwrap_or(SEED);
    (kills, seed)
}
