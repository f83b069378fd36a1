//! One thread of low priority removes folders, so that nobody else waits for it.

use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::OnceLock;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::Duration;

use crate::dir::Dir;

/// The niceness of the thread: everything else goes first.
const NICE: i32 = 19;
/// Attempts to remove a folder.
const ATTEMPTS: usize = 10;
/// Time between two attempts.
const PAUSE: Duration = Duration::from_secs(1);

/// A folder that is to go.
pub(crate) struct Removal {
    /// The folder above it.
    pub(crate) parent: Dir,
    /// Its name there.
    pub(crate) name: OsString,
    /// Its path, for the log.
    pub(crate) path: PathBuf,
}

enum Work {
    Remove(Removal),
    /// Answers when everything before it is done.
    Answer(Sender<()>),
}

/// Removes the folder by and by; here and now where there is no thread for it.
pub(crate) fn remove(removal: Removal) {
    let Some(sender) = sender() else {
        is_removed(&removal, ATTEMPTS);
        return;
    };
    if let Err(back) = sender.send(Work::Remove(removal))
        && let Work::Remove(removal) = back.0
    {
        is_removed(&removal, ATTEMPTS);
    }
}

/// Waits until all folders that were dropped before are removed, for `limit` at most. Blocks: call it outside of the async runtime.
/// True if they are.
#[must_use]
pub fn wait_until_removed(limit: Duration) -> bool {
    let (answer, done) = channel();
    match sender().map(|sender| sender.send(Work::Answer(answer))) {
        Some(Ok(())) => !matches!(done.recv_timeout(limit), Err(RecvTimeoutError::Timeout)),
        _ => true,
    }
}

fn sender() -> Option<&'static Sender<Work>> {
    static SENDER: OnceLock<Option<Sender<Work>>> = OnceLock::new();
    SENDER.get_or_init(start).as_ref()
}

fn start() -> Option<Sender<Work>> {
    let (sender, work) = channel();
    std::thread::Builder::new()
        .name("remover".into())
        .spawn(move || {
            lower_priority();
            serve(&work);
        })
        .inspect_err(|error| tracing::error!(%error, "no thread removes folders in the background"))
        .ok()
        .map(|_| sender)
}

/// Removes folders in their order. One that somebody still writes to, as a killed process or a copy that nobody waits for any more may do
/// for a moment, is tried again.
fn serve(work: &Receiver<Work>) {
    let mut again: Vec<(Removal, usize)> = Vec::new();
    loop {
        let next = if again.is_empty() {
            work.recv().map_err(|_| RecvTimeoutError::Disconnected)
        } else {
            work.recv_timeout(PAUSE)
        };
        match next {
            Ok(Work::Remove(removal)) => {
                if !is_removed(&removal, 1) {
                    again.push((removal, 1));
                }
            }
            // Whoever asked may have stopped waiting.
            Ok(Work::Answer(answer)) => drop(answer.send(())),
            Err(RecvTimeoutError::Timeout) => again.retain_mut(|(removal, attempts)| {
                *attempts += 1;
                !is_removed(removal, *attempts) && *attempts < ATTEMPTS
            }),
            Err(RecvTimeoutError::Disconnected) => return,
        }
    }
}

#[cfg(target_os = "linux")]
fn lower_priority() {
    // Linux takes the number of a thread where POSIX has that of a process (setpriority(2)). Without it removal is merely less polite.
    let thread = rustix::thread::gettid();
    let _ = rustix::process::setpriority_process(Some(thread), NICE);
}

#[cfg(not(target_os = "linux"))]
fn lower_priority() {
    let _ = NICE;
}

fn is_removed(removal: &Removal, attempts: usize) -> bool {
    let name = PathBuf::from(&removal.name);
    let Err(error) = removal.parent.remove_all(&name) else {
        return true;
    };
    if attempts >= ATTEMPTS {
        let path = removal.path.display();
        tracing::warn!(%error, %path, "folder could not be removed; the next start tries again");
    }
    false
}
