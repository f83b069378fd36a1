//! The logs of all Deployments: whoever reads sees every line that was written before, and no Deployment fills the disk.

mod reader;
mod segments;
mod writer;

use std::path::PathBuf;
use std::sync::Arc;

use hosting::logs::LogEntry;
use hosting::{Fault, LogError, LogPage, LogQuery};
use serde_json::Value;
use tokio::sync::{Semaphore, mpsc, oneshot};

use self::writer::{Message, Writer};

/// Entries that may wait for the disk; a full queue holds back the applications that write, as a full pipe does.
const QUEUE: usize = 4096;
/// Memory that entries waiting for the disk may take together, in bytes: 64 times the largest line, or 4,096 lines of 1 KiB. Without this
/// limit, a full queue of the largest lines would take several GiB, as a JSON value takes up to 32 times the bytes of its text.
const QUEUE_BYTES: u32 = 4 << 20;

/// Appends and reads; clones share one writer thread, which ends with the last of them.
#[derive(Clone, Debug)]
pub(crate) struct LogStore {
    folder: Arc<PathBuf>,
    writer: mpsc::Sender<Message>,
    /// One permit for each byte that may wait.
    room: Arc<Semaphore>,
}

impl LogStore {
    /// Opens the logs under `folder`, and drops what is older than the retention.
    pub(crate) fn open(folder: PathBuf, today: jiff::civil::Date) -> Result<Self, Fault> {
        let fault = |cause| Fault::because("the folder of the logs could not be opened", cause);
        std::fs::create_dir_all(&folder).map_err(fault)?;
        segments::sweep(&folder, today);
        let (sender, receiver) = mpsc::channel(QUEUE);
        let writer = Writer::new(folder.clone(), today);
        std::thread::Builder::new()
            .name("logs".to_owned())
            .spawn(move || writer.run(receiver))
            .map_err(fault)?;
        Ok(Self {
            folder: Arc::new(folder),
            writer: sender,
            room: Arc::new(Semaphore::new(QUEUE_BYTES as usize)),
        })
    }

    /// Appends one entry; waits while the disk is behind.
    pub(crate) async fn append(&self, entry: LogEntry) {
        // The semaphore is never closed, and the thread ends only after the last sender, so this fails in no case but a panic there.
        if let Ok(room) = self.room.clone().acquire_many_owned(bytes(&entry)).await {
            let message = Message::Append(Box::new(entry), room);
            let _ = self.writer.send(message).await;
        }
    }

    /// Appends where nobody can wait; the entry is lost when the disk is far behind.
    pub(crate) fn append_now(&self, entry: LogEntry) {
        let room = self.room.clone().try_acquire_many_owned(bytes(&entry));
        let sent = room.is_ok_and(|room| {
            let message = Message::Append(Box::new(entry), room);
            self.writer.try_send(message).is_ok()
        });
        if !sent {
            tracing::warn!(
                "a log entry was dropped: the disk is too slow for what the applications write"
            );
        }
    }

    /// One page, with everything that was appended before.
    pub(crate) async fn page(&self, query: &LogQuery) -> Result<LogPage, LogError> {
        self.flush().await;
        let folder = segments::folder_of(&self.folder, query.deployment);
        let query = query.clone();
        tokio::task::spawn_blocking(move || reader::page(&folder, &query))
            .await
            .map_err(|cause| Fault::because("the log reader broke", cause))?
    }

    /// Returns once everything that was appended is in its file.
    pub(crate) async fn flush(&self) {
        let (done, flushed) = oneshot::channel();
        if self.writer.send(Message::Flush(done)).await.is_ok() {
            let _ = flushed.await;
        }
    }
}

/// Returns the memory that an entry takes while it waits, in bytes: about that of its details, and never more than the queue has.
fn bytes(entry: &LogEntry) -> u32 {
    let bytes = size_of::<LogEntry>() + bytes_of(&entry.details);
    u32::try_from(bytes).map_or(QUEUE_BYTES, |bytes| bytes.min(QUEUE_BYTES))
}

fn bytes_of(value: &Value) -> usize {
    let inside: usize = match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => 0,
        Value::String(text) => text.len(),
        Value::Array(items) => items.iter().map(bytes_of).sum(),
        Value::Object(fields) => fields
            .iter()
            .map(|(name, value)| size_of::<String>() + name.len() + bytes_of(value))
            .sum(),
    };
    size_of::<Value>() + inside
}

#[cfg(test)]
mod tests {
    use domain::names::ApplicationName;
    use domain::time::Timestamp;
    use hosting::logs::{LogKind, Severity};

    use uuid::Uuid;

    use super::*;

    const DEPLOYMENT: Uuid = Uuid::from_u128(1);

    /// A line of 64 KiB, which takes much more as a JSON value.
    fn large() -> LogEntry {
        let name: ApplicationName = "service".parse().unwrap();
        let text = format!(r#"{{"list":[{}0]}}"#, "0,".repeat(32_000));
        LogEntry {
            kind: LogKind::ApplicationJson,
            deployment_id: DEPLOYMENT,
            application_name: name,
            severity: Severity::Info,
            timestamp: Timestamp("2026-11-22T12:00:00Z".parse().unwrap()),
            details: serde_json::from_str(&text).unwrap(),
        }
    }

    #[test]
    fn entries_that_wait_for_a_slow_disk_are_limited_by_their_memory() {
        // Nobody reads the queue, as if the disk had stopped.
        let (sender, receiver) = mpsc::channel(QUEUE);
        let logs = LogStore {
            folder: Arc::default(),
            writer: sender,
            room: Arc::new(Semaphore::new(QUEUE_BYTES as usize)),
        };
        for _ in 0..50 {
            logs.append_now(large());
        }
        let of_one = bytes(&large()) as usize;
        assert!(of_one > 10 * 64 * 1024, "{of_one}");
        assert_eq!(receiver.len(), QUEUE_BYTES as usize / of_one);
    }

    #[tokio::test]
    async fn a_page_of_the_largest_lines_is_shorter_and_the_next_one_goes_on() {
        let folder = tempfile::tempdir().unwrap();
        let day = jiff::civil::date(2026, 11, 22);
        let logs = LogStore::open(folder.path().to_owned(), day).unwrap();
        for _ in 0..40 {
            logs.append(large()).await;
        }
        let mut query = LogQuery {
            deployment: DEPLOYMENT,
            application: None,
            from: Timestamp("2026-11-22T00:00:00Z".parse().unwrap()),
            until: None,
            page: None,
        };
        let mut lengths = Vec::new();
        loop {
            let page = logs.page(&query).await.unwrap();
            lengths.push(page.data.len());
            query.page = page.next;
            if query.page.is_none() {
                break;
            }
        }
        assert_eq!(lengths, [17, 17, 6]);
    }
}
