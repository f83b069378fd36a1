//! A read that waits looks again until the resource has left its transient state, or the patience ends.

use std::time::{Duration, Instant};

use web::{Fail, Patience};

// Short enough that nobody notices, long enough that a hundred waiting callers cost less than one busy one.
const LOOK_AGAIN: Duration = Duration::from_millis(50);

/// Reads until the resource has settled or the patience ends; what was read last is the answer.
pub(crate) async fn settled<T, F, Fut>(
    patience: Patience,
    read: F,
    is_moving: fn(&T) -> bool,
) -> Result<T, Fail>
where
    F: Fn() -> Fut,
    Fut: Future<Output = Result<T, Fail>>,
{
    let begin = Instant::now();
    loop {
        let resource = read().await?;
        if !is_moving(&resource) || begin.elapsed() >= patience.0 {
            return Ok(resource);
        }
        tokio::time::sleep(LOOK_AGAIN).await;
    }
}
