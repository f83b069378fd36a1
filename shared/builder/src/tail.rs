//! What a failure shows of an output: its last lines that say anything to the application's author.

use std::collections::VecDeque;

use crate::limits::{LAST_LINE_CHARS, LAST_LINES, TAIL_LINES};

/// The end of a command's output.
#[derive(Debug, Default)]
pub(crate) struct Tail {
    lines: VecDeque<String>,
    /// npm is explaining its options, which it does after every wrong use, and at length.
    in_usage: bool,
}

impl Tail {
    /// Takes the next line.
    pub(crate) fn push(&mut self, line: &str) {
        let line: String = line.trim_end().chars().take(LAST_LINE_CHARS).collect();
        self.in_usage |= line == "npm error Usage:";
        let is_noise = line.is_empty()
            || line == "npm error"
            || line == "npm error Clean install a project"
            || line.starts_with("npm error A complete log of this run");
        if is_noise || self.in_usage {
            return;
        }
        if self.lines.len() == TAIL_LINES {
            self.lines.pop_front();
        }
        self.lines.push_back(line);
    }

    /// All that is kept, to find the cause in.
    pub(crate) fn lines(&self) -> impl Iterator<Item = &str> {
        self.lines.iter().map(String::as_str)
    }

    /// What is shown.
    pub(crate) fn last(&self) -> Vec<String> {
        let skipped = self.lines.len().saturating_sub(LAST_LINES);
        self.lines.iter().skip(skipped).cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usage_of_npm_does_not_push_out_what_is_wrong() {
        let mut tail = Tail::default();
        for line in [
            "npm error code EUSAGE",
            "npm error",
            "npm error Invalid: a@1",
            "npm error Usage:",
        ] {
            tail.push(line);
        }
        for _ in 0..50 {
            tail.push("npm error [--an-option]");
        }
        assert_eq!(
            tail.last(),
            ["npm error code EUSAGE", "npm error Invalid: a@1"]
        );
    }

    #[test]
    fn only_the_last_lines_are_shown() {
        let mut tail = Tail::default();
        for line in 1..=150 {
            tail.push(&line.to_string());
        }
        assert_eq!(tail.last().first().map(String::as_str), Some("131"));
        assert_eq!(tail.lines().count(), TAIL_LINES);
    }
}
