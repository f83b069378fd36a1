//! A token bucket for each Project: what was not used is saved up to a burst, and who has used it up is told when to come again. It is kept
//! in memory, so each process counts for itself. (`governor` is the crate for this; it would bring ten more for these fifty lines.)

use std::collections::HashMap;
use std::hash::Hash;
use std::num::NonZeroU32;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use domain::limits;

/// How much is allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// For how long a time, in each second.
    pub per_second: NonZeroU32,
    /// At once, after a pause.
    pub burst: NonZeroU32,
}

impl Default for Rate {
    fn default() -> Self {
        Self::per_second(limits::RATE)
    }
}

impl Rate {
    /// So many in each second, and twice as many at once.
    #[must_use]
    pub fn per_second(per_second: NonZeroU32) -> Self {
        Self {
            per_second,
            burst: per_second.saturating_mul(NonZeroU32::MIN.saturating_add(1)),
        }
    }
}

#[derive(Debug, Clone, Copy)]
struct Bucket {
    tokens: f64,
    at: Instant,
}

/// The buckets.
#[derive(Debug)]
pub struct Limiter<K> {
    rate: Rate,
    buckets: Mutex<HashMap<K, Bucket>>,
}

impl<K: Eq + Hash + Clone> Limiter<K> {
    /// Full buckets.
    #[must_use]
    pub fn new(rate: Rate) -> Self {
        Self {
            rate,
            buckets: Mutex::default(),
        }
    }

    /// Takes one out of the bucket.
    ///
    /// # Errors
    /// It is empty; there is one again after this time.
    pub fn take(&self, key: &K) -> Result<(), Duration> {
        self.take_at(key, Instant::now())
    }

    fn take_at(&self, key: &K, now: Instant) -> Result<(), Duration> {
        let (rate, burst) = (
            f64::from(self.rate.per_second.get()),
            f64::from(self.rate.burst.get()),
        );
        // A bucket is whole between any two statements below.
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if !buckets.contains_key(key) {
            let full = Bucket {
                tokens: burst,
                at: now,
            };
            buckets.insert(key.clone(), full);
        }
        let Some(bucket) = buckets.get_mut(key) else {
            return Ok(());
        };
        let passed = now.saturating_duration_since(bucket.at).as_secs_f64();
        bucket.tokens = (bucket.tokens + passed * rate).min(burst);
        bucket.at = bucket.at.max(now);
        if bucket.tokens < 1.0 {
            return Err(Duration::from_secs_f64((1.0 - bucket.tokens) / rate));
        }
        bucket.tokens -= 1.0;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limiter(per_second: u32) -> Limiter<&'static str> {
        Limiter::new(Rate::per_second(NonZeroU32::new(per_second).unwrap()))
    }

    #[test]
    fn who_has_used_up_the_burst_waits_for_the_next_one_and_for_no_longer() {
        let (limiter, now) = (limiter(4), Instant::now());
        for _ in 0..8 {
            assert_eq!(limiter.take_at(&"shop", now), Ok(()));
        }
        let wait = Duration::from_millis(250);
        assert_eq!(limiter.take_at(&"shop", now), Err(wait));
        assert_eq!(limiter.take_at(&"other", now), Ok(()));
        assert_eq!(limiter.take_at(&"shop", now + wait), Ok(()));
        assert_eq!(limiter.take_at(&"shop", now + wait), Err(wait));
    }

    #[test]
    fn a_pause_saves_up_one_burst_and_no_more() {
        let (limiter, now) = (limiter(1), Instant::now());
        let later = now + Duration::from_secs(3600);
        assert_eq!(limiter.take_at(&"shop", now), Ok(()));
        for _ in 0..2 {
            assert_eq!(limiter.take_at(&"shop", later), Ok(()));
        }
        assert!(limiter.take_at(&"shop", later).is_err());
        assert!(limiter.take_at(&"shop", now).is_err());
    }
}
