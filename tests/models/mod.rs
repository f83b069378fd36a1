//! The platform behaves as a model that fits on a few pages says, whatever is asked of it, in whatever order, by however many.
//!
//! `PROPTEST_CASES` and `PROPTEST_RNG_SEED` make for longer and other runs; without them every run is the same.

mod actions;
mod compare;
mod concurrent;
mod connector_staged;
mod deployment;
mod foreign;
mod isolation;
mod sequential;
mod state;
mod steps;
mod tenant;
mod wire;

use std::fmt::Debug;
use std::future::Future;

use proptest::strategy::Strategy;
use proptest::test_runner::{Config, RngSeed, TestRunner};
use tokio::runtime::Handle;
use tokio::task::block_in_place;

// Every step is a request or a run of a real application, so a failure shrinks for minutes, not for hours.
const SHRINKS: u32 = 60;
const SEED: u64 = 20_261_122;

/// Runs a property as often as said, or as the environment says; each case is a future, and fails by a panic.
fn check<S: Strategy<Value: Debug>>(cases: u32, strategy: &S, case: impl AsyncFn(S::Value)) {
    let run = |value| {
        wait_for(case(value));
        Ok(())
    };
    let ended = TestRunner::new(config(cases)).run(strategy, run);
    ended.unwrap_or_else(|failure| panic!("{failure}"));
}

/// So many cases, each time the same; or what the environment says.
fn config(cases: u32) -> Config {
    let mut config = Config {
        failure_persistence: None,
        max_shrink_iters: SHRINKS,
        ..Config::default()
    };
    if !longer() {
        config.cases = cases;
    }
    if config.rng_seed == RngSeed::Random {
        config.rng_seed = RngSeed::Fixed(SEED);
    }
    config
}

// proptest drives its cases by plain functions, in the middle of a test that is a future.
fn wait_for<T>(future: impl Future<Output = T>) -> T {
    block_in_place(|| Handle::current().block_on(future))
}

#[expect(
    clippy::disallowed_methods,
    reason = "proptest reads the same variable; only whether it is set cannot be seen of its Config"
)]
fn longer() -> bool {
    std::env::var_os("PROPTEST_CASES").is_some()
}
