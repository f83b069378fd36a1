//! Commands are forked by one thread that lives as long as the platform.
//!
//! The kernel's "signal on the parent's death" follows the *thread* that forked: a runtime's worker that is retired
//! would take running applications with it.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::OnceLock;
use std::sync::mpsc::{Sender, channel, sync_channel};

type Job = Box<dyn FnOnce() + Send>;

/// Runs `work` on the lasting thread and waits for its result.
pub(crate) fn on_lasting_thread<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> io::Result<T> {
    static JOBS: OnceLock<io::Result<Sender<Job>>> = OnceLock::new();
    let jobs = JOBS.get_or_init(start).as_ref().map_err(copy)?;
    let (reply, result) = sync_channel(1);
    let job: Job = Box::new(move || {
        // A closed reply means that the asker is gone, and then nobody misses the result.
        let _ = reply.send(work());
    });
    let gone = |_| io::Error::other("the thread that starts commands failed");
    jobs.send(job)
        .map_err(|_| io::Error::other("the thread that starts commands is gone"))?;
    result.recv().map_err(gone)
}

fn start() -> io::Result<Sender<Job>> {
    let (sender, jobs) = channel::<Job>();
    std::thread::Builder::new()
        .name("sandbox-spawner".into())
        .spawn(move || {
            for job in jobs {
                // A panic that ended this thread would end every running command.
                if catch_unwind(AssertUnwindSafe(job)).is_err() {
                    tracing::error!("starting a command panicked");
                }
            }
        })?;
    Ok(sender)
}

fn copy(error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), error.to_string())
}
