//! A log is a row of files `{day}.{number}.jsonl`, whose names sort as their entries do; age and size end the oldest first.

use std::path::{Path, PathBuf};

use hosting::logs::RETENTION_DAYS;
use jiff::civil::Date;
use uuid::Uuid;

/// Bytes after which the next file begins: what a page reads at most to find its place within a day, many times over.
pub(super) const SEGMENT_BYTES: u64 = 8 * 1024 * 1024;
/// Files kept of one Deployment: 128 MiB, so that one chatty application does not fill the disk that all share.
const SEGMENTS_KEPT: usize = 16;

/// The name of one file, without its extension.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Segment {
    pub(super) day: Date,
    pub(super) number: u32,
}

impl Segment {
    /// `2026-11-22.0003`.
    pub(super) fn name(&self) -> String {
        format!("{}.{:04}", self.day, self.number)
    }

    /// The one door: a page token's segment comes through it as well, so that no token names a file elsewhere.
    pub(super) fn parse(name: &str) -> Option<Self> {
        let (day, number) = name.split_once('.')?;
        let segment = Self {
            day: day.parse().ok()?,
            number: number.parse().ok()?,
        };
        (segment.name() == name).then_some(segment)
    }

    pub(super) fn path(&self, folder: &Path) -> PathBuf {
        folder.join(format!("{}.jsonl", self.name()))
    }
}

/// The folder of one Deployment's log.
pub(super) fn folder_of(logs: &Path, deployment: Uuid) -> PathBuf {
    logs.join(deployment.to_string())
}

/// The files of a log, oldest first; none where the folder is not there.
pub(super) fn list(folder: &Path) -> Vec<Segment> {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut segments: Vec<Segment> = entries
        .flatten()
        .filter_map(|entry| Segment::parse(entry.file_name().to_str()?.strip_suffix(".jsonl")?))
        .collect();
    segments.sort();
    segments
}

/// Drops the files of one log that are too old or too many.
pub(super) fn trim(folder: &Path, today: Date) {
    let segments = list(folder);
    let surplus = segments.len().saturating_sub(SEGMENTS_KEPT);
    let oldest = oldest_day(today);
    for (position, segment) in segments.iter().enumerate() {
        if position < surplus || segment.day < oldest {
            let path = segment.path(folder);
            if let Err(cause) = std::fs::remove_file(&path) {
                tracing::warn!(path = %path.display(), %cause, "an old log file could not be removed");
            }
        }
    }
}

/// Drops what is too old in all logs, and the folders that are empty then.
pub(super) fn sweep(logs: &Path, today: Date) {
    let Ok(entries) = std::fs::read_dir(logs) else {
        return;
    };
    for entry in entries.flatten() {
        trim(&entry.path(), today);
        // Refused where the folder still has files, which is the point.
        let _ = std::fs::remove_dir(entry.path());
    }
}

fn oldest_day(today: Date) -> Date {
    let age = jiff::Span::new().days(i64::from(RETENTION_DAYS));
    today.checked_sub(age).unwrap_or(Date::MIN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_segments_name_is_no_way_out_of_its_folder() {
        assert!(Segment::parse("2026-11-22.0003").is_some());
        for bad in [
            "",
            "../x",
            "2026-11-22.3",
            "2026-11-22.0003/..",
            "2026-11-22",
            "2026-11-22T00.0001",
        ] {
            assert_eq!(Segment::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn age_and_number_end_the_oldest_files() {
        let folder = tempfile::tempdir().unwrap();
        let today: Date = "2026-11-22".parse().unwrap();
        for (day, numbers) in [
            ("2026-10-01", 0..2),
            ("2026-11-20", 0..4),
            ("2026-11-22", 0..15),
        ] {
            for number in numbers {
                let segment = Segment {
                    day: day.parse().unwrap(),
                    number,
                };
                std::fs::write(segment.path(folder.path()), "").unwrap();
            }
        }
        trim(folder.path(), today);
        let left: Vec<String> = list(folder.path()).iter().map(Segment::name).collect();
        assert_eq!(left.len(), SEGMENTS_KEPT);
        assert_eq!(left[0], "2026-11-20.0003");
    }

    #[test]
    fn the_log_of_a_removed_deployment_goes_with_its_age() {
        let logs = tempfile::tempdir().unwrap();
        let folder = folder_of(logs.path(), Uuid::from_u128(1));
        std::fs::create_dir(&folder).unwrap();
        let segment = Segment {
            day: "2026-10-01".parse().unwrap(),
            number: 0,
        };
        std::fs::write(segment.path(&folder), "{}\n").unwrap();
        sweep(logs.path(), "2026-10-31".parse().unwrap());
        assert!(folder.exists(), "30 days are not over");
        sweep(logs.path(), "2026-11-01".parse().unwrap());
        assert!(!folder.exists());
    }
}
