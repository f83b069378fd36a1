//! What no answer tells is looked for until it is there, and the test that looks in vain says what for.

use std::time::{Duration, Instant};

// Far beyond what anything takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);
const LOOK_AGAIN: Duration = Duration::from_millis(50);

/// Looks until there is something.
pub(crate) async fn eventually<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let begin = Instant::now();
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(
            begin.elapsed() < PATIENCE,
            "in vain for {PATIENCE:?}: {what}"
        );
        tokio::time::sleep(LOOK_AGAIN).await;
    }
}
