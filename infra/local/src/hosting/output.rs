//! Every line that a process writes becomes a log entry; the last ones are kept for the verdict, masked.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use hosting::LAST_LINES;
use hosting::logs::LineMask;
use sandbox::Line;

use super::Shared;

/// The last lines of a process.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tail(Arc<Mutex<VecDeque<String>>>);

impl Tail {
    fn push(&self, line: String) {
        let mut lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if lines.len() == LAST_LINES {
            lines.pop_front();
        }
        lines.push_back(line);
    }

    /// Oldest first.
    pub(crate) fn lines(&self) -> Vec<String> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .iter()
            .cloned()
            .collect()
    }
}

/// Logs one line.
pub(crate) async fn log(shared: &Shared, mask: &LineMask, tail: &Tail, line: &Line) {
    tail.push(mask.mask(&line.text));
    shared
        .logs
        .append(mask.line(&line.text, (shared.options.clock)()))
        .await;
}
