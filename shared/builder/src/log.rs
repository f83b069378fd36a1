//! The log of a build as its author gets it: whole, or with a line that says how much of the middle is left out.

#![expect(
    clippy::disallowed_methods,
    reason = "the files that are named by a path here are the platform's own"
)]

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

use crate::limits::{LOG_HEAD_BYTES, LOG_TAIL_BYTES};

/// Reads the log of a build; what is no UTF-8 in it is replaced.
///
/// # Errors
/// The log is gone, or the disk fails.
pub fn read_log(path: &Path) -> io::Result<String> {
    let file = File::open(path)?;
    let bytes = file.metadata()?.len();
    shortened(file, bytes, LOG_HEAD_BYTES, LOG_TAIL_BYTES)
}

fn shortened(mut log: impl Read + Seek, bytes: u64, head: u64, tail: u64) -> io::Result<String> {
    let mut text = Vec::new();
    if bytes <= head + tail {
        log.read_to_end(&mut text)?;
        return Ok(String::from_utf8_lossy(&text).into_owned());
    }
    log.by_ref().take(head).read_to_end(&mut text)?;
    let mut end = Vec::new();
    log.seek(SeekFrom::Start(bytes - tail))?;
    log.take(tail).read_to_end(&mut end)?;
    // Whole lines, so that no word is cut into something else.
    text.truncate(
        text.iter()
            .rposition(|byte| *byte == b'\n')
            .map_or(0, |at| at + 1),
    );
    let begin = end
        .iter()
        .position(|byte| *byte == b'\n')
        .map_or(end.len(), |at| at + 1);
    let end = &end[begin..];
    let left_out = bytes - (text.len() + end.len()) as u64;
    Ok(format!(
        "{}# {left_out} bytes are left out here\n{}",
        String::from_utf8_lossy(&text),
        String::from_utf8_lossy(end)
    ))
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    fn read(text: &[u8], head: u64, tail: u64) -> String {
        shortened(Cursor::new(text), text.len() as u64, head, tail).unwrap()
    }

    #[test]
    fn a_short_log_is_whole() {
        assert_eq!(read(b"one\ntwo\xff\n", 6, 3), "one\ntwo\u{fffd}\n");
    }

    #[test]
    fn of_a_long_log_the_middle_is_left_out_by_whole_lines() {
        let log = b"first\nsecond\nthird\nfourth\nfifth\n";
        assert_eq!(
            read(log, 8, 9),
            "first\n# 20 bytes are left out here\nfifth\n"
        );
        assert_eq!(read(log, 2, 3), "# 32 bytes are left out here\n");
    }
}
