//! Output as lines: whatever bytes a command writes, each line is bounded text, and all of them together are bounded.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::sync::mpsc::{Sender, UnboundedSender};
use tokio::sync::watch;

use crate::exit::{Exit, LimitHit};

/// The longest line, in bytes: the limit of a log entry that one still wants to look at.
const LINE_BYTES: usize = 64 * 1024;

/// Ends a line that was longer.
const CUT: &str = " … [cut at 64 KiB]";

/// After the command's end, how long its pipes may stay silent, should one of its processes have escaped with them.
const SILENCE: Duration = Duration::from_millis(500);

/// After the command's end, how much may still be in its pipes: what the kernel lets an ordinary user put there.
const LEFT_IN_PIPE: u64 = 1024 * 1024;

/// Which of the two outputs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stream {
    /// Standard output.
    Stdout,
    /// Standard error.
    Stderr,
}

/// One line of output, without its line end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Where it was written.
    pub stream: Stream,
    /// What was written; bytes that are not UTF-8 are replaced, and what is beyond 64 KiB is cut with a mark.
    pub text: String,
}

/// Reads one output of a command until it is closed, or the limit is passed.
pub(crate) struct Reading {
    pub(crate) stream: Stream,
    pub(crate) lines: Sender<Line>,
    /// Bytes of both outputs so far.
    pub(crate) total: Arc<AtomicU64>,
    /// Bytes of both outputs allowed.
    pub(crate) limit: Option<u64>,
    pub(crate) hits: UnboundedSender<LimitHit>,
    pub(crate) exit: watch::Receiver<Option<Exit>>,
}

impl Reading {
    pub(crate) async fn run(mut self, mut output: impl AsyncRead + Unpin) {
        let mut cutter = Cutter::default();
        let mut buffer = vec![0; 16 * 1024];
        let mut left = LEFT_IN_PIPE;
        while let Ok(Some(read)) = self.read(&mut output, &mut buffer, &mut left).await {
            let before = self.total.fetch_add(read as u64, Ordering::Relaxed);
            let allowed = self
                .limit
                .map_or(read as u64, |limit| limit.saturating_sub(before));
            let within = read.min(usize::try_from(allowed).unwrap_or(read));
            for text in cutter.push(&buffer[..within]) {
                self.give(text).await;
            }
            if let Some(limit) = self.limit.filter(|_| within < read) {
                // If nobody listens, the command is being ended already.
                let _ = self.hits.send(LimitHit::Output(limit));
                break;
            }
        }
        if let Some(text) = cutter.rest() {
            self.give(text).await;
        }
    }

    /// The next bytes; none when the output is closed, or when the command has ended and only an escaped process holds it.
    async fn read(
        &mut self,
        output: &mut (impl AsyncRead + Unpin),
        buffer: &mut [u8],
        left: &mut u64,
    ) -> io::Result<Option<usize>> {
        let ended = self.exit.borrow().is_some();
        let read = tokio::select! {
            biased;
            read = output.read(buffer) => read?,
            () = silence_after_end(&mut self.exit) => 0,
        };
        if ended {
            *left = left.saturating_sub(read as u64);
        }
        Ok(Some(read).filter(|read| *read > 0 && *left > 0))
    }

    async fn give(&self, text: String) {
        // Output that nobody wants is read all the same: a full pipe would hold the command up.
        let _ = self
            .lines
            .send(Line {
                stream: self.stream,
                text,
            })
            .await;
    }
}

async fn silence_after_end(exit: &mut watch::Receiver<Option<Exit>>) {
    // An error says that the supervisor is gone, which is an end too.
    let _ = exit.wait_for(Option::is_some).await;
    tokio::time::sleep(SILENCE).await;
}

/// Cuts bytes into lines of bounded length.
#[derive(Debug, Default)]
struct Cutter {
    line: Vec<u8>,
    too_long: bool,
}

impl Cutter {
    fn push(&mut self, bytes: &[u8]) -> Vec<String> {
        let mut lines = Vec::new();
        for part in bytes.split_inclusive(|byte| *byte == b'\n') {
            let content = part.strip_suffix(b"\n").unwrap_or(part);
            let room = LINE_BYTES - self.line.len();
            self.too_long |= content.len() > room;
            self.line
                .extend_from_slice(&content[..content.len().min(room)]);
            if content.len() < part.len() {
                lines.push(self.take());
            }
        }
        lines
    }

    /// What was written without a line end at last.
    fn rest(&mut self) -> Option<String> {
        (!self.line.is_empty()).then(|| self.take())
    }

    fn take(&mut self) -> String {
        let line = std::mem::take(&mut self.line);
        let line = line.strip_suffix(b"\r").unwrap_or(&line);
        let mut text = String::from_utf8_lossy(line).into_owned();
        if std::mem::take(&mut self.too_long) {
            // A character that the cut went through is left out.
            text.truncate(text.trim_end_matches(char::REPLACEMENT_CHARACTER).len());
            text.push_str(CUT);
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_do_not_depend_on_how_the_bytes_arrive() {
        let bytes = "one\r\n\ntwo \u{fc}\nthree".as_bytes();
        let mut at_once = Cutter::default();
        let mut expected = at_once.push(bytes);
        expected.extend(at_once.rest());
        assert_eq!(expected, ["one", "", "two \u{fc}", "three"]);
        let mut singly = Cutter::default();
        let mut lines: Vec<String> = bytes
            .iter()
            .flat_map(|byte| singly.push(&[*byte]))
            .collect();
        lines.extend(singly.rest());
        assert_eq!(lines, expected);
    }

    #[test]
    fn a_line_without_end_is_cut_once_and_does_not_grow() {
        let mut cutter = Cutter::default();
        for _ in 0..1000 {
            assert_eq!(
                cutter.push("\u{20ac}".repeat(1000).as_bytes()),
                [] as [&str; 0]
            );
        }
        let lines = cutter.push(b"\nshort\n");
        assert_eq!(lines[0].len(), LINE_BYTES - 1 + CUT.len());
        assert!(lines[0].ends_with(&format!("\u{20ac}{CUT}")));
        assert_eq!(lines[1], "short");
    }

    #[test]
    fn bytes_that_are_no_text_are_replaced() {
        assert_eq!(
            Cutter::default().push(b"a\xff\xfeb\n"),
            ["a\u{fffd}\u{fffd}b"]
        );
    }
}
