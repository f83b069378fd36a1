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

/// Bytes of entries after which a page ends, if it has an entry: a hundred of the largest lines would take 100 MiB as JSON values.
const PAGE_BYTES: usize = 1 << 20;

/// Where an entry begins: the file, and the byte in it.
#[derive(Serialize, Deserialize)]
struct Position {
    segment: String,
    offset: u64,
}

/// A position whose segment is known to be a file's name and nothing else.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    segment: Segment,
    offset: u64,
}

impl Place {
    fn of(token: &str) -> Result<Self, LogError> {
        let Position { segment, offset } = token::decode(token)?;
        let segment = Segment::parse(&segment).ok_or(LogError::InvalidPageToken)?;
        Ok(Self { segment, offset })
    }

    fn token(&self) -> String {
        token::encode(&Position {
            segment: self.segment.name(),
            offset: self.offset,
        })
    }
}

/// Reads one page of the log in `folder`.
pub(super) fn page(folder: &Path, query: &LogQuery) -> Result<LogPage, LogError> {
    let first_day = Place {
        segment: Segment {
            day: query.from.0.to_zoned(TimeZone::UTC).date(),
            number: 0,
        },
        offset: 0,
    };
    let mut place = match &query.page {
        Some(token) => Place::of(token)?.max(first_day),
        None => first_day,
    };
    let mut page = LogPage::default();
    let mut bytes = 0;
    for segment in segments::list(folder) {
        if segment < place.segment {
            continue;
        }
        if segment > place.segment {
            place = Place { segment, offset: 0 };
        }
        let full = read(folder, &mut place, query, &mut page, &mut bytes)
            .map_err(|cause| Fault::because("a log file could not be read", cause))?;
        if full {
            page.next = Some(place.token());
            break;
        }
    }
    page.end = place.token();
    Ok(page)
}

/// Adds the entries of one file, and moves the place behind what was read; true where the page is full and one more is wanted.
fn read(
    folder: &Path,
    place: &mut Place,
    query: &LogQuery,
    page: &mut LogPage,
    bytes: &mut usize,
) -> io::Result<bool> {
    let file = match File::open(place.segment.path(folder)) {
        Ok(file) => file,
        // Its age ended it between the listing and now.
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(cause) => return Err(cause),
    };
    let mut reader = BufReader::new(file);
    reader.seek(SeekFrom::Start(place.offset))?;
    let mut line = Vec::new();
    loop {
        line.clear();
        let read = reader.read_until(b'\n', &mut line)?;
        // A line without its end is being written, or was left so by a killed process, after which a new file begins.
        if line.last() != Some(&b'\n') {
            return Ok(false);
        }
        if let Ok(entry) = serde_json::from_slice::<LogEntry>(&line)
            && wanted(&entry, query)
        {
            if page.data.len() == PAGE_ENTRIES || *bytes >= PAGE_BYTES {
                return Ok(true);
            }
            *bytes += read;
            page.data.push(entry);
        }
        place.offset += read as u64;
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
