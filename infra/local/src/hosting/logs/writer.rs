//! One thread writes all logs: in the order in which entries came, whole lines, flushed whenever nothing more waits.

use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use domain::time::Timestamp;
use hosting::logs::LogEntry;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use tokio::sync::{OwnedSemaphorePermit, mpsc, oneshot};
use uuid::Uuid;

use super::segments::{self, SEGMENT_BYTES, Segment};

/// Files held open at once: more Deployments than this write in turns.
const OPEN_FILES: usize = 64;

/// What the thread is asked for.
#[derive(Debug)]
pub(super) enum Message {
    /// The permit returns when the entry is written.
    Append(Box<LogEntry>, OwnedSemaphorePermit),
    Flush(oneshot::Sender<()>),
}

/// The thread's own state.
pub(super) struct Writer {
    logs: PathBuf,
    today: Date,
    open: HashMap<Uuid, Open>,
}

struct Open {
    folder: PathBuf,
    segment: Segment,
    file: BufWriter<File>,
    bytes: u64,
    last: Timestamp,
}

impl Writer {
    pub(super) fn new(logs: PathBuf, today: Date) -> Self {
        Self {
            logs,
            today,
            open: HashMap::new(),
        }
    }

    /// Runs until the last sender is gone.
    pub(super) fn run(mut self, mut messages: mpsc::Receiver<Message>) {
        while let Some(first) = messages.blocking_recv() {
            self.handle(first);
            while let Ok(next) = messages.try_recv() {
                self.handle(next);
            }
            self.flush();
        }
    }

    fn handle(&mut self, message: Message) {
        match message {
            Message::Append(entry, _room) => {
                if let Err(cause) = self.append(*entry) {
                    tracing::error!(%cause, "a log entry could not be written");
                }
            }
            Message::Flush(done) => {
                self.flush();
                // Who asked may have gone.
                let _ = done.send(());
            }
        }
    }

    fn append(&mut self, mut entry: LogEntry) -> io::Result<()> {
        let day = entry.timestamp.0.to_zoned(TimeZone::UTC).date();
        if day > self.today {
            self.today = day;
            self.open.clear();
            segments::sweep(&self.logs, day);
        }
        let deployment = entry.deployment_id;
        if !self.open.contains_key(&deployment) && self.open.len() >= OPEN_FILES {
            self.open.clear();
        }
        let open = match self.open.entry(deployment) {
            std::collections::hash_map::Entry::Occupied(slot) => slot.into_mut(),
            std::collections::hash_map::Entry::Vacant(slot) => {
                let folder = segments::folder_of(&self.logs, deployment);
                slot.insert(Open::last_of(folder, self.today)?)
            }
        };
        // Producers read the clock before they queue: a page is oldest first only if no entry is older than the one before it.
        entry.timestamp = entry.timestamp.max(open.last);
        open.last = entry.timestamp;
        let written = open.write(&entry);
        if written.is_err() {
            // Begins afresh in a new file: this one may end within a line.
            self.open.remove(&deployment);
        }
        written
    }

    fn flush(&mut self) {
        self.open.retain(|_, open| match open.file.flush() {
            Ok(()) => true,
            Err(cause) => {
                tracing::error!(%cause, "a log file could not be written");
                false
            }
        });
    }
}

impl Open {
    /// Goes on with the newest file of the day if it is whole and has room, else begins the next.
    fn last_of(folder: PathBuf, today: Date) -> io::Result<Self> {
        std::fs::create_dir_all(&folder)?;
        let newest = segments::list(&folder)
            .pop()
            .filter(|segment| segment.day >= today);
        let segment = match newest {
            Some(segment) if has_room(&segment.path(&folder))? => segment,
            Some(Segment { day, number }) => Segment {
                day,
                number: number + 1,
            },
            None => Segment {
                day: today,
                number: 0,
            },
        };
        segments::trim(&folder, today);
        let path = segment.path(&folder);
        let file = OpenOptions::new().create(true).append(true).open(path)?;
        let bytes = file.metadata()?.len();
        let last = Timestamp(jiff::Timestamp::MIN);
        Ok(Self {
            folder,
            segment,
            file: BufWriter::new(file),
            bytes,
            last,
        })
    }

    fn write(&mut self, entry: &LogEntry) -> io::Result<()> {
        if self.bytes >= SEGMENT_BYTES {
            self.file.flush()?;
            let last = self.last;
            *self = Self::last_of(self.folder.clone(), self.segment.day)?;
            self.last = last;
        }
        let mut line = serde_json::to_vec(entry)?;
        line.push(b'\n');
        self.file.write_all(&line)?;
        self.bytes += line.len() as u64;
        Ok(())
    }
}

/// Whether entries may be added: a file that a killed process left within a line gets no more.
fn has_room(path: &Path) -> io::Result<bool> {
    let mut file = File::open(path)?;
    let bytes = file.metadata()?.len();
    if bytes == 0 || bytes >= SEGMENT_BYTES {
        return Ok(bytes == 0);
    }
    file.seek(SeekFrom::End(-1))?;
    let mut last = [0];
    file.read_exact(&mut last)?;
    Ok(last == *b"\n")
}
