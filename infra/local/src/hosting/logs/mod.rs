//! The logs of all Deployments: whoever reads sees every line that was written before, and no Deployment fills the disk.

mod reader;
mod segments;
mod writer;

use std::path::PathBuf;
use std::sync::Arc;

use hosting::logs::LogEntry;
use hosting::{Fault, LogError, LogPage, LogQuery};
use tokio::sync::{mpsc, oneshot};

use self::writer::{Message, Writer};

/// Entries that may wait for the disk; a full queue holds back the applications that write, as a full pipe does.
const QUEUE: usize = 4096;

/// Appends and reads; clones share one writer thread, which ends with the last of them.
#[derive(Clone, Debug)]
pub(crate) struct LogStore {
    folder: Arc<PathBuf>,
    writer: mpsc::Sender<Message>,
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
        })
    }

    /// Appends one entry; waits while the disk is behind.
    pub(crate) async fn append(&self, entry: LogEntry) {
        // The thread ends only after the last sender, so this fails in no case but a panic there.
        let _ = self.writer.send(Message::Append(Box::new(entry))).await;
    }

    /// Appends where nobody can wait; the entry is lost when the disk is far behind.
    pub(crate) fn append_now(&self, entry: LogEntry) {
        if self
            .writer
            .try_send(Message::Append(Box::new(entry)))
            .is_err()
        {
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
