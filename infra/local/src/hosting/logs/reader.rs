//! A page is what lies between a position and the next hundred entries that fit the query; a position survives new entries and
//! the end of old files.

use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Seek as _, SeekFrom};
use std::path::Path;

use hosting::logs::{LogEntry, PAGE_ENTRIES, token};
use hosting::{Fault, LogError, LogPage, LogQuery};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::segments::{self, Segment};

/// The first entry of a page: the file, and the byte in it.
#[derive(Serialize, Deserialize)]
struct Position {
    segment: String,
    offset: u64,
}

/// Reads one page of the log in `folder`.
pub(super) fn page(folder: &Path, query: &LogQuery) -> Result<LogPage, LogError> {
    let start = match &query.page {
        Some(text) => {
            let position: Position = token::decode(text)?;
            let segment = Segment::parse(&position.segment).ok_or(LogError::InvalidPageToken)?;
            Some((segment, position.offset))
        }
        None => None,
    };
    let first_day = query.from.0.to_zoned(TimeZone::UTC).date();
    let mut page = LogPage::default();
    for segment in segments::list(folder) {
        let begun = start.as_ref().is_none_or(|(first, _)| segment >= *first);
        if !begun || segment.day < first_day {
            continue;
        }
        let offset = start
            .as_ref()
            .filter(|(first, _)| segment == *first)
            .map_or(0, |(_, offset)| *offset);
        let full = read(folder, &segment, offset, query, &mut page)
            .map_err(|cause| Fault::because("a log file could not be read", cause))?;
        if full {
            break;
        }
    }
    Ok(page)
}

/// Adds the entries of one file; true once the page is full and its `next` known.
fn read(
    folder: &Path,
    segment: &Segment,
    offset: u64,
    query: &LogQuery,
    page: &mut LogPage,
) -> io::Result<bool> {
    let file = match File::open(segment.path(folder)) {
        Ok(file) => file,
        // Its age ended it between the listing and now.
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(cause) => return Err(cause),
    };
    let mut reader = BufReader::new(file);
    reader.seek(SeekFrom::Start(offset))?;
    let mut position = offset;
    let mut line = Vec::new();
    loop {
        line.clear();
        let read = reader.read_until(b'\n', &mut line)?;
        if read == 0 {
            return Ok(false);
        }
        // A line that a killed process left half written is no entry.
        if let Ok(entry) = serde_json::from_slice::<LogEntry>(&line)
            && wanted(&entry, query)
        {
            if page.data.len() == PAGE_ENTRIES {
                page.next = Some(token::encode(&Position {
                    segment: segment.name(),
                    offset: position,
                }));
                return Ok(true);
            }
            page.data.push(entry);
        }
        position += read as u64;
    }
}

fn wanted(entry: &LogEntry, query: &LogQuery) -> bool {
    entry.timestamp >= query.from
        && query.until.is_none_or(|until| entry.timestamp < until)
        && query
            .application
            .as_ref()
            .is_none_or(|name| entry.application_name == *name)
}
